"""What is due: messages at a time (`Later`), and messages told from key to key (`Tell`).

A due timer waits until this service has read what had reached its topics when the timer was seen to be due, and
while its key is parked: an outage never raises an alarm that a waiting payment would have prevented. A told message
doesn't wait for Kafka, and one whose handler `passes` not for a parked key either. The runner reads due rows unlocked,
locks their states, then claims each row by deleting it; one that is gone was cancelled, or carried by another process.
One that this version can't read is set aside, and its key parked.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from aiokafka.errors import KafkaError
from asyncpg import Record
from pydantic import ValidationError

from chassis.clock import Clock
from chassis.database import TRANSIENT, Connection, Database
from chassis.dead_letters import deliver, letter_of_message, set_aside
from chassis.errors import Unreadable
from chassis.outputs import Message
from chassis.store import Confirm, StartOver, Store

log = structlog.get_logger()

BATCH = 1_000  # rows
POLL = 0.2  # seconds

Ends = Mapping[tuple[str, int], int]

DUE = """
select * from timers t where (told or due <= $1)
and (type = any($3::text[]) or not exists (select from parked p where p.key = t.key))
order by told desc, case when not told then due end, id limit $2
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """Opens for timers due by `taken_at` once the positions have reached the end offsets seen then."""

    taken_at: datetime
    ends: Ends = field(default_factory=dict)


class Timers:
    """`end_offsets`: the end of every partition of every topic that this service reads; `classes`: per type."""

    def __init__(
        self,
        database: Database,
        store: Store,
        clock: Clock,
        classes: Mapping[str, Any],
        end_offsets: Callable[[], Awaitable[Ends]],
    ) -> None:
        self._database, self._store, self._clock = database, store, clock
        self._classes, self._end_offsets = classes, end_offsets
        self._gate: Gate | None = None

    async def run(self) -> None:
        """Carry what is due, until cancelled."""
        while True:
            try:
                carried = await self.carry_due()
            except (KafkaError, StartOver, *TRANSIENT) as error:
                log.warning("timers.again", error=type(error).__name__)
                carried = 0
            if not carried:
                await self._database.rest("timers", POLL)

    async def carry_due(self) -> int:
        """Carry one batch of what may fire now, told messages first; how many rows that was."""
        async with self._database.runner() as connection:
            rows = await connection.fetch(DUE, self._clock.now(), BATCH, list(self._store.passing))
        due = [row for row in rows if row["told"]] or await self._past_the_gate(rows)
        if due:
            claimed = partial(_claimed, {UUID(str(row["message_id"])): row["id"] for row in due})
            if readable := self._readable(due):
                await deliver(self._store, "timer", readable, claimed)
            else:
                await self._set_aside(due[0], claimed)
        return len(due)

    async def _set_aside(self, row: Record, claimed: Confirm) -> None:
        """One that can't be read; those before it have been carried, those after it wait behind it."""
        letter = _message(row, json.loads(row["body"]))
        error = Unreadable("invalid", "tidsuret er ingen melding som tjenesten kjenner")
        async with self._database.runner() as connection, connection.transaction():
            if await claimed(connection, [letter]):
                await set_aside(connection, [letter_of_message("timer", letter, error)])

    async def _past_the_gate(self, rows: Sequence[Record]) -> list[Record]:
        """Those that fell due before a snapshot of end offsets that the positions have reached since."""
        if not rows:
            return []
        if self._gate is None or min(row["due"] for row in rows) > self._gate.taken_at:
            self._gate = Gate(self._clock.now(), await self._end_offsets())
        gate = self._gate
        async with self._database.runner() as connection:
            read = {(p["topic"], p["partition"]): p["next"] for p in await connection.fetch("select * from positions")}
        behind = any(read.get(place, 0) < end for place, end in gate.ends.items())
        return [] if behind else [row for row in rows if row["due"] <= gate.taken_at]

    def _readable(self, rows: Sequence[Record]) -> list[Message]:
        """Those before the first that this version can't read, or whose type nobody handles."""
        messages: list[Message] = []
        with suppress(KeyError, ValidationError):
            for row in rows:
                type, _ = self._classes[row["type"]], self._store.handlers[row["type"]]
                messages.append(_message(row, type.model_validate_json(row["body"])))
        return messages


def _message(row: Record, data: Any) -> Message:
    return Message(
        id=UUID(str(row["message_id"])),
        type=row["type"],
        subject=row["key"],
        kommunenummer=row["kommunenummer"],
        time=row["happened_at"] if row["told"] else row["due"],
        data=data,
        correlation=row["correlation"],
        traceparent=row["traceparent"],
    )


async def _claimed(ids: Mapping[UUID, int], connection: Connection, messages: Sequence[Message]) -> set[UUID]:
    """Take the rows out; those that were cancelled, replaced or carried meanwhile are not among them."""
    rows = await connection.fetch(
        "delete from timers where (id, message_id) in (select * from unnest($1::bigint[], $2::uuid[])) "
        "returning message_id",
        *([ids[message.id] for message in messages], [message.id for message in messages]),
    )
    return {UUID(str(row["message_id"])) for row in rows}
