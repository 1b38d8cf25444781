"""The life of an alert."""

from datetime import date

import pytest

from chassis.outputs import Event
from notifications import messages as m
from notifications.domain.tenancy import alert_id
from tests.unit.notifications.given import (
    RENT,
    TENANCY,
    closed,
    ended,
    executed,
    invoice,
    lifted,
    notice,
    on,
    payment,
    requested,
    scheduled,
    started,
    taken_back,
    told,
)

MISSED = [started(), invoice("a", "2019-01-15"), closed("2019-01-24")]


def levels(story):
    return [
        (date.fromordinal(c.as_of).isoformat(), c.level, set(c.rules))
        for e in story.tenancy.episodes
        for c in e.changes
    ]


def test_a_new_alert_is_told_with_its_episode_level_and_rules():
    story = told(*MISSED)
    (raised,) = story.sent(m.AlertRaised)
    assert raised == m.AlertRaised(
        alert_id=alert_id(TENANCY, 1), episode=1, level=2, rules=("E1",), as_of=on("2019-01-24")
    )
    assert story.sent(m.RiskChanged)[-1] == m.RiskChanged(level=2, stage="F2", as_of=on("2019-01-24"))


def test_an_alert_that_stands_is_not_told_again_at_each_close():
    assert len(told(*MISSED, closed("2019-01-25"), closed("2019-01-26")).sent(m.AlertRaised)) == 1


def test_a_higher_level_is_told_under_the_same_id():
    story = told(*MISSED, closed("2019-02-14"), requested("2019-03-01"))
    assert [(each.level, each.rules) for each in story.sent(m.AlertRaised)] == [
        (2, ("E1",)),
        (3, ("E1", "S1")),
        (4, ("A4", "E1", "S1")),
    ]
    assert {each.alert_id for each in story.sent(m.AlertRaised)} == {alert_id(TENANCY, 1)}


def test_paying_the_debt_cures_at_the_payments_own_date():
    story = told(*MISSED, payment("p", "2019-01-28"))
    assert story.sent(m.AlertResolved) == [
        m.AlertResolved(alert_id=alert_id(TENANCY, 1), resolution="cured", as_of=on("2019-01-28"))
    ]
    assert story.sent(m.RiskChanged)[-1] == m.RiskChanged(level=0, stage="F0", as_of=on("2019-01-28"))


@pytest.mark.parametrize(("left", "open"), [(16_000, False), (16_001, True)])
def test_what_is_left_within_the_tolerance_does_not_keep_an_alert_open(left, open):
    assert bool(told(*MISSED, payment("p", "2019-01-28", RENT - left)).tenancy.open) == open


def test_the_next_miss_after_a_cure_is_the_next_episode():
    story = told(*MISSED, payment("p", "2019-01-28"), invoice("b", "2019-02-15"), closed("2019-03-01"))
    assert [each.episode for each in story.sent(m.AlertRaised)] == [1, 2]
    assert len({each.alert_id for each in story.sent(m.AlertRaised)}) == 2


def test_a_notice_keeps_the_alert_open_until_the_debt_that_it_names_is_paid():
    story = told(*MISSED, notice("2019-01-25", "2019-02-08"), payment("p", "2019-01-28", RENT - 100_000))
    assert story.alert.rules >= {"S4"}
    assert story.tell(payment("q", "2019-01-30", 100_000)).tenancy.open is None


def test_new_rent_that_is_paid_does_not_stop_a_notice_for_old_debt():
    story = told(
        invoice("a", "2019-01-15", kid="11"),
        notice("2019-01-25", "2019-02-08"),
        invoice("b", "2019-02-15", kid="29"),
        payment("p", "2019-02-15", kid="29"),
        closed("2019-02-16"),
    )
    assert "S4" in story.rules


def test_a_notice_that_names_a_part_of_the_debt_stops_when_that_part_is_paid():
    story = told(
        invoice("a", "2019-01-15"),
        invoice("b", "2019-02-15"),
        notice("2019-02-20", "2019-03-06"),
        payment("p", "2019-02-25"),
    )
    assert "S4" not in story.tell(closed("2019-02-26")).tenancy.episodes[-1].changes[-1].rules


def test_a_notice_for_less_than_the_tolerance_runs_until_the_last_krone():
    story = told(invoice("a", "2019-01-15", 4_000), notice("2019-01-16", "2019-01-30", 4_000), closed("2019-01-20"))
    assert story.rules == {"S4"}
    assert story.tell(payment("p", "2019-01-21", 4_000), closed("2019-01-22")).tenancy.open is None


def test_a_notice_for_what_was_paid_already_is_closed_by_the_next_close():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15"), notice("2019-01-16", "2019-01-30"))
    assert story.rules == {"S4"}
    assert story.tell(closed("2019-01-16")).sent(m.AlertResolved)[0].resolution == "cured"


