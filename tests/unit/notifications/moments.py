"""A tenancy brought to the edge of each rule: what is told of it, by the day on which the last rent was due."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from demo.generator.days import bank_day
from notifications.domain.rules import Reason
from tests.unit.notifications.given import (
    RENT,
    closed,
    debit_ended,
    debit_failed,
    invoice,
    notice,
    payment,
    plan,
    requested,
    scheduled,
    told_from_the_first,
)

# Due days, and the bank day from which days over due are counted.
CALENDAR = {
    "an ordinary Tuesday": ("2019-01-15", "2019-01-15"),
    "a Saturday": ("2019-06-15", "2019-06-17"),
    "a Sunday": ("2019-06-16", "2019-06-17"),
    "skjærtorsdag": ("2019-04-18", "2019-04-23"),
    "the Wednesday before Easter": ("2019-04-17", "2019-04-17"),
    "2. påskedag": ("2019-04-22", "2019-04-23"),
    "1 May": ("2019-05-01", "2019-05-02"),
    "17 May, a Friday": ("2019-05-17", "2019-05-20"),
    "the day before 17 May": ("2019-05-16", "2019-05-16"),
    "1. juledag": ("2019-12-25", "2019-12-27"),
    "julaften": ("2019-12-24", "2019-12-24"),
    "1 January": ("2020-01-01", "2020-01-02"),
    "the Friday before summer time": ("2019-03-29", "2019-03-29"),
    "the Sunday on which summer time begins": ("2019-03-31", "2019-04-01"),
    "the Friday before winter time": ("2019-10-25", "2019-10-25"),
    "the Sunday on which summer time ends": ("2019-10-27", "2019-10-28"),
}
Facts = list[Any]


def day(text: str, days: int = 0) -> str:
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()


def history(due: str, late: tuple[int, ...] = (0,) * 6) -> Facts:
    """Earlier rents, thirty days apart, each paid so many days after it fell due."""
    facts: Facts = []
    for number, days in enumerate(late):
        was = day(due, -30 * (len(late) - number))
        falls = bank_day(date.fromisoformat(was))
        facts += [invoice(f"h{number}", was), payment(f"p{number}", day(falls.isoformat(), days))]
    return facts


def unpaid(due: str) -> Facts:
    return [*history(due), invoice("a", due)]


def first_of_all(due: str) -> Facts:
    return [invoice("a", due)]


def partly_paid(due: str) -> Facts:
    return [*unpaid(due), payment("part", due, RENT // 2)]


def later_and_later(due: str) -> Facts:
    return [*history(due, (0, 3, 6)), invoice("a", due)]


def debit_is_over(due: str) -> Facts:
    return [*unpaid(due), debit_ended(due)]


def debit_has_failed(due: str) -> Facts:
    return [*unpaid(due), debit_failed(due)]


def missed_before(due: str) -> Facts:
    """An alert of the month before, closed by payment ten days before this rent was due."""
    was, paid = day(due, -30), day(due, -10)
    return [
        *history(was),
        invoice("b", was),
        closed(day(was, 15)),
        payment("late", paid),
        closed(paid),
        invoice("a", due),
    ]


def two_unpaid(due: str) -> Facts:
    """The rent, and a bill of the day after."""
    return [*history(due), invoice("a", due), invoice("c", day(due, 1))]


def plan_unpaid(due: str) -> Facts:
    """What was due thirty days before is to be paid off now and in a month."""
    was = day(due, -30)
    return [*history(was), invoice("old", was), *plan("p", day(was, 3), (due, RENT // 2), (day(due, 30), RENT // 2))]


# Rule: days over due from which on it holds, and the facts.
BY_DAYS: dict[str, tuple[int, Callable[[str], Facts]]] = {
    "W1": (4, unpaid),
    "E1": (8, unpaid),
    "E2": (5, partly_paid),
    "E3": (6, later_and_later),
    "E4": (5, debit_is_over),
    "E5": (5, first_of_all),
    "E6": (5, missed_before),
    "S1": (30, unpaid),
    "S2": (14, two_unpaid),
    "S3": (5, plan_unpaid),
    "A1": (60, unpaid),
}


def noticed() -> Facts:
    """A § 4-18 notice of 28 January 2019, and what follows."""
    return [notice("2019-01-28", "2019-02-11"), requested("2019-02-20"), scheduled("2019-03-01", "2019-04-01")]


def every_reason() -> dict[str, Reason]:
    """One of each rule, as some tenancy had it."""
    stories = [
        told_from_the_first(*facts("2019-01-15"), closed(day("2019-01-15", days))) for days, facts in BY_DAYS.values()
    ]
    stories += [
        told_from_the_first(*unpaid("2019-01-15"), *noticed()),
        told_from_the_first(debit_failed("2019-01-10")),
        told_from_the_first(*history("2019-01-15", (0, 3, 6)), closed("2019-01-15")),
        told_from_the_first(*(invoice(f"{n}", f"2019-0{n}-15") for n in (1, 2, 3)), closed("2019-03-20")),
    ]
    return {reason.rule: reason for story in stories for reason in story.alert.reasons}
