"""Accepting a ledger file: all of it or nothing, and then line by line to the tenancies."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.errors import Reject
from chassis.outputs import Context, Found, Key, Message, Reply, Tell
from intake.domain import tenancies
from intake.domain.ledger import books
from intake.domain.ledger.entry import Entry, Import, enter
from intake.domain.ledger.file import LedgerFile
from intake.domain.ledger.lines import Line
from intake.messages import AcceptImport, BookLine, CloseLedger


def books_of(message: Message, found: Found) -> Iterable[Key]:
    command: AcceptImport = message.data
    return [
        Key("account", command.file.key),
        *(Key("ledger_shard", shard) for shard in books.shards(command.file)),
        *(Key("tenancy", tenancy) for tenancy in command.public_ids),
    ]


def accept_import(found: Found, message: Message, context: Context) -> tuple[Mapping[Key, Any], list[Tell | Reply]]:
    """Enter the file in the books, and tell each tenancy its new lines and then that the file is over."""
    file: LedgerFile = message.data.file
    if file.as_of > context.today:
        raise Reject("closed_in_future", "Filen er avsluttet per en dato fram i tid.", status=422)
    review = _reviewed(file, message, found)
    if review.faults:
        raise Reject("ledger_moved_on", "En annen fil ble bokført imens. Send filen på nytt for å se hva som er galt.")
    entry = enter(file, review, message.subject)
    accepted = replace(entry.accepted, command=str(message.id), accepted_at=context.now)
    changed = {Key("import", message.subject): accepted, Key("account", file.key): entry.account}
    changed |= {Key("ledger_shard", shard): state for shard, state in entry.shards.items()}
    changed |= _claimed(entry, message, found)
    told = [*_lines(review.fresh), *_closes(file, entry)]
    return changed, [*told, Reply(_said(message.subject, entry.accepted, anything_new=bool(told)))]


def _reviewed(file: LedgerFile, message: Message, found: Found) -> books.Review:
    known = {key.id: state for key, state in found.items() if key.kind == "ledger_shard" and state}
    starting = {id: found[Key("tenancy", id)] for id in message.data.public_ids}
    claimed = {id: tenancy.account for id, tenancy in starting.items() if tenancy}
    return books.review(file, found[Key("account", file.key)], known, claimed)


def _claimed(entry: Entry, message: Message, found: Found) -> dict[Key, Any]:
    keys = [Key("tenancy", tenancy) for tenancy in entry.claims]
    public_ids, account = message.data.public_ids, entry.accepted.account
    return {key: tenancies.claim(found[key], account, public_ids[key.id]) for key in keys}


def _lines(fresh: Iterable[Line]) -> Iterable[Tell]:
    for line in fresh:
        told = BookLine.model_construct(kind=line.kind, line_id=line.id, fields=line.fields)
        yield Tell(Key("tenancy", line.tenancy), told, id=UUID(line.id))


def _closes(file: LedgerFile, entry: Entry) -> Iterable[Tell]:
    for close in entry.closes:
        told = CloseLedger(
            line_id=close.id,
            account=file.account,
            as_of=file.as_of,
            number=entry.accepted.number,
            news=close.news,
        )
        yield Tell(Key("tenancy", close.tenancy), told, id=UUID(close.id))


def _said(id: str, accepted: Import, *, anything_new: bool) -> dict[str, Any]:
    again = accepted.lines - accepted.fresh
    sentence = f"Filen er kontrollert. {accepted.fresh} linjer bokføres, {again} var bokført fra før."
    return {
        "import": id,
        "account": accepted.account,
        "as_of": accepted.as_of.isoformat(),
        "lines": accepted.lines,
        "fresh": accepted.fresh,
        "already_booked": again,
        "message": sentence if anything_new else "Alt i filen var bokført fra før. Ingenting er bokført på nytt.",
    }