def test_a_request_that_stands_is_not_cured_by_paying_until_it_is_lifted():
    story = told(*MISSED, requested("2019-02-01"), payment("p", "2019-02-05"), closed("2019-02-06"))
    assert story.alert.level == 4
    assert story.tell(lifted("2019-02-10")).sent(m.AlertResolved)[0].resolution == "cured"


def test_an_executed_eviction_closes_the_alert_and_is_the_last_stage():
    story = told(*MISSED, requested("2019-02-01"), scheduled("2019-02-20", "2019-03-20"), executed("2019-03-20"))
    assert story.sent(m.AlertResolved)[0].resolution == "executed"
    assert story.sent(m.RiskChanged)[-1] == m.RiskChanged(level=0, stage="F6", as_of=on("2019-03-20"))
    assert story.tell(closed("2019-04-01"), lifted("2019-04-02")).tenancy.stage == "F6"


def test_a_tenancy_that_ends_closes_the_alert_at_the_close_that_reaches_its_last_day():
    story = told(*MISSED, ended("2019-02-28"), closed("2019-02-27"))
    assert story.tenancy.open
    story.tell(closed("2019-03-02"))
    assert story.sent(m.AlertResolved)[0] == m.AlertResolved(
        alert_id=alert_id(TENANCY, 1), resolution="ended", as_of=on("2019-02-28")
    )
    assert story.tell(closed("2019-05-01")).tenancy.open is None


def test_an_end_that_is_told_after_the_books_were_closed_past_it_closes_the_alert_at_once():
    story = told(*MISSED, closed("2019-03-02"), ended("2019-02-28"))
    assert story.sent(m.AlertResolved)[0].resolution == "ended"


def test_the_end_of_a_tenancy_raises_no_alert_that_a_payment_has_closed():
    paid = told(*MISSED, payment("p", "2019-02-10"))
    assert paid.sent(m.AlertResolved)[0].resolution == "cured"

    story = told(*MISSED, payment("p", "2019-02-10"), ended("2019-02-28"))

    assert len(story.sent(m.AlertRaised)) == 1
    assert story.tenancy.open is None


def test_an_end_of_long_ago_closes_nothing_before_the_books_of_then_have_come():
    story = told(started(), ended("2019-02-28"), *MISSED)
    assert story.tenancy.open
    assert story.tell(executed("2019-02-28")).sent(m.AlertResolved)[0].resolution == "executed"


def test_a_level_is_lowered_by_one_after_seven_quiet_days_with_money():
    story = told(*MISSED, closed("2019-02-14"), payment("p", "2019-02-20", RENT - 350_000))
    assert (story.alert.level, story.alert.quiet_since) == (3, on("2019-02-20").toordinal())
    assert story.tell(closed("2019-02-26")).alert.level == 3
    assert story.tell(closed("2019-02-27")).alert.level == 2
    assert story.tell(closed("2019-03-15")).alert.level == 2
    assert story.sent(m.RiskChanged)[-1].level == 2


def test_time_alone_lowers_nothing():
    story = told(*MISSED, requested("2019-02-01"), lifted("2019-02-02"), closed("2019-02-03"))
    assert story.alert.level == 4
    assert story.tell(closed("2019-02-10"), closed("2019-02-13")).alert.level == 4
    assert story.tell(payment("p", "2019-02-14", 10_000), closed("2019-02-15")).alert.level == 3


def test_an_open_alert_is_never_lower_than_folg_med():
    story = told(*MISSED, payment("p", "2019-01-28", RENT - 50_000))
    for day in ("2019-02-04", "2019-02-12", "2019-03-12"):
        story.tell(closed(day))
    assert (story.alert.level, story.alert.reasons[0].rule) == (1, "W1")


def test_a_level_reached_again_is_told_again():
    story = told(*MISSED, closed("2019-02-14"), payment("p", "2019-02-20", RENT - 350_000), closed("2019-02-27"))
    story.tell(taken_back("p", "2019-02-28"), closed("2019-02-28"))
    assert [each.level for each in story.sent(m.AlertRaised)] == [2, 3, 3]


def test_the_history_says_what_held_from_when_on():
    story = told(*MISSED, notice("2019-01-28", "2019-03-11"), closed("2019-02-14"), requested("2019-02-15"))
    assert levels(story) == [
        ("2019-01-24", 2, {"E1"}),
        ("2019-01-28", 3, {"E1", "S4"}),
        ("2019-02-14", 3, {"E1", "S1", "S4"}),
        ("2019-02-15", 4, {"A4", "E1", "S1", "S4"}),
    ]


def test_an_outcome_is_told_once_however_many_closes_follow():
    story = told(*MISSED, payment("p", "2019-01-28"), closed("2019-01-29"), closed("2019-01-30"))
    assert len(story.sent(m.AlertResolved)) == 1


def test_every_event_of_a_risk_is_on_the_tenancys_own_key():
    story = told(*MISSED, closed("2019-02-14"), payment("p", "2019-02-20"))
    subjects = {
        each.subject for each in story.outputs if isinstance(each, Event) and each.type.startswith(("risk", "alert"))
    }
    assert subjects == {TENANCY}
