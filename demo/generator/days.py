"""Bank days in Norway, reckoned here alone so that they check the services' calendar, and months of a ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

FIXED = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
# Days from Easter Sunday: skjærtorsdag, langfredag, the two Easter days, Kristi himmelfart, the two of pinse.
MOVABLE = (-3, -2, 0, 1, 39, 49, 50)


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computus (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + k - 7 * ((a + 11 * h + 22 * k) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    movable = (easter(year) + timedelta(days=days) for days in MOVABLE)
    return frozenset((*(date(year, month, day) for month, day in FIXED), *movable))


def bank_day(day: date) -> date:
    """The day itself if banks are open, else the next on which they are."""
    while day.weekday() >= 5 or day in holidays(day.year):
        day += timedelta(days=1)
    return day


def later(day: date, days: int) -> date:
    """So many days on, then to a bank day, and never a first of the month: books are closed as of those."""
    day = bank_day(day + timedelta(days=days))
    return bank_day(day + timedelta(days=1)) if day.day == 1 else day


def add_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


@dataclass(frozen=True, slots=True)
class Horizon:
    """First and last month that have a bank file. The file of a month is closed as of the first of the next."""

    first: date
    last: date

    def months(self) -> Iterator[date]:
        return (add_months(self.first, n) for n in range(months_between(self.first, self.last) + 1))

    @property
    def closes(self) -> tuple[date, ...]:
        return tuple(add_months(month, 1) for month in self.months())

    def holds(self, day: date) -> bool:
        """Whether the last file still knows of the day."""
        return day < add_months(self.last, 1)

    def file_of(self, day: date) -> date:
        """The month whose file tells of the day; what is older than the books stands in the first."""
        return max(day.replace(day=1), self.first)
