"""What follows from the ledger on a day."""

from datetime import timedelta

import pytest

from notifications.domain.allocation import allocate
from notifications.domain.facts import Facts, facts
from notifications.domain.tenancy import Tenancy
from notifications.translation import thresholds
from tests.unit.notifications.given import RENT, adjusted, after, credited, invoice, on, paid_months, payment
from tests.unit.notifications.given import told_from_the_first as told


def known(tenancy: Tenancy, day: str) -> Facts:
    limits, ordinal = thresholds(), on(day).toordinal()
    return facts(allocate(tenancy.ledger, ordinal, limits.tolerance), ordinal, limits)


@pytest.mark.parametrize(
    ("ore", "left", "dpd"), [(300_000, 10_000, 0), (300_000, 10_001, 5), (RENT, 16_000, 0), (RENT, 16_001, 5)]
)
def test_an_invoice_is_unpaid_when_more_than_100_kroner_and_2_percent_are_open(ore, left, dpd):
    tenancy = told(invoice("a", "2019-01-15", ore), payment("p", "2019-01-15", ore - left)).tenancy
    assert known(tenancy, "2019-01-20").dpd == dpd


def test_the_due_day_itself_is_no_day_over_due():
    tenancy = told(invoice("a", "2019-01-15")).tenancy
    assert (known(tenancy, "2019-01-15").dpd, known(tenancy, "2019-01-16").dpd) == (0, 1)
    assert (known(tenancy, "2019-01-15").debt, known(tenancy, "2019-01-16").debt) == (0, RENT)


def test_days_over_due_are_those_of_the_oldest_unpaid_invoice():
    tenancy = told(invoice("b", "2019-02-15"), invoice("a", "2019-01-15")).tenancy
    assert known(tenancy, "2019-02-20").dpd == 36
    assert (
        known(
            told(*[invoice("b", "2019-02-15"), invoice("a", "2019-01-15"), payment("p", "2019-02-16")]).tenancy,
            "2019-02-20",
        ).dpd
        == 5
    )


def test_a_month_of_rent_is_the_median_of_the_last_six_invoices():
    lines = [invoice(f"{n}", f"2018-{n:02}-15", ore) for n, ore in enumerate([900_000, 1, 2, 3, 4, 5, 6], 1)]
    assert known(told(*lines).tenancy, "2018-07-20").rent == 3
    assert known(told(*lines[:2]).tenancy, "2018-02-20").rent == 450_000
    assert known(told(invoice("n", "2019-01-15")).tenancy, "2019-01-14").rent == 0


def test_an_adjusted_invoice_counts_as_adjusted_for_the_rent():
    tenancy = told(invoice("a", "2019-01-15"), adjusted("a", "2019-01-16", 600_000)).tenancy
    assert known(tenancy, "2019-01-20").rent == 600_000


def test_the_habit_is_unknown_until_three_invoices_are_paid_in_full():
    assert known(after(paid_months(2, late=4)).tenancy, "2019-02-01").habit is None
    assert known(after(paid_months(3, late=4)).tenancy, "2019-02-01").habit == 4


BANK_DAYS = ["2018-01-15", "2018-02-15", "2018-03-15", "2018-04-16", "2018-05-15", "2018-06-15"]


@pytest.mark.parametrize(
    ("late", "habit"),
    [([1, 2, 3], 3), ([1, 2, 3, 14], 14), ([1, 2, 3, 4, 14], 4), ([14, 4, 3, 2, 1, 5], 5)],
)
def test_the_habit_is_the_nearest_rank_80th_percentile(late, habit):
    lines = []
    for due, days in zip(BANK_DAYS, late, strict=False):
        paid = (on(due) + timedelta(days=days)).isoformat()
        lines += [invoice(due, due), payment(f"paid {due}", paid)]
    assert known(told(*lines).tenancy, "2018-12-01").habit == habit


def test_only_the_last_six_count():
    lines = [*paid_months(6, late=20, until="2018-07"), *paid_months(6, late=2, until="2019-01")]
    assert known(told(*lines).tenancy, "2019-02-01").habit == 2


def test_what_was_credited_is_no_habit_of_paying():
    lines = [*paid_months(3, late=2), invoice("c", "2019-02-15"), credited("c", "2019-04-01", RENT)]
    assert known(told(*lines).tenancy, "2019-04-10").habit == 2


def test_two_months_owed_are_two_rents():
    known_then = known(told(invoice("a", "2019-01-15"), invoice("b", "2019-02-15")).tenancy, "2019-03-01")
    assert (known_then.debt, known_then.rent) == (2 * RENT, RENT)
    assert known_then.owes(200)
    assert not known_then.owes(201)
