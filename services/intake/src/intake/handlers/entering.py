"""Entering lines in an account's books, and closing it when nothing stands in the way: for every way in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chassis.outputs import Context, Found, Key, Tell
from intake.domain import tenancies
from intake.domain.ledger.books import Account, Entered, Review, bad_of, kids_of
from intake.domain.ledger.entry import BadEntry, Import, Suspense, bad_entry, settled, taken
from intake.domain.ledger.ids import account_name, close_id, kid_key
from intake.domain.ledger.kinds import REGISTERED
from intake.domain.ledger.lines import BadLine, Line
from intake.domain.ledger.terms import TOLD_BY
from intake.domain.tenancies import Tenancy
from intake.messages import BookLine, CloseLedger

Changes = dict[Key, Any]


def reviewed(found: Found, account: str, import_id: str, lines: Sequence[Line]) -> Review:
    """The lines against the books as they are in `found`. `account`: its key."""
    known = {key.id: state for key, state in found.items() if key.kind == "ledger_line" and state}
    kids = {key.id.rpartition(":")[2]: state for key, state in found.items() if key.kind == "kid" and state}
    tenancies: dict[str, Tenancy] = {key.id: state for key, state in found.items() if key.kind == "tenancy" and state}
    claimed = {id: tenancy.account for id, tenancy in tenancies.items()}
    terms = {id: tenancy.terms for id, tenancy in tenancies.items()}
    books: Account = found.get(Key("account", account)) or Account()
    file: Import | None = found.get(Key("import", import_id))
    on = file.as_of if file else None
    return Review(books, account_name(account), import_id, known, kids, claimed, terms, on).take(lines)


def books_for(found: Found, account: str, import_id: str, lines: Sequence[Line]) -> Iterator[Key]:
    """The keys that entering these lines may touch: by the lines themselves, then by how they stand to the books."""
    named = [Key("account", account)]
    booked = [line for line in lines if line.kind != REGISTERED]
    named += [Key("ledger_line", id) for line in booked for id in (line.id, line.amends, line.once) if id]
    named += [Key("tenancy", line.tenancy) for line in lines if line.kind in {REGISTERED, *TOLD_BY}]
    named += [Key("kid", kid_key(account, kid)) for kid in kids_of(lines)]
    yield from named
    if not found.keys() >= set(named):
        return
    review = reviewed(found, account, import_id, lines)
    yield from (Key("kid", kid_key(account, kid)) for kid in review.named)
    yield from (Key("ledger_line", id) for id in review.entered)
    yield from (Key("bad_line", bad.id) for bad in bad_of(review, account))
    yield from (Key("bad_line", id) for id in came_later(review))
    yield from (Key("suspense", line.id) for line in review.unmatched)


def close_needs(found: Found, account: str, finishing: Mapping[str, date]) -> Iterator[Key]:
    """The keys that closing the account may touch. `finishing`: the file that is read to its end with this message."""
    key = Key("account", account)
    if key not in found:
        return
    waiting = {**(found[key] or Account()).waiting, **finishing}
    if waiting:
        yield Key("ledger_line", close_id(account, max(waiting.values())))
        yield from (Key("import", id) for id in waiting)


def came_later(review: Review) -> list[str]:
    """Open bad lines that have come in another file as they should be."""
    new = {line.id for line in (*review.fresh, *review.unmatched, *review.rows)}
    return [id for id, bad in review.account.bad.items() if bad.line_id in new]


def enter(
    found: Found,
    account: str,
    review: Review,
    public_ids: Mapping[str, str],
    context: Context,
    contracts: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Changes, list[Tell]]:
    """The books with what was new, and what each tenancy is told. `contracts`: their names, sealed, where known."""
    new = [*review.fresh, *review.unmatched]
    before = review.account
    changed: Changes = {
        Key("account", account): replace(
            before,
            lines=before.lines + len(review.fresh) + len(review.held),
            tenancies={**before.tenancies, **review.leases} if review.leases else before.tenancies,
            bad={id: bad for id, bad in before.bad.items() if id not in came_later(review)},
            unclosed=before.unclosed or bool(review.fresh),
        )
    }
    changed |= {Key("ledger_line", id): entered for id, entered in review.entered.items()}
    changed |= {Key("kid", kid_key(account, kid)): state for kid, state in review.named.items()}
    for line in new:
        if line.kind == "tenancy.started":
            key = Key("tenancy", line.tenancy)
            changed[key] = tenancies.claim(found[key], review.name, public_ids[line.tenancy])
    for id, terms in review.agreed.items():
        key = Key("tenancy", id)
        tenancy: Tenancy = changed.get(key) or found[key] or Tenancy()
        contract = "" if tenancy.vacant else contracts.get(id, terms.contract)
        changed[key] = replace(tenancy, terms=replace(terms, contract=contract))
    for id in came_later(review):
        entry: BadEntry | None = found[Key("bad_line", id)]
        if entry:
            changed[Key("bad_line", id)] = settled(entry, "came_later", "", context.today)
    for line in review.unmatched:
        candidates = tuple(review.candidates(line))
        waiting = Suspense(account, review.import_id, replace(line, sealed=""), candidates, since=context.today)
        changed[Key("suspense", line.id)] = waiting
    return changed, [told(line) for line in (*review.fresh, *review.held)]


def told(line: Line) -> Tell:
    message = BookLine.model_construct(kind=line.kind, line_id=line.id, fields=line.fields, reference=line.reference)
    return Tell(Key("tenancy", line.tenancy), message, id=UUID(line.id))


def counted(
    found: Found, changed: Changes, import_id: str, lines: Sequence[Line], account: str, also: Sequence[Line] = ()
) -> None:
    """A line that came in by hand counts where it stood in a file. `also`: what was told of it besides."""
    key = Key("import", import_id)
    file: Import | None = changed.get(key) or found.get(key)
    if file and (lines or also):
        total = changed[Key("account", account)].lines
        counts = taken(file, 0, lines, 0, total, also)
        changed[key] = replace(counts, chunks_taken=file.chunks_taken)


def closed(found: Found, changed: Changes, account: str) -> list[Tell]:
    """The account's close on each of its tenancies, if files wait for it and no bad line is open.

    Every tenancy is told, so that all are as fresh as the files. More lines for a day that was closed already close it
    anew where they are; the others are only counted. What brings nothing new is booked when the last one is.
    """
    key = Key("account", account)
    books: Account = changed.get(key) or found[key] or Account()
    if books.bad or not books.waiting:
        return []
    as_of = max(books.waiting.values())
    day = Key("ledger_line", close_id(account, as_of))
    is_correction = (changed.get(day) or found.get(day)) is not None
    last = max(books.waiting, key=lambda each: (books.waiting[each], each))
    anything = books.unclosed or not is_correction
    number = books.imports + 1 if anything else books.imports
    for id in books.waiting:
        file: Import = changed.get(Key("import", id)) or found[Key("import", id)]
        changed[Key("import", id)] = replace(file, number=number, closes=len(books.tenancies), total=books.lines)
    changed[key] = replace(books, imports=number, waiting={}, unclosed=False)
    if not anything:
        return []
    changed[day] = Entered(as_of.isoformat())
    return [
        _close(account, as_of, tenancy, number, last if is_correction else "", news=not is_correction)
        for tenancy in books.tenancies
    ]


def _close(account: str, as_of: date, tenancy: str, number: int, correction: str, *, news: bool) -> Tell:
    id = close_id(account, as_of, tenancy, correction)
    message = CloseLedger(line_id=id, account=account_name(account), as_of=as_of, number=number, news=news)
    return Tell(Key("tenancy", tenancy), message, id=UUID(id))


def as_bad(found: Found, bad: Iterable[BadLine], account: str, import_id: str) -> Changes:
    """New bad lines. One that came before, in the same file sent again, stands as it stood."""
    keys = {Key("bad_line", each.id): each for each in bad}
    return {key: bad_entry(each, account, import_id) for key, each in keys.items() if not found[key]}
