"""What the acceptance of a file changes, and whom it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from intake.domain.ledger.books import Account, Review, Shard
from intake.domain.ledger.file import LedgerFile
from intake.domain.ledger.ids import close_id, shard_key
from intake.domain.ledger.lines import Line
from intake.domain.ledger.sums import Sum, ore_of, sums


@dataclass(frozen=True, slots=True)
class Import:
    """One accepted file. `fresh` lines are new; the others were accepted before.

    It is booked when `closes` tenancies are closed by the account's import of that `number`; the account then has
    `total` lines. `digest` and `end` are the file's; `numbers`: by id, where each new line stands in it. `command`: the
    message that brought it, which is the correlation of all that follows from it. `ore`: the amounts of all its lines.
    `sums`: of the fresh ones.
    """

    account: str
    as_of: date
    number: int
    lines: int
    fresh: int
    closes: int
    total: int
    digest: str = ""
    end: int = 0
    numbers: Mapping[str, int] = field(default_factory=dict)
    command: str = ""
    accepted_at: datetime | None = None
    ore: int = 0
    sums: tuple[Sum, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """That the file is over, to one tenancy. `news`: whether others need to know."""

    tenancy: str
    id: str
    news: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """`claims`: the tenancies that belong to the account from now on."""

    account: Account
    accepted: Import
    shards: dict[str, Shard]
    closes: tuple[Close, ...] = ()
    claims: tuple[str, ...] = ()


def enter(file: LedgerFile, review: Review, import_id: str) -> Entry:
    """The books with the file in. One that brings nothing new leaves them, and is booked when the last one is."""
    day = close_id(file.key, file.as_of)
    is_correction = review.mark(file.key, day) is not None
    if is_correction and not review.fresh:
        return Entry(review.account, _import(file, review.account, ()), {})
    review.marks[day] = file.as_of.isoformat()
    before = review.account
    account = Account(before.imports + 1, before.lines + len(review.fresh), {**before.tenancies, **review.leases})
    return Entry(
        account,
        _import(file, account, review.fresh),
        _shards(file, review),
        _closes(file, review, account, import_id if is_correction else ""),
        tuple(line.tenancy for line in review.fresh if line.kind == "tenancy.started"),
    )


def _import(file: LedgerFile, account: Account, fresh: Sequence[Line]) -> Import:
    return Import(
        account=file.account,
        as_of=file.as_of,
        number=account.imports,
        lines=len(file.lines),
        fresh=len(fresh),
        closes=len(account.tenancies),
        total=account.lines,
        digest=file.digest,
        end=file.end,
        numbers={line.id: line.number for line in fresh},
        ore=sum(map(ore_of, file.lines)),
        sums=sums(fresh),
    )


def _shards(file: LedgerFile, review: Review) -> dict[str, Shard]:
    new: dict[str, dict[str, str]] = {}
    for id, mark in review.marks.items():
        new.setdefault(shard_key(file.key, id), {})[id] = mark
    return {key: Shard({**(review.known.get(key) or Shard()).lines, **marks}) for key, marks in new.items()}


def _closes(file: LedgerFile, review: Review, account: Account, correction: str) -> tuple[Close, ...]:
    """Every tenancy of the account, so that all are as fresh as the file.

    More lines for a day that was closed already close it anew where they are; the others are only counted.
    """
    touched = {line.tenancy for line in review.fresh}
    return tuple(
        Close(tenancy, close_id(file.key, file.as_of, tenancy, correction), not correction or tenancy in touched)
        for tenancy in account.tenancies
    )
