"""Each rule at its boundary, a day or a krone to either side. 15 January 2019 is a Tuesday."""

import pytest

from notifications.domain.words import sentence
from tests.unit.notifications.given import (
    RENT,
    after,
    closed,
    executed,
    invoice,
    lifted,
    notice,
    paid_months,
    payment,
    requested,
    scheduled,
    told,
    told_from_the_first,
)


@pytest.mark.parametrize(("as_of", "fires"), [("2019-01-22", False), ("2019-01-23", True), ("2019-01-24", True)])
def test_e1_holds_from_day_8_when_the_habit_is_unknown(as_of, fires):
    assert (told(invoice("a", "2019-01-15"), closed(as_of)).rules == {"E1"}) == fires


@pytest.mark.parametrize(("as_of", "fires"), [("2019-02-28", False), ("2019-03-01", True)])
def test_e1_waits_until_five_days_after_the_habit(as_of, fires):
    story = after(paid_months(6, late=9), invoice("a", "2019-02-15"), closed(as_of))
    assert ("E1" in story.rules) == fires


@pytest.mark.parametrize(("as_of", "fires"), [("2019-02-22", False), ("2019-02-23", True)])
def test_e1_never_holds_before_day_8_however_early_the_tenant_usually_pays(as_of, fires):
    story = after(paid_months(6, late=-10), invoice("a", "2019-02-15"), closed(as_of))
    assert ("E1" in story.rules) == fires


@pytest.mark.parametrize(("as_of", "fires"), [("2019-03-16", False), ("2019-03-17", True)])
def test_a_habit_of_paying_very_late_counts_as_25_days(as_of, fires):
    story = after(paid_months(6, late=40), invoice("a", "2019-02-15"), closed(as_of))
    assert ("E1" in story.rules) == fires


@pytest.mark.parametrize(("paid", "fires"), [(RENT * 3 // 4, True), (RENT * 3 // 4 + 1, False)])
def test_e1_asks_for_a_quarter_of_the_rent(paid, fires):
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-16", paid), closed("2019-01-25"))
    assert ("E1" in story.rules) == fires


@pytest.mark.parametrize(("rent", "fires"), [(49_999, False), (50_000, True)])
def test_below_500_kroner_there_is_but_something_to_watch(rent, fires):
    rules = told_from_the_first(invoice("a", "2019-01-15", rent), closed("2019-03-01")).rules
    assert rules == ({"E1", "E5", "S1"} if fires else {"W1"})


def test_a_due_date_in_a_weekend_counts_from_monday():
    saturday = invoice("a", "2019-06-15")
    assert told(saturday, closed("2019-06-24")).rules == {"W1"}
    assert told(saturday, closed("2019-06-25")).rules == {"E1"}


def test_a_due_date_in_easter_counts_from_the_tuesday_after():
    maundy_thursday = invoice("a", "2019-04-18")
    assert told(maundy_thursday, closed("2019-04-30")).rules == {"W1"}
    assert told(maundy_thursday, closed("2019-05-01")).rules == {"E1"}


@pytest.mark.parametrize(("due", "first_day"), [("2019-05-01", "2019-05-10"), ("2019-05-17", "2019-05-28")])
def test_a_due_date_on_1_or_17_may_counts_from_the_next_bank_day(due, first_day):
    assert told(invoice("a", due), closed(first_day)).alert.dpd == 8


@pytest.mark.parametrize(("as_of", "rules"), [("2019-02-13", {"E1"}), ("2019-02-14", {"E1", "S1"})])
def test_s1_holds_from_day_30(as_of, rules):
    assert told(invoice("a", "2019-01-15"), closed(as_of)).rules == rules


@pytest.mark.parametrize(("paid", "fires"), [(RENT // 2, True), (RENT // 2 + 1, False)])
def test_s1_asks_for_half_the_rent(paid, fires):
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-16", paid), closed("2019-02-20"))
    assert ("S1" in story.rules) == fires


@pytest.mark.parametrize("ore", [100, 4_000, RENT])
def test_s4_holds_whatever_the_days_and_the_sum(ore):
    story = told(invoice("a", "2019-01-15", ore), notice("2019-01-16", "2019-01-30", ore))
    assert (story.rules, story.alert.level) == ({"S4"}, 3)


def test_s4_holds_at_once_for_a_notice_that_comes_before_the_lines_that_it_rests_on():
    story = told(notice("2019-01-16", "2019-01-30"))
    assert story.rules == {"S4"}
    assert story.tell(invoice("a", "2019-01-15"), closed("2019-01-18")).rules == {"S4"}


def test_a_habit_does_not_hold_s4_back():
    story = after(paid_months(6, late=25), invoice("a", "2019-02-15"), closed("2019-02-15"))
    assert story.tell(notice("2019-02-16", "2019-03-02")).alert.level == 3


def test_a4_holds_from_the_request_and_while_there_is_a_date():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-16"), requested("2019-02-01"))
    assert (story.rules & {"A4"}, story.alert.level) == ({"A4"}, 4)
    story.tell(scheduled("2019-02-20", "2019-03-20"))
    assert "A4" in story.rules
    assert "A4" not in story.tell(lifted("2019-03-01"), closed("2019-03-02")).tenancy.episodes[-1].changes[-1].rules


def test_an_event_newer_than_the_newest_close_is_judged_at_its_own_date():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-16"), notice("2019-01-25", "2019-02-08"))
    assert story.rules == {"E1", "S4"}
    assert story.alert.dpd == 10


@pytest.mark.parametrize(
    ("events", "text"),
    [
        (
            [*paid_months(6, late=3), invoice("a", "2019-02-15"), closed("2019-02-25")],
            (
                "Husleien for februar 2019 forfalt 15. februar 2019 og er 10 dager over forfall. "
                "Leietakeren betaler vanligvis innen 3 dager."
            ),
        ),
        (
            [invoice("a", "2019-06-15"), closed("2019-06-25")],
            "Husleien for juni 2019 forfalt 15. juni 2019 (regnes fra 17. juni 2019) og er 8 dager over forfall.",
        ),
        (
            [invoice("a", "2019-01-15"), closed("2019-02-14")],
            (
                "Husleien for januar 2019 forfalt 15. januar 2019 og er 30 dager over forfall. "
                "Til sammen skyldes 8\u00a0000 kr (1,0 måneders husleie)."
            ),
        ),
        (
            [invoice("a", "2019-01-15"), notice("2019-01-16", "2019-01-30")],
            "Varsel etter tvangsfullbyrdelsesloven § 4-18 sendt 16. januar 2019; fristen går ut 30. januar 2019.",
        ),
        (
            [requested("2019-02-01"), scheduled("2019-02-10", "2019-03-20")],
            "Begjæring om fravikelse mottatt 1. februar 2019. Fravikelsen er berammet til 20. mars 2019.",
        ),
    ],
)
def test_a_reason_says_its_figures_and_dates(events, text):
    reason = told(*events).alert.reasons[0]
    assert sentence(reason.rule, reason.figures) == text


def test_the_gravest_reason_stands_first():
    story = told(invoice("a", "2019-01-15"), notice("2019-01-16", "2019-01-30"), requested("2019-02-20"))
    assert [reason.rule for reason in story.alert.reasons] == ["A4", "A3", "S4", "S1", "E1"]


def test_an_executed_eviction_raises_nothing_more():
    assert told(invoice("a", "2019-01-15"), executed("2019-02-01"), closed("2019-03-01")).tenancy.episodes == ()
