"""What is known late, out of order, or before what it belongs to."""

import pytest

from chassis.outputs import Event
from notifications import messages as m
from tests.unit.notifications.given import (
    PUBLIC_ID,
    RENT,
    adjusted,
    after,
    closed,
    invoice,
    lifted,
    notice,
    on,
    paid_months,
    payment,
    requested,
    scheduled,
    started,
    taken_back,
    told,
)


def open_stream(story):
    return [
        (each.subject, each.data.stage)
        for each in story.outputs
        if isinstance(each, Event) and isinstance(each.data, m.HousingTenancyChanged)
    ]


def test_arrears_may_come_before_the_tenancy_and_the_stage_is_told_when_its_public_id_is_known():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-24"))
    assert (story.rules, open_stream(story)) == ({"E1"}, [])
    assert open_stream(story.tell(started())) == [(PUBLIC_ID, "F2")]


def test_a_tenancy_with_nothing_over_due_says_nothing_when_it_starts():
    assert open_stream(told(invoice("a", "2019-01-15"), started(), closed("2019-01-10"))) == []


def test_a_reversal_opens_the_debt_again():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15"), closed("2019-01-24"))
    assert story.tell(taken_back("p", "2019-01-25"), closed("2019-01-25")).rules == {"E1"}
    assert story.alert.dpd == 10


def test_a_reversal_within_the_closed_books_raises_at_once():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15"), closed("2019-01-24"))
    assert story.tell(taken_back("p", "2019-01-22")).rules == {"E1"}


def test_a_payment_that_is_reversed_and_made_again_the_same_day_raises_nothing():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15"), closed("2019-01-24"))
    story.tell(taken_back("p", "2019-01-25"), payment("again", "2019-01-25"), closed("2019-01-25"))
    assert story.tenancy.episodes == ()


def test_a_reversal_after_the_cure_is_a_new_episode():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-24"), payment("p", "2019-01-25"))
    story.tell(taken_back("p", "2019-01-28"), closed("2019-01-28"))
    assert [each.episode for each in story.sent(m.AlertRaised)] == [1, 2]


def test_a_payment_that_came_late_but_is_dated_before_the_close_cures():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-24"), payment("p", "2019-01-20"))
    assert story.sent(m.AlertResolved)[0].as_of == on("2019-01-24")


def test_an_invoice_that_came_late_raises_at_once_as_of_the_newest_close():
    assert told(closed("2019-01-24"), invoice("a", "2019-01-15")).alert.raised == on("2019-01-24").toordinal()


def test_money_lines_newer_than_the_close_raise_nothing_until_their_day_is_closed():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-16"), invoice("b", "2019-02-15", dated="2019-02-01"))
    story.tell(payment("half", "2019-02-03", RENT // 2))
    assert story.tenancy.episodes == ()
    assert story.tell(payment("rest", "2019-02-03", RENT // 2), closed("2019-02-10")).tenancy.episodes == ()


def test_a_close_for_an_earlier_date_changes_no_level_backwards():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-24"))
    before = story.tenancy.episodes
    assert story.tell(closed("2019-01-20")).tenancy.episodes == before
    assert [each.as_of for each in story.tenancy.closes] == [on("2019-01-20").toordinal(), on("2019-01-24").toordinal()]


def test_a_notice_that_is_known_late_is_shown_without_turning_anything_back():
    story = told(invoice("a", "2019-01-15"), requested("2019-02-10"), notice("2019-01-20", "2019-02-03"))
    assert (story.alert.level, story.rules) == (4, {"A4", "E1", "S4"})


def test_steps_in_any_order_of_arrival_are_taken_by_their_dates():
    story = told(lifted("2019-03-01"), scheduled("2019-02-20", "2019-03-20"), requested("2019-02-01"))
    assert story.tenancy.stage == "F0"


def test_a_bank_file_that_lags_behind_a_notice_does_not_close_its_alert():
    story = told(invoice("a", "2019-01-15"), notice("2019-01-25", "2019-02-08"), closed("2019-01-16"))
    assert story.rules >= {"S4"}


def test_a_line_of_an_earlier_day_cannot_cure_what_was_raised_after_it():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-14"), notice("2019-01-25", "2019-02-08"))
    assert story.tell(payment("old", "2019-01-14", 100)).rules >= {"S4"}


@pytest.mark.parametrize(
    ("late", "sums"),
    [
        (payment("p", "2019-01-20"), [RENT, 0, RENT - RENT]),
        (invoice("b", "2019-01-20"), [RENT, 2 * RENT, 2 * RENT]),
        (adjusted("a", "2019-01-20", 500_000), [RENT, 500_000, 500_000]),
    ],
)
def test_a_late_fact_reckons_the_later_closes_again(late, sums):
    story = told(invoice("a", "2019-01-15"), closed("2019-01-20"), closed("2019-01-21"), closed("2019-02-01"), late)
    assert [each.ore for each in story.tenancy.closes] == sums


def test_a_reversal_counts_from_its_own_day_on():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-16"), closed("2019-01-20"), closed("2019-02-01"))
    assert [each.ore for each in story.tell(taken_back("p", "2019-01-25")).tenancy.closes] == [0, RENT]


def test_the_outstanding_sum_is_of_what_was_due_and_dated_before_the_day():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-16", 300_000))
    story.tell(closed("2019-01-15"), closed("2019-01-16"), closed("2019-01-17"))
    assert [each.ore for each in story.tenancy.closes] == [0, RENT, RENT - 300_000]


def test_what_is_paid_ahead_is_below_zero():
    assert told(payment("p", "2019-01-02", 5_000), closed("2019-01-10")).tenancy.closes[-1].ore == -5_000


def test_the_kid_that_intake_changes_and_the_rent_are_kept():
    story = told(started(), m.TenancyChanged(rent_ore=900_000, kid="42"), m.TenancyChanged(kid="43"))
    assert (story.tenancy.rent_ore, story.tenancy.kid, story.tenancy.tenants) == (900_000, "43", started().tenants)


def test_a_sound_payer_is_never_alerted():
    story = after(paid_months(24, late=20), closed("2019-02-10"))
    assert story.tenancy.episodes == ()
