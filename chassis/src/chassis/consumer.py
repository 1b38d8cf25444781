"""From Kafka into the database: each record has its effect once, in order per key.

The position lives in PostgreSQL and moves by compare-and-set in the transaction that holds the effects: killed
anywhere, the process reads on at the first record without effect. The broker's committed offset is written
afterwards, for lag tools, and never read. Two members that read the same partition can't both move its position;
the one that comes late ends.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import stamina
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis import telemetry
from chassis.database import REFUSED, TRANSIENT, Connection, Database
from chassis.dead_letters import Letter, letter_of_record, set_aside
from chassis.envelope import Record, decode, subject_of, type_of
from chassis.errors import BrokenInvariant, Unreadable, refused_by_database
from chassis.fuse import wear
from chassis.outputs import Message
from chassis.runs import runs
from chassis.seeking import Place, Sought, anew, due, positioned
from chassis.sequences import follow
from chassis.states import parked_among
from chassis.store import StartOver, Store

log = structlog.get_logger()

Offset = tuple[str, int, int]  # topic, partition and offset
Doomed = Mapping[Offset, Exception]
LONGEST_BACK_OFF = 5.0  # seconds
HANDOVER = 10.0  # seconds that a revoke waits for the running transaction


class Consumer:
    """Takes raw records, knows nothing of FastStream. `readers`: message class per event type that we read."""

    def __init__(self, database: Database, store: Store, readers: Mapping[str, Any]) -> None:
        self._database, self._store, self._readers = database, store, readers
        self._stands: dict[Place, int] = {}  # the positions, as the database has them
        self._next: dict[Place, int] = {}  # and the records that are due: before those where a topic was made anew
        self._sought = Sought()
        self._turn = asyncio.Lock()
        self.ready = False
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def on_assigned(self, kafka: AIOKafkaConsumer, assigned: set[TopicPartition]) -> None:
        """Seek to where our own effects end; a partition never read, trimmed or made anew starts at its beginning.

        aiokafka would swallow what is raised here, and read on from wherever it stands.
        """
        try:
            async for attempt in stamina.retry_context(on=(KafkaError, *TRANSIENT), timeout=HANDOVER):
                with attempt:
                    await self._seek(kafka, assigned)
        except Exception as error:  # noqa: BLE001
            self._break(error)
        else:
            self.ready = True
            log.info("consumer.assigned", partitions=len(assigned))

    async def _seek(self, kafka: AIOKafkaConsumer, assigned: set[TopicPartition]) -> None:
        async with self._turn, self._database.runner() as connection:
            starts, ends = await kafka.beginning_offsets(list(assigned)), await kafka.end_offsets(list(assigned))
            for place, start in starts.items():
                self._next[place] = self._stands[place] = await positioned(connection, place, start, ends[place])
                self._sought.seek(kafka, place, self._next[place])

    async def on_revoked(self, revoked: set[TopicPartition]) -> None:
        """Let the running transaction end, then let go."""
        try:
            async with asyncio.timeout(HANDOVER), self._turn:
                pass
        except TimeoutError:
            log.warning("consumer.handover_timed_out")
        self._next = {place: at for place, at in self._next.items() if place not in revoked}

    async def process(self, records: Sequence[Record]) -> None:
        """Give the records their effect. Returns when they have it, or not at all: then this process ends.

        The same records again after a back-off, for as long as the database is away.
        """
        doomed: dict[Offset, Exception] = {}
        back_off = 0.1
        try:
            async with self._turn:
                records = self._sought.settled(records)
                self._next |= await anew(self._database, records, self._next)
                while not self.broken.done() and (todo := due(records, self._next)):
                    try:
                        await self._attempt(next(runs(self._store.handlers, todo, type_of)), doomed)
                    except (StartOver, *TRANSIENT) as error:
                        self.ready = False
                        log.warning("consumer.again", error=type(error).__name__, seconds=back_off)
                        await asyncio.sleep(back_off)
                        back_off = min(back_off * 2, LONGEST_BACK_OFF)
        except Exception as error:  # noqa: BLE001 - FastStream would swallow it and read on past these records
            self._break(error)

    def _break(self, error: Exception) -> None:
        log.error("consumer.broken", exc_info=error)
        if not self.broken.done():
            self.broken.set_exception(error)

    async def _attempt(self, records: Sequence[Record], doomed: dict[Offset, Exception]) -> None:
        """Give them their effect, or find out which of them the database refuses, for the next attempt."""
        try:
            await self._transact(records, doomed)
        except REFUSED:
            culprit = await self._culprit(records, doomed)
            doomed[culprit.topic, culprit.partition, culprit.offset] = refused_by_database()
        else:
            self.ready = True
            self._database.wake()

    async def _transact(self, records: Sequence[Record], doomed: Doomed, *, keep: bool = True) -> None:
        ends = {(r.topic, r.partition): r.offset + 1 for r in records}
        steps = [(*place, end, self._stands[place]) for place, end in sorted(ends.items())]
        async with self._database.runner() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                await self._advance(connection, steps)
                outcomes = await self._effect(connection, records, doomed)
                await follow(connection, records, outcomes)
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.commit() if keep else transaction.rollback())
        if keep:
            self._next |= ends
            self._stands |= ends
            for record, outcome in zip(records, outcomes, strict=True):
                telemetry.EVENTS.labels(record.topic, outcome).inc()

    async def _advance(self, connection: Connection, steps: Sequence[tuple[str, int, int, int]]) -> None:
        """Move the positions past the records, if they still are where this process left them."""
        moved = await connection.fetch(
            "update positions p set next = u.next "
            "from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as u(topic, partition, next, expected) "
            "where p.topic = u.topic and p.partition = u.partition and p.next = u.expected returning 1",
            *map(list, zip(*steps, strict=True)),
        )
        if len(moved) < len(steps):
            raise BrokenInvariant("another process has moved a position that this one reads")

    async def _effect(self, connection: Connection, records: Sequence[Record], doomed: Doomed) -> list[str]:
        """Decode each record by itself, carry what is readable and not parked, set the rest aside in order."""
        parked = await parked_among(connection, filter(None, map(subject_of, records)))
        barred, aside, readable = set(parked), dict[int, Letter](), dict[int, Message]()
        outcomes = ["ignored"] * len(records)
        for number, record in enumerate(records):
            key, found = subject_of(record), self._read(record, doomed)
            error = found if isinstance(found, Exception) else None
            if error or (key in barred and type_of(record) not in self._store.passing):
                aside[number] = letter_of_record(record, error if key not in parked else None)
                barred |= {key} if key else set()
            elif isinstance(found, Message):
                readable[number] = found
        verdicts = await self._store.carry(connection, list(readable.values()), parked)
        for number, verdict in zip(readable, verdicts, strict=True):
            outcomes[number] = "duplicate" if verdict.duplicate else "handled"
            if verdict.aside:
                aside[number] = letter_of_record(records[number], verdict.error)
        await set_aside(connection, [aside[number] for number in sorted(aside)])
        await wear(connection, [aside.get(number) for number in sorted({*readable, *aside})])
        return ["rejected" if number in aside else outcome for number, outcome in enumerate(outcomes)]

    def _read(self, record: Record, doomed: Doomed) -> Message | Exception | None:
        try:
            return doomed.get((record.topic, record.partition, record.offset)) or decode(record, self._readers)
        except Unreadable as error:
            return error

    async def _culprit(self, records: Sequence[Record], doomed: Doomed) -> Record:
        """The record that the database refuses: the last of the shortest run that it refuses. Nothing is kept."""
        accepted, refused = 0, len(records)
        while refused - accepted > 1:
            middle = (accepted + refused) // 2
            try:
                await self._transact(records[:middle], doomed, keep=False)
                accepted = middle
            except REFUSED:
                refused = middle
        return records[refused - 1]
