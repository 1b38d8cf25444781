"""What a person does with what could not be booked: repair or strike a bad line, place a payment or send it back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Context, Found, Key, Message, Output, Reply
from intake.domain.ledger.books import Account, Entered, released
from intake.domain.ledger.entry import BadEntry, Import, Suspense, SuspenseStatus, settled
from intake.domain.ledger.kinds import REGISTERED
from intake.domain.ledger.lines import Line, moved
from intake.domain.ledger.words import said
from intake.domain.tenancies import Tenancy
from intake.handlers.entering import Changes, books_for, close_needs, closed, counted, enter, reviewed, told

Decision = tuple[Mapping[Key, Any], list[Output]]
CHANGED = "Noen har gjort noe med den imens. Se hvordan det står nå."
NEWER_REGISTER = "Et nyere leieregister har leieforholdet. Stryk linjen."


def books_of_bad_line(message: Message, found: Found) -> Iterable[Key]:
    entry: BadEntry | None = found[Key("bad_line", message.subject)]
    if entry is None:
        return
    yield Key("import", entry.import_id)
    line: Line | None = getattr(message.data, "line", None)
    yield from books_for(found, entry.account, entry.import_id, [line] if line else [])
    yield from _newest_register(found, line)
    yield from close_needs(found, entry.account, {})


def repair_line(found: Found, message: Message, context: Context) -> Decision:
    """Booked as it should have been, if the books take it; a payment that nobody owns yet goes to suspense."""
    entry, command = _open(found, message), message.data
    if _is_outdated(found, entry, command.line):
        raise Reject("newer_register", NEWER_REGISTER, status=422)
    review = reviewed(found, entry.account, entry.import_id, [command.line])
    if review.faults:
        sentence = f"Linjen kan ikke bokføres: {said(fault for _, fault in review.faults)}."
        raise Reject("still_bad", sentence, status=422)
    changed, lines = enter(found, entry.account, review, command.public_ids, context, command.contracts)
    counted(found, changed, entry.import_id, review.fresh, entry.account, review.held)
    return _done(found, message, context, settled(entry, "repaired", command.by, context.today), changed, lines)


def _newest_register(found: Found, line: Line | None) -> Iterator[Key]:
    """The newest one that has the tenancy of this row, where one has."""
    tenancy: Tenancy | None = found.get(Key("tenancy", line.tenancy)) if line and line.kind == REGISTERED else None
    if tenancy and tenancy.terms.register:
        yield Key("import", tenancy.terms.register)


def _is_outdated(found: Found, entry: BadEntry, line: Line) -> bool:
    """A row says how the tenancy stood when its register came: what a newer one says of it stands."""
    file: Import | None = found[Key("import", entry.import_id)]
    newest: list[Import | None] = [found[key] for key in _newest_register(found, line)]
    return any(file and each and each.is_newer(file) for each in newest)


def strike_line(found: Found, message: Message, context: Context) -> Decision:
    entry = _open(found, message)
    return _done(found, message, context, settled(entry, "struck", message.data.by, context.today), {}, [])


def _open(found: Found, message: Message) -> BadEntry:
    entry: BadEntry | None = found[Key("bad_line", message.subject)]
    if entry is None:
        raise Reject("not_found", "Linjen finnes ikke.", status=404)
    if entry.version != message.data.version or entry.status != "open":
        raise Reject("changed_meanwhile", CHANGED)
    return entry


def _done(
    found: Found, message: Message, context: Context, entry: BadEntry, changed: Changes, lines: list[Any]
) -> Decision:
    """The account is one bad line less, and closed if that was the last."""
    key = Key("account", entry.account)
    account: Account = changed.get(key) or found[key] or Account()
    changed[key] = replace(account, bad={id: bad for id, bad in account.bad.items() if id != message.subject})
    changed[Key("bad_line", message.subject)] = entry
    closes = closed(found, changed, entry.account)
    return changed, [*lines, *closes, Reply({"line": message.subject, "status": entry.status})]


def books_of_suspense(message: Message, found: Found) -> Iterable[Key]:
    held: Suspense | None = found[Key("suspense", message.subject)]
    if held is None:
        return
    yield Key("account", held.account)
    yield Key("import", held.import_id)
    yield Key("ledger_line", message.subject)


def place_payment(found: Found, message: Message, context: Context) -> Decision:
    """Booked on the tenancy that a person says, or sent back; it counts from its own date either way."""
    own, command = Key("suspense", message.subject), message.data
    held: Suspense | None = found[own]
    if held is None:
        raise Reject("not_found", "Innbetalingen finnes ikke.", status=404)
    if held.version != command.version or held.status != "open":
        raise Reject("changed_meanwhile", CHANGED)
    status: SuspenseStatus = "placed" if command.tenancy else "sent_back"
    version, by = held.version + 1, command.by
    done = replace(held, status=status, tenancy=command.tenancy, version=version, by=by, on=context.today)
    changed: Changes = {own: done}
    reply = Reply({"payment": message.subject, "status": status})
    key = Key("account", held.account)
    account: Account = found[key] or Account()
    lines = []
    if command.tenancy is not None:
        if command.tenancy not in account.tenancies:
            raise Reject("unknown_tenancy", "Leieforholdet er ikke på denne kontoen.", status=422)
        lines = [replace(held.line, tenancy=command.tenancy, mark=moved(held.line.mark, command.tenancy))]
        changed[Key("ledger_line", held.line.id)] = Entered(lines[0].mark, held.import_id, held.line.number)
    free = [released(held.line, tenancy, context.today) for tenancy in held.candidates]
    changed[key] = replace(
        account, lines=account.lines + len(lines) + len(free), unclosed=account.unclosed or bool(lines)
    )
    counted(found, changed, held.import_id, lines, held.account, free)
    return changed, [*(told(line) for line in (*lines, *free)), reply]
