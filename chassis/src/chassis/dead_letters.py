"""What could not be handled, and what waits behind it, in order; a person lets it through again.

A key with a dead letter is parked: its later records wait behind it, so that order per case survives. Whoever reads
for a parked key, replays or erases it holds its row, so that no record slips past one that still waits. A message
whose handler `passes` doesn't wait.
"""

import base64
import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError
from pydantic_core import to_json

from chassis.database import REFUSED, Connection, Database
from chassis.envelope import Record, decode, kommunenummer_of, pack, subject_of, unpack
from chassis.errors import Unreadable, fingerprint, reason, refused_by_database
from chassis.outputs import Message
from chassis.store import Confirm, StartOver, Store, Verdict

log = structlog.get_logger()

ERASED = "select key from states where erased and key = any($1::text[])"
UNREAD = (Unreadable, type(None))  # no reader could make sense of it, or it waits
WAITING = "select * from dead_letters where parking_key = $1 and handled_at is null order by id limit 1"


@dataclass(frozen=True, slots=True)
class Letter:
    """A record or message set aside; without an `error` it waits behind another."""

    origin: str
    parking_key: str | None
    kommunenummer: str
    record: Record | None = None
    packed: bytes | None = None
    error: Exception | None = None


def letter_of_record(record: Record, error: Exception | None) -> Letter:
    return Letter("kafka", subject_of(record), kommunenummer_of(record), record=record, error=error)


def letter_of_message(origin: str, message: Message, error: Exception | None) -> Letter:
    return Letter(origin, message.subject, message.kommunenummer, packed=pack(message), error=error)


