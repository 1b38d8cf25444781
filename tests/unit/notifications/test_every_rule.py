"""Every rule at its boundary, a day, a bank day or an øre to either side, wherever in the calendar rent fell due."""

from datetime import date, timedelta
from typing import Any

import pytest

from demo.generator.days import bank_day
from notifications.domain.rules import LEVELS
from notifications.domain.tenancy import judge
from notifications.domain.words import sentence
from notifications.translation import thresholds
from tests.unit.notifications.given import (
    RENT,
    Story,
    closed,
    credited,
    debit_ended,
    debit_failed,
    disputed,
    held,
    invoice,
    line,
    notice,
    on,
    payment,
    plan,
    plan_changed,
    plan_ended,
    released,
    requested,
    taken_back,
    told,
    told_from_the_first,
    transport_ended,
    transport_started,
)
from tests.unit.notifications.moments import BY_DAYS, CALENDAR, day, every_reason, history, unpaid

EDGES = [-1, 0, 1]


def rules_on(story: Story, as_of: str) -> set[str]:
    """What holds as of a day, whatever stood before."""
    return {reason.rule for reason in judge(story.tenancy, on(as_of).toordinal(), thresholds()).reasons}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("when", CALENDAR)
@pytest.mark.parametrize("rule", BY_DAYS)
def test_a_rule_of_days_holds_from_its_day_on_counted_from_the_bank_day(rule, when, edge):
    (days, facts), (due, falls) = BY_DAYS[rule], CALENDAR[when]
    story = told_from_the_first(*facts(due))
    assert (rule in rules_on(story, day(falls, days + edge))) == (edge >= 0)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("when", CALENDAR)
@pytest.mark.parametrize("late", [2, 3, 4, 9, 20])
def test_e1_and_e6_wait_for_five_days_after_the_habit(late, when, edge):
    due, falls = CALENDAR[when]
    story = told_from_the_first(*history(due, (late,) * 6), invoice("a", due))
    assert ("E1" in rules_on(story, day(falls, max(8, late + 5) + edge))) == (edge >= 0)


