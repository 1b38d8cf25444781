"""A ledger file: kept in parts as it streams in, accepted when it is whole, and then entered part by part.

Each part is one transaction: its lines are in the books and told to their tenancies, its bad lines are kept for who can
repair them, and the next part is asked for. So nothing of it is lost or done twice, whenever the process dies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Cancel, Context, Found, Key, Later, Message, Output, Reply, Tell
from intake.domain.ledger.books import Account, OpenBad, bad_of
from intake.domain.ledger.entry import Import, taken
from intake.domain.ledger.file import Chunk
from intake.domain.ledger.ids import chunk_key
from intake.domain.ledger.lines import BadLine
from intake.handlers.entering import as_bad, books_for, close_needs, closed, enter, reviewed
from intake.messages import AcceptImport, AskForChunk, ChunkNeeded, DropChunk, TakeChunk

# An upload that was cut off is sent again from its beginning; what came of it goes when nobody can still be at it.
ABANDONED = timedelta(days=2)


def keep_chunk(_: Chunk | None, message: Message, context: Context) -> tuple[Chunk, list[Output]]:
    return message.data.chunk, [Later(context.now + ABANDONED, "abandoned", DropChunk()), Reply({})]


def drop_chunk(chunk: Chunk | None, message: Message, context: Context) -> tuple[Chunk | None, list[Output]]:
    """Whether a file came to be of a part that has waited for long, that file knows. It is asked and not looked at: a
    part that waited behind a parked file couldn't be entered by it. Of a part that is entered, the timer goes.

    An upload that becomes a file in the moment between question and answer, two days after its first part came, loses
    that part, and is told so: its file has to be sent again.
    """
    if chunk is None:
        return None, [Cancel("abandoned")]
    return chunk, [Tell(Key("import", chunk.import_id), AskForChunk(chunk=message.subject))]


def ask_for_chunk(file: Import | None, message: Message, context: Context) -> tuple[Import | None, list[Output]]:
    """The file needs it still where it is one of its own, as those that are entered are gone."""
    chunk: str = message.data.chunk
    needed = file is not None and chunk.startswith(f"{file.upload}:")
    return file, [Tell(Key("import_chunk", chunk), ChunkNeeded(needed=needed))]


def chunk_needed(chunk: Chunk | None, message: Message, context: Context) -> tuple[Chunk | None, list[Output]]:
    if chunk is None or not message.data.needed:
        return None, []
    return chunk, [Later(context.now + ABANDONED, "abandoned", DropChunk())]


def oldest_chunk(message: Message, _: Found) -> Iterable[Key]:
    """It would be the first to go."""
    return [Key("import_chunk", chunk_key(message.data.upload, 0))] if message.data.chunks else []


def accept_import(found: Found, message: Message, context: Context) -> tuple[Mapping[Key, Any], list[Output]]:
    """The file is whole, and its sum is that of its end record; its lines are for the books to judge."""
    command: AcceptImport = message.data
    own, file = Key("import", message.subject), command.file
    state: Import | None = found[own]
    if file.as_of and file.as_of > context.today:
        raise Reject("closed_in_future", "Filen er avsluttet per en dato fram i tid.", status=422)
    if state:
        return {}, [Reply(_said(message.subject, state, command.bad))]
    if not all(found[key] for key in oldest_chunk(message, found)):
        raise Reject("upload_too_slow", "Det tok for lang tid å sende filen. Send den på nytt.")
    accepted = Import(
        account=file.account,
        as_of=file.as_of or context.today,
        number=0,
        lines=file.lines,
        fresh=0,
        closes=0,
        total=0,
        digest=file.digest,
        end=file.end,
        command=str(message.id),
        accepted_at=context.now,
        ore=file.ore,
        key=file.key,
        upload=command.upload,
        chunks=command.chunks,
        closing=file.closes,
        register=file.as_of is None,
    )
    first = Tell(Key("import", message.subject), TakeChunk(number=0))
    return {own: accepted}, [first, Reply(_said(message.subject, accepted, command.bad))]


def books_of(message: Message, found: Found) -> Iterable[Key]:
    file: Import | None = found[Key("import", message.subject)]
    if file is None:
        return
    part = Key("import_chunk", chunk_key(file.upload, message.data.number))
    yield part
    chunk: Chunk = found.get(part) or Chunk()
    yield from books_for(found, file.key, message.subject, chunk.lines)
    yield from (Key("bad_line", bad.id) for bad in chunk.bad)
    finishing = {message.subject: file.as_of} if _is_last(file, message.data.number) and file.closing else {}
    yield from close_needs(found, file.key, finishing)


def take_chunk(found: Found, message: Message, context: Context) -> tuple[Mapping[Key, Any], list[Output]]:
    own, number = Key("import", message.subject), message.data.number
    file: Import | None = found[own]
    if file is None:
        raise Reject("unknown_import", "Delen gjelder en fil som ikke er tatt imot.")
    part = Key("import_chunk", chunk_key(file.upload, number))
    chunk: Chunk | None = found[part]
    if chunk is None and file.chunks:
        raise Reject("lost_part", "En del av filen er borte. Send filen på nytt: ingenting bokføres to ganger.")
    chunk = chunk or Chunk()
    review = reviewed(found, file.key, message.subject, chunk.lines)
    changed, told = enter(found, file.key, review, chunk.public_ids, context, chunk.contracts)
    bad = [*chunk.bad, *bad_of(review, file.key)]
    new = as_bad(found, bad, file.key, message.subject)
    account = _with_bad(changed[Key("account", file.key)], bad, new)
    lines = len(chunk.lines) + len(chunk.bad)
    changed |= new
    if file.chunks:
        told.append(Tell(part, DropChunk()))
    changed |= {part: None, own: taken(file, lines, review.fresh, review.again, account.lines, review.held)}
    if not _is_last(file, number):
        changed[Key("account", file.key)] = account
        return changed, [*told, Tell(own, TakeChunk(number=number + 1))]
    if file.closing:
        account = replace(account, waiting={**account.waiting, message.subject: file.as_of})
    else:
        changed[own] = replace(changed[own], number=account.imports)
    changed[Key("account", file.key)] = account
    return changed, [*told, *closed(found, changed, file.key)]


def _is_last(file: Import, number: int) -> bool:
    return number + 1 >= file.chunks


def _with_bad(account: Account, bad: Iterable[BadLine], new: Mapping[Key, Any]) -> Account:
    opened = {each.id: OpenBad(each.line_id) for each in bad if Key("bad_line", each.id) in new}
    return replace(account, bad={**account.bad, **opened}) if opened else account


def _said(id: str, accepted: Import, bad: int) -> dict[str, Any]:
    if bad:
        what = f"{bad} {'linje' if bad == 1 else 'linjer'} kan ikke leses og må rettes eller strykes"
        sentence = f"Filen er tatt imot. {what}; de andre bokføres."
    else:
        sentence = f"Filen er tatt imot. {accepted.lines} linjer kontrolleres mot det som er bokført."
    return {
        "import": id,
        "account": accepted.account,
        "as_of": accepted.as_of.isoformat(),
        "lines": accepted.lines,
        "bad": bad,
        "message": sentence,
    }
