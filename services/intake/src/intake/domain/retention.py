"""What stands against erasing a person: what is open, and the duties to keep what is closed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from intake.domain.applications import Application
from intake.domain.tenancies import Tenancy

Code = Literal["appeal", "archive", "bookkeeping"]


@dataclass(frozen=True, slots=True)
class Duty:
    """A legal basis from a day on. `source`: the law; `sentence`: Norwegian, for who asks."""

    code: Code
    valid_from: date
    source: str
    sentence: str
    weeks: int = 0
    days: int = 0
    years: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is kept, and why. `until`: its last day; None where no date ends it."""

    what: str
    code: Code | Literal["case_open", "delivery_open", "tenancy_stands"]
    sentence: str
    source: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Duties:
    """`versions`: of all duties, each from its own day on."""

    versions: tuple[Duty, ...]

    def in_force(self, code: Code, on: date) -> Duty:
        known = [duty for duty in self.versions if duty.code == code and duty.valid_from <= on]
        return max(known, key=lambda duty: duty.valid_from)


def kept(
    duties: Duties,
    applications: Mapping[str, Application | None],
    tenancies: Mapping[str, Tenancy | None],
    archived: Collection[str],
    today: date,
) -> list[Kept]:
    """All that stands against it. `archived`: case numbers whose documents somebody has seen in the archive."""
    cases = (each for each in applications.values() if each)
    leases = ((id, each) for id, each in tenancies.items() if each)
    return [
        *(reason for case in cases for reason in _of_case(duties, case, archived, today)),
        *(reason for id, tenancy in leases for reason in _of_tenancy(duties, id, tenancy, today)),
    ]


def _of_case(duties: Duties, case: Application, archived: Collection[str], today: date) -> Iterator[Kept]:
    what = f"Sak {case.case_number}"
    if case.delivery == "open":
        yield Kept(what, "delivery_open", "Henvisningen til NAV er ikke avsluttet.")
    if case.closed_on is None:
        yield Kept(what, "case_open", "Saken er ikke avgjort.")
        return
    appeal, archive = duties.in_force("appeal", today), duties.in_force("archive", today)
    until = case.closed_on + timedelta(weeks=appeal.weeks, days=appeal.days)
    if today <= until:
        yield Kept(what, "appeal", appeal.sentence, appeal.source, until)
    if case.case_number not in archived:
        yield Kept(what, "archive", archive.sentence, archive.source)


def _of_tenancy(duties: Duties, id: str, tenancy: Tenancy, today: date) -> Iterator[Kept]:
    """An accounting year is the calendar year. `newest_on`: of all lines, the end among them."""
    what = f"Leieforhold {id}"
    if tenancy.standing != "ended":
        yield Kept(what, "tenancy_stands", "Leieforholdet er ikke avsluttet.")
        return
    bookkeeping = duties.in_force("bookkeeping", today)
    until = _end_of_year(tenancy.newest_on, bookkeeping.years) if tenancy.newest_on else None
    if until is None or today <= until:
        yield Kept(what, "bookkeeping", bookkeeping.sentence, bookkeeping.source, until)


def _end_of_year(day: date, years: int) -> date:
    """The last day of the accounting year that many years after the day's own."""
    return date(day.year + years, 12, 31)