# Bank days: the third last before each deadline, counted by hand.
DEADLINES = {
    "a Wednesday": ("2019-03-20", "2019-03-18"),
    "a Monday, over a weekend": ("2019-03-18", "2019-03-14"),
    "the Tuesday after Easter": ("2019-04-23", "2019-04-16"),
    "the Monday after 17 May": ("2019-05-20", "2019-05-15"),
    "the Friday after Christmas": ("2019-12-27", "2019-12-23"),
    "the Monday on which summer time has begun": ("2019-04-01", "2019-03-28"),
    "the Monday on which winter time has begun": ("2019-10-28", "2019-10-24"),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("when", DEADLINES)
def test_a3_holds_when_three_bank_days_are_left_of_the_deadline(when, edge):
    """A day before the third last is not always a bank day: then nothing more is left."""
    deadline, third_last = DEADLINES[when]
    sent = day(deadline, -14)
    story = told(invoice("a", day(sent, -3)), notice(sent, deadline))
    first = on(third_last)
    while bank_day(first - timedelta(days=1)) != first - timedelta(days=1):
        first -= timedelta(days=1)
    assert ("A3" in rules_on(story, day(first.isoformat(), edge))) == (edge >= 0)
    assert "S4" in rules_on(story, day(first.isoformat(), edge))


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("when", DEADLINES)
def test_a_deadline_counts_from_the_day_on_which_the_notice_came(when, edge):
    deadline, third_last = DEADLINES[when]
    sent = day(deadline, -20)
    story = told(invoice("a", day(sent, -3)), notice(sent, day(sent, 14), received=day(deadline, -14)))
    assert date.fromordinal(story.tenancy.notices[0].deadline) == on(deadline)
    assert "A3" in rules_on(story, third_last)


@pytest.mark.parametrize("when", CALENDAR)
def test_a_step_holds_from_the_moment_it_is_known(when):
    due, falls = CALENDAR[when]
    story = told(*history(due), invoice("a", due), notice(day(falls, 1), day(falls, 20)))
    assert (story.rules, story.alert.level) == ({"S4"}, 3)
    assert {"A4", "S4"} <= story.tell(requested(day(falls, 2))).rules


# Of a rent of 8 000 kr; kroner and øre owed, the day, and the rule that needs so much.
AMOUNTS = [
    ("E1", 8, RENT // 4),
    ("S1", 30, RENT // 2),
    ("E5", 5, 80_000),
    ("A1", 60, 80_000),
]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(("rule", "days", "ore"), AMOUNTS)
def test_a_rule_asks_for_its_share_of_the_rent_to_the_ore(rule, days, ore, edge):
    facts = [] if rule == "E5" else history("2019-01-15")
    story = told_from_the_first(*facts, invoice("a", "2019-01-15"), credited("a", "2019-01-15", RENT - ore - edge))
    assert (rule in rules_on(story, day("2019-01-15", days))) == (edge >= 0)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(("rule", "rents"), [("S2", 1.2), ("A2", 2.5)])
def test_s2_and_a2_ask_for_so_many_rents_to_the_ore(rule, rents, edge):
    more = round(rents * RENT) - RENT + edge
    story = told(*history("2019-01-15"), invoice("a", "2019-01-15"), invoice("b", "2019-01-16", more))
    assert (rule in rules_on(story, "2019-01-31")) == (edge >= 0)


@pytest.mark.parametrize(("rule", "days"), [("E1", 8), ("S1", 30), ("A1", 60)])
@pytest.mark.parametrize(("rent", "owed", "holds"), [(60_000, 49_999, False), (60_000, 50_000, True)])
def test_less_than_500_kroner_is_watched_at_most(rule, days, rent, owed, holds):
    small = [invoice(f"s{n}", day("2019-01-15", -30 * n), rent) for n in range(6, 0, -1)]
    paid = [payment(f"sp{n}", day("2019-01-15", -30 * n), rent) for n in range(6, 0, -1)]
    story = told(*small, *paid, invoice("a", "2019-01-15", rent), payment("part", "2019-01-16", rent - owed))
    assert (rule in rules_on(story, day("2019-01-15", days))) == holds
    assert holds or rules_on(story, day("2019-01-15", days)) == {"W1"}


@pytest.mark.parametrize(("paid", "holds"), [(1, True), (RENT * 8 // 10 - 1, True), (RENT * 8 // 10, False)])
def test_e2_asks_for_something_but_less_than_four_fifths_of_the_invoice(paid, holds):
    story = told(*unpaid("2019-01-15"), payment("part", "2019-01-20", paid))
    assert ("E2" in rules_on(story, "2019-01-20")) == holds


@pytest.mark.parametrize(("paid_on", "holds"), [("2019-01-20", True), ("2019-01-21", False)])
def test_e2_asks_for_a_part_payment_by_the_fifth_day(paid_on, holds):
    story = told(*unpaid("2019-01-15"), payment("part", paid_on, RENT // 2))
    assert ("E2" in rules_on(story, "2019-01-22")) == holds


def test_a_wholly_unpaid_or_credited_invoice_is_no_shrink():
    assert "E2" not in rules_on(told(*unpaid("2019-01-15")), "2019-01-22")
    assert "E2" not in rules_on(told(*unpaid("2019-01-15"), credited("a", "2019-01-15", RENT // 2)), "2019-01-22")


@pytest.mark.parametrize(("third", "holds"), [(400_000, True), (599_999, True), (600_000, True), (690_000, False)])
def test_two_payments_in_a_row_each_smaller_are_shrink(third, holds):
    parts = [(RENT, "2018-12-15"), (700_000, "2019-01-01"), (third, "2019-01-10")]
    facts = [invoice("b", "2018-12-15", 3 * RENT), invoice("a", "2019-01-02")]
    story = told(*history("2018-12-15"), *facts, *(payment(f"s{ore}", on, ore) for ore, on in parts))
    assert ("E2" in rules_on(story, "2019-01-20")) == holds


@pytest.mark.parametrize(("late", "holds"), [((0, 3, 6), True), ((0, 3, 5), False), ((1, 4, 7), True)])
def test_a_drift_is_six_days_in_all(late, holds):
    assert ("W3" in rules_on(told_from_the_first(*history("2019-01-15", late)), "2019-01-15")) == holds


@pytest.mark.parametrize("late", [(0, 6, 6), (6, 0, 9), (9, 3, 0), (0, 9)])
def test_a_drift_is_three_in_a_row_each_later(late):
    assert "W3" not in rules_on(told_from_the_first(*history("2019-01-15", late)), "2019-01-15")


@pytest.mark.parametrize("news", [debit_ended("2019-01-10"), debit_failed("2019-01-10"), transport_ended("2019-01-10")])
def test_what_stops_paying_by_itself_is_watched_at_once_and_until_rent_is_paid_in_full(news):
    story = told(*history("2019-01-15"), news)
    assert (story.rules, story.tenancy.level) == ({"W2"}, 1)
    story.tell(invoice("a", "2019-01-15"), payment("p", "2019-01-16"), closed("2019-01-17"))
    assert story.tenancy.level == 0
    assert story.tenancy.episodes == ()


def test_rent_that_fell_due_before_answers_a_failed_debit_but_not_an_ended_one():
    facts = [*history("2019-01-15"), invoice("a", "2019-01-15")]
    for news, watched in ((debit_failed("2019-01-16"), set()), (debit_ended("2019-01-16"), {"W2"})):
        assert rules_on(told(*facts, news, payment("p", "2019-01-17")), "2019-01-18") == watched


def test_bostotte_that_is_paid_to_the_landlord_again_answers_that_it_stopped():
    story = told(transport_ended("2019-01-10"), transport_started("2019-01-20"), closed("2019-01-21"))
    assert story.tenancy.level == 0


# A hold counts from the day after; the third bank day, counted by hand.
HOLDS = {
    "a Monday": ("2019-02-04", "2019-02-07"),
    "a Friday": ("2019-02-01", "2019-02-06"),
    "the Wednesday before Easter": ("2019-04-17", "2019-04-25"),
    "the day before 17 May": ("2019-05-16", "2019-05-22"),
    "lille julaften": ("2019-12-23", "2019-12-30"),
    "the Friday before summer time": ("2019-03-29", "2019-04-03"),
    "the Friday before winter time": ("2019-10-25", "2019-10-30"),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("when", HOLDS)
def test_a_held_payment_holds_alerts_back_for_three_bank_days(when, edge):
    came, third = HOLDS[when]
    story = told(*unpaid(day(came, -20)), held("u", came), closed(day(third, edge)))
    assert bool(story.rules) == (edge > 0)


def test_a_hold_ends_when_it_is_found_out_whose_the_payment_is():
    facts = [*unpaid("2019-01-15"), held("u", "2019-02-04"), released("u", "2019-02-05")]
    assert told(*facts, closed("2019-02-04")).tenancy.level == 0
    assert "E1" in told(*facts, closed("2019-02-05")).rules


def test_a_hold_takes_nothing_back_and_holds_no_statutory_step():
    story = told(*unpaid("2019-01-15"), closed("2019-01-24"), held("u", "2019-02-13"), closed("2019-02-14"))
    assert (story.rules, story.alert.level) == ({"E1"}, 2)
    assert {"S4", "E1"} <= story.tell(notice("2019-02-14", "2019-03-04")).rules


@pytest.mark.parametrize(("days", "relapses"), [(89, True), (90, True), (91, False)])
def test_a_relapse_is_within_ninety_days_of_a_cure(days, relapses):
    cured = day("2019-06-17", 5 - days)
    before = [*history(day(cured, -25)), invoice("b", day(cured, -25)), closed(day(cured, -10))]
    story = told(*before, payment("late", cured), closed(cured), invoice("a", "2019-06-17"))
    assert story.tenancy.episodes[-1].resolution == "cured"
    assert ("E6" in rules_on(story, "2019-06-22")) == relapses
    assert judge(story.tenancy, on("2019-06-22").toordinal(), thresholds()).probation == relapses


@pytest.mark.parametrize(("days", "relapses"), [(364, True), (365, True), (366, False)])
def test_the_third_alert_within_a_year_is_a_relapse(days, relapses):
    """The second one ended a hundred days ago, so that it is no relapse by itself."""
    now = "2019-12-16"
    oldest, newer = day(now, 5 - days - 8), day(now, -130)
    facts = list[Any]()
    for name, due in (("b", oldest), ("c", newer)):
        earlier = [each.model_copy(update={"line_id": line(f"{name} {each.line_id}")}) for each in history(due)]
        facts += [
            *earlier,
            invoice(name, due),
            closed(day(due, 8)),
            payment(f"late {name}", day(due, 20)),
            closed(day(due, 20)),
        ]
    story = told(*facts, *history(now, (0, 0, 0)), invoice("a", now))
    raised = [date.fromordinal(each.raised) for each in story.tenancy.episodes]
    assert raised[0] == on(day(now, 5 - days))
    assert ("E6" in rules_on(story, day(now, 5))) == relapses


def test_a_miss_within_what_is_usual_by_now_is_no_relapse_and_no_probation():
    """At first unusual, eight days are what the tenant needs each month."""
    story = told_from_the_first(*history("2019-03-15", (8,)), closed("2019-02-22"))
    months = [day("2019-03-15", 30 * n) for n in range(5)]
    for n, due in enumerate(months):
        story.tell(invoice(f"m{n}", due), closed(day(due, 9)), payment(f"mp{n}", day(due, 10)), closed(day(due, 11)))
    assert [each.level for each in story.tenancy.episodes][-1] == 2
    assert all(not each.probation for each in story.tenancy.episodes)


def test_an_alert_on_probation_starts_one_level_higher():
    was, due = "2019-01-15", "2019-02-15"
    facts = [
        *history(was),
        invoice("b", was),
        closed("2019-01-24"),
        payment("late", "2019-01-30"),
        closed("2019-02-01"),
    ]
    story = told(*facts, invoice("a", due), closed(day(due, 5)))
    assert (story.rules, story.alert.level, story.alert.probation) == ({"E6"}, 3, True)


def test_the_same_level_is_shown_for_every_rule_of_it():
    assert {rule[0]: level for rule, level in LEVELS.items()} == {"W": 1, "E": 2, "S": 3, "A": 4}
    assert every_reason().keys() == LEVELS.keys()


def test_a_plan_pauses_what_it_covers_and_new_rent_still_counts():
    story = told(*unpaid("2019-01-15"), closed("2019-01-24"))
    story.tell(*plan("p", "2019-01-25", ("2019-03-15", RENT // 2), ("2019-04-15", RENT // 2)), closed("2019-02-20"))
    assert rules_on(story, "2019-02-20") == set()
    assert story.alert.level == 2
    assert {"E1"} == rules_on(story.tell(invoice("new", "2019-02-15")), "2019-02-25")


def test_a_plan_that_is_kept_closes_the_alert_with_its_last_instalment():
    story = told(*unpaid("2019-01-15"), closed("2019-01-24"))
    story.tell(*plan("p", "2019-01-25", ("2019-02-15", RENT // 2), ("2019-03-15", RENT // 2)))
    story.tell(payment("i1", "2019-02-15", RENT // 2), closed("2019-02-22"))
    assert story.alert.level == 1
    story.tell(payment("i2", "2019-03-15", RENT // 2))
    assert story.tenancy.episodes[-1].resolution == "cured"


def test_an_instalment_and_the_rent_are_each_paid_in_their_turn():
    agreed = plan("p", "2019-02-01", ("2019-03-10", RENT // 2), ("2019-04-10", RENT // 2))
    story = told(
        *unpaid("2019-01-15"), *agreed, invoice("new", "2019-03-15"), payment("both", "2019-03-12", RENT * 3 // 2)
    )
    assert rules_on(story, "2019-03-25") == set()


def test_a_changed_plan_starts_anew_and_an_ended_one_gives_back_the_first_due_dates():
    agreed = plan("p", "2019-02-01", ("2019-02-15", RENT // 2), ("2019-03-15", RENT // 2))
    story = told(*unpaid("2019-01-15"), *agreed, closed("2019-02-25"))
    assert "S3" in story.rules
    story.tell(*plan_changed("p", "2019-02-26", ("2019-03-20", RENT)))
    assert rules_on(story, "2019-03-01") == set()
    assert {"A1", "S1"} <= rules_on(story.tell(plan_ended("p", "2019-03-10")), "2019-03-18")


def test_a_dispute_and_a_reversed_payment_leave_the_debt():
    story = told(
        *unpaid("2019-01-15"), payment("p", "2019-01-15"), taken_back("p", "2019-01-20"), disputed("2019-01-21")
    )
    assert "E1" in rules_on(story, "2019-01-24")


TEXTS = {
    "W1": "Husleien for januar 2019 forfalt 15. januar 2019 og er 4 dager over forfall.",
    "W2": "AvtaleGiro eller trekk ga ikke dekning 10. januar 2019.",
    "W3": "De tre siste betalingene kom 0, 3 og 6 dager etter forfall – stadig senere.",
    "E2": "Siste betaling var 4\u00a0000 kr av 8\u00a0000 kr (50 %).",
    "E3": "De tre siste betalingene kom 0, 3 og 6 dager etter forfall – stadig senere.",
    "E4": "AvtaleGiro ble stanset 15. januar 2019 og husleien er ikke betalt.",
    "S3": "Betalingsavtalen fra 19. desember 2018 er brutt: 4\u00a0000 kr mangler per 20. januar 2019.",
    "A2": "3 fakturaer er ubetalt, til sammen 24\u00a0000 kr (3,0 måneders husleie).",
    "A3": "Fristen i § 4-18-varselet fra 28. januar 2019 går ut 11. februar 2019, og gjelden er ubetalt.",
    "S4": "Varsel etter tvangsfullbyrdelsesloven § 4-18 sendt 28. januar 2019; fristen går ut 11. februar 2019.",
    "A4": "Begjæring om fravikelse mottatt 20. februar 2019. Fravikelsen er berammet til 1. april 2019.",
}


@pytest.mark.parametrize("rule", LEVELS)
def test_every_reason_is_said_with_its_figures(rule):
    reason = every_reason()[rule]
    text = sentence(rule, reason.figures)
    assert text == TEXTS.get(rule, text)
    assert text.endswith(".")
    assert line("x") not in text
