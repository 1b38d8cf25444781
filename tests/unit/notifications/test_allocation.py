"""Which money pays which invoice."""

import random
from datetime import date, timedelta

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from notifications.domain.allocation import allocate
from notifications.domain.ledger import Ledger, outstanding
from notifications.translation import thresholds
from tests.unit.notifications.given import (
    RENT,
    adjusted,
    closed,
    credited,
    invoice,
    line,
    payment,
    taken_back,
)
from tests.unit.notifications.given import (
    told_from_the_first as told,
)

LATER = date(2030, 1, 1).toordinal()


def open_amounts(ledger: Ledger, on: int = LATER) -> dict[str, int]:
    allocation = allocate(ledger, on, thresholds().tolerance)
    return {each.id: left for each, left in zip(allocation.invoices, allocation.open, strict=True)}


def test_a_payment_without_kid_pays_the_oldest_invoice():
    story = told(invoice("b", "2019-02-15"), invoice("a", "2019-01-15"), payment("p", "2019-02-20"))
    assert open_amounts(story.tenancy.ledger) == {line("a"): 0, line("b"): RENT}


def test_a_payment_with_kid_pays_the_invoice_that_it_names_and_the_rest_goes_to_the_oldest():
    story = told(
        invoice("a", "2019-01-15", kid="11"),
        invoice("b", "2019-02-15", kid="29"),
        payment("p", "2019-02-20", RENT + 5_000, kid="29"),
    )
    assert open_amounts(story.tenancy.ledger) == {line("a"): RENT - 5_000, line("b"): 0}


def test_a_kid_that_all_invoices_share_pays_the_oldest_of_them():
    story = told(
        invoice("a", "2019-01-15", kid="11"), invoice("b", "2019-02-15", kid="11"), payment("p", "2019-02-20", kid="11")
    )
    assert open_amounts(story.tenancy.ledger) == {line("a"): 0, line("b"): RENT}


def test_what_is_paid_ahead_waits_for_the_next_invoice():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15", RENT * 2), invoice("b", "2019-02-15"))
    assert open_amounts(story.tenancy.ledger) == {line("a"): 0, line("b"): 0}


def test_a_credit_makes_its_invoice_smaller_and_sets_money_free():
    story = told(
        invoice("a", "2019-01-15"),
        payment("p", "2019-01-15"),
        invoice("b", "2019-02-15"),
        credited("a", "2019-02-20", 10_000),
    )
    assert open_amounts(story.tenancy.ledger) == {line("a"): 0, line("b"): RENT - 10_000}


def test_an_adjusted_invoice_is_as_large_as_the_newest_adjustment_says():
    story = told(invoice("a", "2019-01-15"), adjusted("a", "2019-02-02", 700_000), adjusted("a", "2019-02-01", 600_000))
    assert open_amounts(story.tenancy.ledger) == {line("a"): 700_000}


def test_a_reversed_payment_pays_until_the_day_on_which_it_is_reversed():
    story = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15"), taken_back("p", "2019-01-20"))
    assert open_amounts(story.tenancy.ledger, date(2019, 1, 19).toordinal()) == {line("a"): 0}
    assert open_amounts(story.tenancy.ledger, date(2019, 1, 20).toordinal()) == {line("a"): RENT}


def test_an_amendment_may_come_before_what_it_amends():
    lines = [taken_back("p", "2019-01-20"), adjusted("a", "2019-01-16", 500_000), credited("a", "2019-01-17", 100)]
    story = told(*lines, payment("p", "2019-01-15"), invoice("a", "2019-01-15"))
    assert open_amounts(story.tenancy.ledger) == {line("a"): 499_900}


def test_the_same_line_again_changes_nothing():
    once = told(invoice("a", "2019-01-15"), payment("p", "2019-01-15"))
    assert once.tenancy == told(invoice("a", "2019-01-15"), *[payment("p", "2019-01-15")] * 2).tenancy


@st.composite
def ledgers(draw):
    first, months = date(2018, 1, 1), draw(st.integers(1, 12))
    lines = [invoice(f"i{n}", (first + timedelta(days=30 * n)).isoformat(), kid=f"1{n}") for n in range(months)]
    for n in range(draw(st.integers(0, 12))):
        dated = (first + timedelta(days=draw(st.integers(0, 400)))).isoformat()
        kid = draw(st.sampled_from([None, *(f"1{m}" for m in range(months))]))
        lines.append(payment(f"p{n}", dated, draw(st.integers(1, 2 * RENT)), kid))
        if draw(st.booleans()):
            lines.append(
                taken_back(f"p{n}", (date.fromisoformat(dated) + timedelta(days=draw(st.integers(0, 9)))).isoformat())
            )
    lines += [credited(f"i{n}", "2018-08-01", draw(st.integers(1, RENT))) for n in range(draw(st.integers(0, months)))]
    lines += [adjusted(f"i{n}", "2018-07-01", draw(st.integers(0, RENT))) for n in range(draw(st.integers(0, months)))]
    return lines, draw(st.randoms(use_true_random=False))


@settings(max_examples=60, deadline=None, derandomize=True)
@drawn(ledgers())
def test_any_order_of_arrival_gives_the_same_ledger_and_the_same_answer(given):
    lines, chance = given
    shuffled = chance.sample(lines, len(lines))
    one, other = told(*lines, closed("2019-06-01")).tenancy, told(*shuffled, closed("2019-06-01")).tenancy
    assert one.ledger == other.ledger
    assert (one.closes, one.stage, one.level) == (other.closes, other.stage, other.level)
    assert [e.reasons for e in one.episodes[-1:] if not e.resolution] == [
        e.reasons for e in other.episodes[-1:] if not e.resolution
    ]


@settings(max_examples=60, deadline=None, derandomize=True)
@drawn(ledgers())
def test_no_krone_is_lost_or_made(given):
    ledger = told(*given[0]).tenancy.ledger
    allocation = allocate(ledger, LATER, thresholds().tolerance)
    undone = ledger.undone(LATER)
    money = sum(p.ore for p in ledger.payments if p.id not in undone) + sum(c.ore for c in ledger.credits)
    used = sum(part.ore for part in allocation.parts)
    assert used + sum(allocation.open) == sum(allocation.amounts)
    assert outstanding(ledger, LATER) == sum(allocation.open) - (money - used)
    assert min(allocation.open, default=0) >= 0


def test_a_shuffled_year_of_habit_is_the_same_habit():
    lines = [
        each
        for n in range(12)
        for each in (invoice(f"i{n}", f"2018-{n + 1:02}-15"), payment(f"p{n}", f"2018-{n + 1:02}-2{n % 6}"))
    ]
    late = invoice("late", "2019-01-15")
    straight = told(*lines, late, closed("2019-02-10"))
    mixed = told(*random.Random(7).sample(lines, len(lines)), late, closed("2019-02-10"))
    assert straight.alert.reasons == mixed.alert.reasons