async def parked_among(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of the keys are parked, held so until this transaction ends."""
    rows = await connection.fetch(
        "select key from parked where key = any($1::text[]) order by key for update", list(set(keys))
    )
    return {row["key"] for row in rows}


async def set_aside(connection: Connection, letters: Sequence[Letter]) -> None:
    """Keep the letters and park their keys, in the transaction that moves past them.

    Nothing is kept of a key that is erased: what can't be read of it, nor what came behind that.
    """
    if not letters:
        return
    found = await connection.fetch(ERASED, [letter.parking_key for letter in letters])
    erased = {row["key"] for row in found}
    letters = [each for each in letters if each.parking_key not in erased or not isinstance(each.error, UNREAD)]
    for letter in letters:
        record = letter.record
        await connection.execute(
            "insert into dead_letters (origin, topic, partition, record_offset, record_key, record_value, "
            "record_headers, parking_key, kommunenummer, reason, fingerprint) "
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            letter.origin,
            *((record.topic, record.partition, record.offset, record.key) if record else (None, None, None, None)),
            record.value if record else letter.packed,
            json.dumps(
                [[n, None if v is None else base64.b64encode(v).decode()] for n, v in record.headers] if record else []
            ),
            letter.parking_key,
            letter.kommunenummer,
            letter.error and reason(letter.error),
            letter.error and fingerprint(letter.error),
        )
        if letter.error:
            log.error("dead_letters.set_aside", reason=reason(letter.error), fingerprint=fingerprint(letter.error))
    parked = {letter.parking_key: letter.kommunenummer for letter in letters if letter.parking_key}
    await connection.execute(
        "insert into parked (key, kommunenummer) select * from unnest($1::text[], $2::text[]) on conflict do nothing",
        *(list(parked), list(parked.values())),
    )


async def deliver(store: Store, origin: str, messages: Sequence[Message], confirm: Confirm) -> None:
    """Give messages that came by no topic their effect, in order, in one transaction that `confirm`s them.

    One that passes parked keys has a transaction of its own. What fails or waits is set aside. Where the database
    refuses the data they are halved until the one is alone.
    """
    for run in store.runs(messages, lambda message: message.type):
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


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many of a key's letters were handled, and why the next one was not, if one was not."""

    handled: int
    stopped_by: str | None = None


class DeadLetters:
    """What an operator does. `readers`: message class per type that comes by Kafka; `classes`: per any type."""

    def __init__(
        self, database: Database, store: Store, readers: Mapping[str, Any], classes: Mapping[str, Any]
    ) -> None:
        self._database, self._store, self._readers, self._classes = database, store, readers, classes

    async def groups(self) -> list[dict[str, Any]]:
        """Unhandled dead letters by fingerprint, the largest group first, with how many wait behind them."""
        return await self._rows(
            "select fingerprint, min(reason) as reason, count(*) as letters, count(distinct parking_key) as keys, "
            "(select count(*) from dead_letters w where w.handled_at is null and w.reason is null "
            "and w.parking_key = any(array_agg(d.parking_key))) as waiting, min(arrived_at) as first, "
            "min(id) as example from dead_letters d where handled_at is null and reason is not null "
            "group by fingerprint order by letters desc"
        )

    async def show(self, id: int) -> dict[str, Any] | None:
        """One letter without its content: where it came from, why it stopped, and what waits behind it."""
        rows = await self._rows(
            "select id, origin, topic, partition, record_offset, parking_key, kommunenummer, reason, fingerprint, "
            "arrived_at, handled_at, handled_by, (select count(*) from dead_letters w where w.parking_key = "
            "d.parking_key and w.id > d.id and w.handled_at is null) as waiting from dead_letters d where id = $1",
            id,
        )
        return rows[0] if rows else None

    async def keys(self, fingerprint: str) -> list[str]:
        """The parked keys of one group."""
        rows = await self._rows(
            "select distinct parking_key as key from dead_letters where fingerprint = $1 and handled_at is null",
            fingerprint,
        )
        return [row["key"] for row in rows if row["key"]]

    async def replay(self, key: str, by: str) -> Replayed:
        """Let what waits under a key have its effect, in order of arrival; stop at the first that still fails."""
        handled = 0
        while True:
            with contextlib.suppress(StartOver):
                async with self._database.runner() as connection, connection.transaction():
                    if not await connection.fetchrow("select key from parked where key = $1 for update", key):
                        return Replayed(handled)
                    letter = await connection.fetchrow(WAITING, key)
                    if letter is None:
                        await connection.execute("delete from parked where key = $1", key)
                        return Replayed(handled)
                    if error := (await self._replayed(connection, letter)).error:
                        failed = "update dead_letters set reason = $2, fingerprint = $3 where id = $1"
                        await connection.execute(failed, letter["id"], reason(error), fingerprint(error))
                        return Replayed(handled, reason(error))
                    done = "update dead_letters set handled_at = now(), handled_by = $2 where id = $1"
                    await connection.execute(done, letter["id"], by)
                handled += 1
                self._database.wake()

    async def discard(self, id: int, by: str) -> bool:
        """Give up a letter that can never have its effect; what waits behind it may then be replayed."""
        done = "update dead_letters set handled_at = now(), handled_by = $2 where id = $1 and handled_at is null "
        return bool(await self._rows(f"{done} and reason is not null returning id", id, f"forkastet av {by}"))

    async def _replayed(self, connection: Connection, letter: Any) -> Verdict:
        try:
            if (message := self._message(letter)) is None:
                return Verdict(duplicate=True)
            async with connection.transaction():
                return (await self._store.carry(connection, [message]))[0]
        except (Unreadable, ValidationError) as error:
            return Verdict(error=error)
        except REFUSED:
            return Verdict(error=refused_by_database())

    def _message(self, letter: Any) -> Message | None:
        if letter["origin"] != "kafka":
            return unpack(letter["record_value"], self._classes)
        headers = [
            (name, None if v is None else base64.b64decode(v)) for name, v in json.loads(letter["record_headers"])
        ]
        place = (letter["topic"], letter["partition"], letter["record_offset"])
        return decode(Record(*place, letter["record_key"], letter["record_value"], headers), self._readers)

    async def _rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self._database.runner() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]


def as_json(rows: Any) -> str:
    """Rows as an operator pipes them on."""
    return to_json(rows, indent=2).decode()
