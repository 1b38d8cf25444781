"""What is accepted for booking already, and how a new file stands to it.

Kept when a file is accepted, not when its lines are booked: the next file is judged by all that was accepted
before it, however far the booking has come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from intake.domain.ledger.file import LedgerFile
from intake.domain.ledger.ids import close_id, shard_key
from intake.domain.ledger.lines import Fault, Line, same_tenancy


@dataclass(frozen=True, slots=True)
class Lease:
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """`imports` and `lines` count what was accepted. `tenancies`: id → lease."""

    imports: int = 0
    lines: int = 0
    tenancies: Mapping[str, Lease] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shard:
    """Accepted line ids and their marks."""

    lines: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Review:
    """A file held against the books: what is new in it, and the books as they are with it."""

    account: Account
    known: Mapping[str, Shard]
    claimed: Mapping[str, str | None]
    fresh: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)

    def mark(self, key: str, id: str) -> str | None:
        shard = self.known.get(shard_key(key, id))
        return self.marks.get(id) or (shard.lines.get(id) if shard else None)

    def lease(self, tenancy: str) -> Lease | None:
        return self.leases.get(tenancy) or self.account.tenancies.get(tenancy)


def review(
    file: LedgerFile, account: Account | None, known: Mapping[str, Shard], claimed: Mapping[str, str | None]
) -> Review:
    """Every line against what is booked. `known`: shards by key. `claimed`: account of each tenancy started here."""
    found = Review(account or Account(), known, claimed)
    for line in file.lines:
        mark = found.mark(file.key, line.id)
        if mark == line.mark:
            continue
        if mark:
            found.faults.append(Fault(line.number, "reference", "er bokført før med et annet innhold"))
        elif faults := [*_lease_faults(found, line, file.account), *_amendment_faults(found, line, file.key)]:
            found.faults += faults
        else:
            _take(found, line)
    return found


def started(file: LedgerFile) -> set[str]:
    """The tenancies that the file starts."""
    return {line.tenancy for line in file.lines if line.kind == "tenancy.started"}


def shards(file: LedgerFile) -> set[str]:
    """The keys of all shards that the file may touch."""
    ids = {id for line in file.lines for id in (line.id, line.amends, line.once) if id}
    return {shard_key(file.key, id) for id in (*ids, close_id(file.key, file.as_of))}


def _lease_faults(found: Review, line: Line, account: str) -> Iterable[Fault]:
    lease = found.lease(line.tenancy)
    if line.kind == "tenancy.started":
        if lease:
            yield Fault(line.number, "tenancy", "leieforholdet er startet før")
        elif found.claimed.get(line.tenancy) not in (None, account):
            yield Fault(line.number, "tenancy", "leieforholdet hører til en annen konto")
    elif lease is None:
        yield Fault(line.number, "tenancy", "er ukjent: verken startet før eller på en linje over")
    elif line.kind == "tenancy.ended" and lease.ended_on:
        yield Fault(line.number, "tenancy", "leieforholdet er avsluttet før")
    elif line.kind == "tenancy.ended" and line.dated_on < lease.started_on:
        yield Fault(line.number, "date", "er før leieforholdet startet")


def _amendment_faults(found: Review, line: Line, key: str) -> Iterable[Fault]:
    if not line.amends:
        return
    amended = found.mark(key, line.amends)
    if amended is None or not same_tenancy(amended, line.mark):
        yield Fault(line.number, "amends", "viser til en linje som verken er bokført på leieforholdet eller står over")
    elif line.once and found.mark(key, line.once):
        yield Fault(line.number, "amends", "viser til en linje som er tilbakeført eller avsluttet før")


def _take(found: Review, line: Line) -> None:
    found.fresh.append(line)
    found.marks[line.id] = line.mark
    if line.once:
        found.marks[line.once] = line.mark
    if line.kind == "tenancy.started":
        found.leases[line.tenancy] = Lease(line.dated_on)
    elif line.kind == "tenancy.ended" and (lease := found.lease(line.tenancy)):
        found.leases[line.tenancy] = replace(lease, ended_on=line.dated_on)
