"""What could not be handled, and what waits behind it, in order, until a person lets it through again.

A key with a dead letter is parked: its later records wait behind it, so that order per case survives. Whoever reads
for a parked key, replays or erases it holds its row, so that no record slips past one that still waits. A message
whose handler `passes` doesn't wait.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from chassis.database import REFUSED, Connection
from chassis.envelope import Headers, Record, id_of, kommunenummer_of, pack, subject_of
from chassis.errors import Unreadable, fingerprint, reason, refused_by_database
from chassis.outputs import Answered, Message
from chassis.runs import runs
from chassis.states import parked_among
from chassis.store import Confirm, Store

log = structlog.get_logger()

SET_ASIDE = """
with letter as (
    insert into dead_letters (origin, topic, partition, record_offset, record_key, record_value, record_headers,
    parking_key, kommunenummer, reason, fingerprint, event_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    returning id, kommunenummer, reason)
insert into dead_letter_history (letter, kommunenummer, action, reason)
select id, kommunenummer, 'stopped', reason from letter where reason is not null
"""
OWNERS = """
select key, kommunenummer, 1 as counts from states where key = any($1::text[])
union all select key, kommunenummer, 2 from parked where key = any($1::text[]) order by counts
"""
ERASED = "select key from states where erased and key = any($1::text[])"
WITHHELD: Headers = [("withheld", b"body")]  # of an answer whose body isn't kept: replayed, it is asked for again
UNREAD = (Unreadable, type(None))  # no reader could make sense of it, or it waits


@dataclass(frozen=True, slots=True)
class Letter:
    """A record or message set aside; without an `error` it waits behind another."""

    origin: str
    parking_key: str | None
    kommunenummer: str
    record: Record | None = None
    packed: bytes | None = None
    error: Exception | None = None
    headers: Headers = ()


def letter_of_record(record: Record, error: Exception | None) -> Letter:
    named = subject_of(record), kommunenummer_of(record)
    return Letter("kafka", *named, record=record, error=error, headers=record.headers)


def letter_of_message(origin: str, message: Message, error: Exception | None) -> Letter:
    """Of an answer its body is left out: what a partner or another service's door says isn't ours to keep."""
    headers: Headers = ()
    if isinstance(message.data, Answered) and message.data.body:
        message, headers = replace(message, data=replace(message.data, body={})), WITHHELD
    return Letter(origin, message.subject, message.kommunenummer, packed=pack(message), error=error, headers=headers)


async def set_aside(connection: Connection, letters: Sequence[Letter]) -> None:
    """Keep the letters and park their keys, in the transaction that moves past them.

    All letters of a key belong to one municipality: the key's, whatever an unreadable record says or doesn't say.
    Nothing is kept of a key that is erased: what can't be read of it, nor what came behind that.
    """
    if not letters:
        return
    found = await connection.fetch(ERASED, [letter.parking_key for letter in letters])
    erased = {row["key"] for row in found}
    letters = [each for each in letters if each.parking_key not in erased or not isinstance(each.error, UNREAD)]
    owners = {each.parking_key: each.kommunenummer for each in reversed(letters) if each.parking_key}
    owners |= {row["key"]: row["kommunenummer"] for row in await connection.fetch(OWNERS, list(owners))}
    for letter in letters:
        record = letter.record
        await connection.execute(
            SET_ASIDE,
            letter.origin,
            *((record.topic, record.partition, record.offset, record.key) if record else (None, None, None, None)),
            record.value if record else letter.packed,
            headers_kept(letter.headers),
            letter.parking_key,
            owners.get(letter.parking_key or "", letter.kommunenummer),
            letter.error and reason(letter.error),
            letter.error and fingerprint(letter.error),
            record and id_of(record),
        )
        if letter.error:
            log.error("dead_letters.set_aside", reason=reason(letter.error), fingerprint=fingerprint(letter.error))
    await connection.execute(
        "insert into parked (key, kommunenummer) select * from unnest($1::text[], $2::text[]) on conflict do nothing",
        *(list(owners), list(owners.values())),
    )


def headers_kept(headers: Headers) -> str:
    """Headers as a dead letter keeps them: names as they are, values as base64."""
    return json.dumps([[name, None if value is None else base64.b64encode(value).decode()] for name, value in headers])


def headers_of(kept: str) -> Headers:
    return [(name, None if value is None else base64.b64decode(value)) for name, value in json.loads(kept)]


async def deliver(store: Store, origin: str, messages: Sequence[Message], confirm: Confirm) -> None:
    """Give messages that came by no topic their effect, in order, in one transaction that `confirm`s them.

    One that passes parked keys has a transaction of its own. What fails or waits is set aside. Where the database
    refuses the data they are halved until the one is alone.
    """
    for run in runs(store.handlers, messages, lambda message: message.type):
        await _deliver(store, origin, run, confirm)


async def _deliver(store: Store, origin: str, messages: Sequence[Message], confirm: Confirm) -> None:
    try:
        async with store.database.runner() as connection, connection.transaction():
            parked = await parked_among(connection, [message.subject for message in messages])
            verdicts = await store.carry(connection, messages, parked, confirm)
            failed = [(message, v.error) for message, v in zip(messages, verdicts, strict=True) if v.aside]
            await set_aside(connection, [letter_of_message(origin, *each) for each in failed])
    except REFUSED:
        if half := len(messages) // 2:
            await _deliver(store, origin, messages[:half], confirm)
            await _deliver(store, origin, messages[half:], confirm)
            return
        async with store.database.runner() as connection, connection.transaction():
            if await confirm(connection, messages):
                await set_aside(connection, [letter_of_message(origin, messages[0], refused_by_database())])
    store.database.wake()
