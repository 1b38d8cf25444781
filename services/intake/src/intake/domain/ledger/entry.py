"""What is kept of a file, of its bad lines and of payments that nobody can place yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from intake.domain.ledger.lines import BadLine, Line
from intake.domain.ledger.sums import Sum, summed

BadStatus = Literal["open", "repaired", "struck", "came_later"]
SuspenseStatus = Literal["open", "placed", "sent_back"]


@dataclass(frozen=True, slots=True)
class Import:
    """One accepted file. Its lines wait in `chunks` parts under the name `upload`; `taken` of them are in the books.

    `fresh` lines were new, `again` were accepted before; the others are bad lines or unmatched payments. `number` is 0
    until it is closed: then it is booked when `closes` tenancies are closed by the account's close of that number.
    `total`: lines of the account so far. `digest` and `end` are the file's. `command`: the message that brought it,
    which is the correlation of all that follows. `ore`: the amounts of all its lines. `sums`: of the fresh ones.
    `register`: it is a tenancy register, and `as_of` the day that it came.
    """

    FORMAT: ClassVar[int] = 2

    account: str
    as_of: date
    number: int
    lines: int
    fresh: int
    closes: int
    total: int
    digest: str = ""
    end: int = 0
    command: str = ""
    accepted_at: datetime | None = None
    ore: int = 0
    sums: tuple[Sum, ...] = ()
    key: str = ""
    upload: str = ""
    chunks: int = 0
    chunks_taken: int = 0
    taken: int = 0
    again: int = 0
    closing: bool = True
    register: bool = False

    @classmethod
    def upcast(cls, data: Mapping[str, Any], _: int) -> dict[str, Any]:
        """Format 1 was entered whole, and kept where each line stood, which the lines now know themselves."""
        kept = {name: value for name, value in data.items() if name not in ("format", "numbers")}
        return kept | {"taken": kept["lines"], "again": kept["lines"] - kept["fresh"]}

    def is_newer(self, other: "Import") -> bool:
        """It was accepted after the other, be it on the same day."""
        return bool(self.accepted_at and other.accepted_at and self.accepted_at > other.accepted_at)


@dataclass(frozen=True, slots=True)
class BadEntry:
    """A bad line. `account`: its key. `sealed` stands for as long as it is open. `version` counts what was done."""

    account: str
    import_id: str
    number: int
    faults: tuple[tuple[str, str], ...]
    sealed: str = ""
    line_id: str = ""
    status: BadStatus = "open"
    version: int = 1
    by: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Suspense:
    """A payment whose KID doesn't say whose it is. `account`: its key. `candidates`: tenancies that it may be for."""

    account: str
    import_id: str
    line: Line
    candidates: tuple[str, ...] = ()
    status: SuspenseStatus = "open"
    version: int = 1
    tenancy: str | None = None
    by: str = ""
    on: date | None = None
    since: date | None = None


def bad_entry(bad: BadLine, account: str, import_id: str) -> BadEntry:
    faults = tuple((fault.field, fault.message) for fault in bad.faults)
    return BadEntry(account, import_id, bad.number, faults, bad.sealed, bad.line_id)


def settled(entry: BadEntry, status: BadStatus, by: str, on: date) -> BadEntry:
    """It is done with, and what stood in the file is kept no longer."""
    return replace(entry, status=status, by=by, on=on, version=entry.version + 1, sealed="")


def taken(file: Import, lines: int, fresh: Iterable[Line], again: int, total: int, held: Iterable[Line] = ()) -> Import:
    """One part more is in the books. `held`: lines of our own about payments of the file; its sums have them too."""
    new = tuple(fresh)
    return replace(
        file,
        chunks_taken=file.chunks_taken + 1,
        taken=file.taken + lines,
        fresh=file.fresh + len(new),
        again=file.again + again,
        total=total,
        sums=summed(file.sums, [*new, *held]),
    )
