"""Days before a municipality's go-live build state and tell nobody; what stands then is raised once. Rent is due on the
15th of January 2019, so that E1 holds from the 23rd.
"""

import pytest

from chassis.errors import Reject
from chassis.outputs import Event
from chassis.testing import decide
from notifications import messages as m
from notifications.domain.policy import Policies, Policy, Version
from notifications.domain.tenancy import alert_id
from notifications.handlers import handlers
from notifications.handlers.lines import norwegian_bank_day
from notifications.projection import project
from notifications.translation import feed, policy_of, thresholds
from tests.unit.notifications.given import (
    FIRST_RENT,
    KEY,
    RENT,
    TENANCY,
    Story,
    closed,
    ended,
    invoice,
    notice,
    on,
    paid_months,
    payment,
    started,
)

UNPAID = [started(), *FIRST_RENT, invoice("a", "2019-01-15")]


def live_from(day: str) -> Story:
    policy = policy_of({"kommunenummer": "3427", "go_live": on(day)}, thresholds())
    judging = Policies(Policy((Version(0, thresholds()),)), {"3427": policy})
    return Story(handlers=handlers(judging, feed(), norwegian_bank_day))


def rows(story: Story) -> dict[str, list[dict[str, object]]]:
    return project(KEY, "3427", story.tenancy)


def test_a_day_before_go_live_raises_nothing():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"), notice("2019-01-30", "2019-02-13"))
    assert (story.calls, story.sent(m.AlertRaised), rows(story)["alerts"]) == ([], [], [])
    assert {each.level for each in story.sent(m.RiskChanged)} == {0}
    assert story.tenancy.open is None


def test_it_is_kept_as_what_would_have_been_raised():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"))
    (kept,) = rows(story)["silent_alerts"]
    assert (kept["raised_as_of"], kept["level"], kept["rules"], kept["live_since"]) == (
        on("2019-01-25"),
        2,
        ["E1"],
        None,
    )


def test_a_watch_would_have_told_nobody_and_counts_from_when_it_became_more():
    story = live_from("2019-03-01").tell(*paid_months(6), invoice("b", "2019-01-25"), closed("2019-01-29"))
    assert (story.tenancy.standing.level, rows(story)["silent_alerts"]) == (1, [])
    (kept,) = rows(story.tell(closed("2019-02-04")))["silent_alerts"]
    assert (kept["raised_as_of"], kept["level"]) == (on("2019-02-04"), 2)


def test_a_watch_that_becomes_more_after_go_live_is_no_alert_from_before():
    story = live_from("2019-02-01").tell(*paid_months(6), invoice("b", "2019-01-25"), closed("2019-01-29"))
    assert rows(story.tell(closed("2019-02-04")))["silent_alerts"] == []
    assert [each.as_of for each in story.sent(m.AlertRaised)] == [on("2019-02-04")]


def test_what_stands_at_go_live_is_raised_then_and_once():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"), closed("2019-02-01"), closed("2019-02-02"))
    raised = m.AlertRaised(alert_id=alert_id(TENANCY, 1), episode=1, level=2, rules=("E1",), as_of=on("2019-02-01"))
    assert story.sent(m.AlertRaised) == [raised]
    assert len(story.step(2).calls) == 1
    assert [row["raised_as_of"] for row in rows(story)["alerts"]] == [on("2019-01-25")]
    assert [row["live_since"] for row in rows(story)["silent_alerts"]] == [on("2019-02-01")]


def test_it_rises_afterwards_as_any_alert():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"), closed("2019-02-01"), closed("2019-02-14"))
    raised = [(each.level, each.as_of) for each in story.sent(m.AlertRaised)]
    assert raised == [(2, on("2019-02-01")), (3, on("2019-02-14"))]
    assert [rise.level for rise in story.alert.rises] == [2, 3]


def test_what_is_cured_before_go_live_is_never_told():
    story = live_from("2019-02-01").tell(
        *UNPAID, closed("2019-01-25"), payment("p", "2019-01-28"), closed("2019-01-29")
    )
    story.tell(closed("2019-02-01"))
    assert (story.sent(m.AlertRaised), story.sent(m.AlertResolved)) == ([], [])
    assert [row["resolution"] for row in rows(story)["silent_alerts"]] == ["cured"]


def test_what_is_cured_by_the_first_live_day_is_never_told():
    story = live_from("2019-02-01").tell(
        *UNPAID, closed("2019-01-25"), payment("p", "2019-01-31"), closed("2019-02-01")
    )
    assert (story.sent(m.AlertRaised), story.sent(m.AlertResolved), story.calls) == ([], [], [])


def test_a_tenancy_that_ended_before_go_live_is_never_told():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"), ended("2019-01-28"), closed("2019-02-01"))
    assert (story.sent(m.AlertRaised), story.sent(m.AlertResolved)) == ([], [])


def test_money_newer_than_the_books_raises_nothing_on_the_first_live_day():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"), payment("p", "2019-02-01", RENT // 4))
    assert story.sent(m.AlertRaised) == []
    assert story.tell(closed("2019-02-01")).sent(m.AlertRaised)


def test_the_days_before_have_taught_the_habit():
    story = live_from("2019-02-01").tell(*paid_months(6, late=9), invoice("b", "2019-02-15"), closed("2019-02-28"))
    assert story.tenancy.level == 1
    assert [reason.figures["habit"] for reason in story.tell(closed("2019-03-01")).alert.reasons] == [9]


def test_a_silent_alert_cannot_be_acknowledged():
    story = live_from("2019-02-01").tell(*UNPAID, closed("2019-01-25"))
    command = m.AcknowledgeAlert(alert_id=alert_id(TENANCY, 1), version=1, by="kari")
    with pytest.raises(Reject) as refused:
        decide(story.handlers, {KEY: story.state}, TENANCY, command)
    assert refused.value.status == 404


def test_without_a_go_live_date_every_day_raises():
    policy = policy_of({"kommunenummer": "3427"}, thresholds())
    judging = Policies(Policy((Version(0, thresholds()),)), {"3427": policy})
    story = Story(handlers=handlers(judging, feed(), norwegian_bank_day)).tell(*UNPAID, closed("2019-01-25"))
    assert len(story.sent(m.AlertRaised)) == 1
    assert [each for each in story.outputs if isinstance(each, Event) and isinstance(each.data, m.AlertResolved)] == []
