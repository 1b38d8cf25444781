"""From the outbox to Kafka, in order per key; rows stay and are numbered after the broker's acknowledgement.

One active relay per service, by a session advisory lock on a connection of its own with a short
`idle_session_timeout`: a frozen holder loses it, a live one uses it each second. No transaction is open during a
send. Order needs no luck: one batch per partition is out at a time, and the next is made when it is acknowledged.
Killed between acknowledgement and numbering, at most one batch goes out twice, with the same ids.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from aiokafka.partitioner import DefaultPartitioner
from asyncpg.exceptions import InterfaceError

from chassis.database import Database
from chassis.errors import BrokenInvariant
from chassis.tracing import sent

log = structlog.get_logger()

BATCH = 2_000  # rows
FROZEN = 15  # seconds without a sign of life after which PostgreSQL ends the holder's session
SILENT = 10  # seconds without an answer after which the holder takes its lock for lost: sooner than another has it
POLL = 0.2  # seconds
LETTING_GO = 5  # seconds that a producer may take to end
TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)

T = TypeVar("T")
Place = tuple[str, int]
Sent = tuple[Place, list[int], int | KafkaError]  # ids of outbox rows, and the first one's offset or why there is none

UNSENT = """
select id, topic, key, headers, payload from outbox o
where position is null and refused is null
and not exists (select from outbox r
    where r.refused is not null and not r.given_up and r.topic = o.topic and r.key = o.key)
order by id limit $1
"""
# Kafka may have forgotten the offset of a batch that it took when it was sent before: it is then below zero.
NUMBER = """
with known as (
    insert into sent select $2, $3, $4 + cardinality($1::bigint[]) where $4 >= 0
    on conflict (topic, partition) do update set next = greatest(sent.next, excluded.next))
update outbox set position = numbered.position, partition = $3, payload = case when erased then '' else payload end,
    record_offset = case when $4 >= 0 then $4 + numbered.n - 1 end
from (select id, n, nextval('outbox_position') as position from unnest($1::bigint[]) with ordinality as sent(id, n)
      order by n) as numbered
where outbox.id = numbered.id
"""
REFUSED = """
update outbox set refused = $2, payload = case when erased then '' else payload end where id = any($1::bigint[])
"""


class Relay:
    """`producer`: makes an idempotent producer with acks=all; called again for a new one after an error."""

    def __init__(self, url: str, name: str, database: Database, producer: Callable[[], AIOKafkaProducer]) -> None:
        self._url, self._name, self._database, self._producer = url, name, database, producer
        self._partition = DefaultPartitioner()
        self.leading = False

    async def run(self) -> None:
        """Stand by until the lock is free, then lead until cancelled. Whatever breaks the lock is raised."""
        frozen = {"idle_session_timeout": f"{FROZEN}s"}
        connection = await asyncpg.connect(self._url, server_settings=frozen, command_timeout=SILENT)
        try:
            while not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", f"relay:{self._name}"):
                await self._database.rest("stand-by", 1)
            self.leading = True
            log.info("relay.leading")
            while True:
                try:
                    await self._lead(connection)
                except KafkaError as error:
                    log.warning("relay.again", error=type(error).__name__)
                    await self._database.rest("relay", 1)
        except (InterfaceError, asyncpg.PostgresConnectionError, TimeoutError) as error:
            raise BrokenInvariant("the relay's lock is lost") from error
        finally:
            self.leading = False
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection) -> None:
        """Send what waits until Kafka refuses in a way that a new producer may mend."""
        producer = self._producer()
        try:
            await _holding(connection, producer.start())
            while True:
                if not await self.send_waiting(connection, producer):
                    await self._database.rest("relay", POLL)
        finally:
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(producer.stop(), LETTING_GO)

    async def send_waiting(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> int:
        """Send one batch per partition of what waits, and number what was acknowledged; how many rows were settled."""
        rows = await connection.fetch(UNSENT, BATCH)
        settled, failure = 0, None
        for place, ids, found in await _holding(connection, self._send_all(producer, rows)):
            if isinstance(found, int):
                await connection.execute(NUMBER, ids, *place, found)
            elif isinstance(found, TOO_LARGE):
                log.error("relay.refused", error=type(found).__name__)
                await connection.execute(REFUSED, ids, type(found).__name__)
            else:
                failure = found
                continue
            settled += len(ids)
        if failure:
            raise failure
        return settled

    async def _send_all(self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> list[Sent]:
        batches: dict[Place, list[asyncpg.Record]] = {}
        for row in rows:
            partitions = sorted(await producer.partitions_for(row["topic"]))
            partition = self._partition(row["key"].encode(), partitions, partitions)
            batches.setdefault((row["topic"], partition), []).append(row)
        return await asyncio.gather(*(self._send(producer, place, batch) for place, batch in batches.items()))

    async def _send(self, producer: AIOKafkaProducer, place: Place, rows: Sequence[asyncpg.Record]) -> Sent:
        batch, taken, began = producer.create_batch(), list[int](), time.time_ns()
        for row in rows:
            headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
            if not batch.append(key=row["key"].encode(), value=row["payload"], timestamp=None, headers=headers):
                break
            taken.append(row["id"])
        if not taken:
            return place, [rows[0]["id"]], MessageSizeTooLargeError()
        batch.close()
        try:
            acknowledged = await (await producer.send_batch(batch, place[0], partition=place[1]))
        except KafkaError as error:
            if isinstance(error, TOO_LARGE) and len(taken) > 1:
                return await self._send(producer, place, rows[:1])
            return place, taken, error
        sent(*place, [row["headers"] for row in rows[: len(taken)]], began)
        return place, taken, acknowledged.offset


async def _holding(connection: asyncpg.Connection, work: Coroutine[Any, Any, T]) -> T:
    """The result of work with Kafka, however long the broker is away, with a sign of life to the lock's session."""
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([task], timeout=1))[0]:
            await connection.execute("select 1")
        return task.result()
    finally:
        task.cancel()


def producer_of(connection: dict[str, Any]) -> Callable[[], AIOKafkaProducer]:
    """`connection`: aiokafka's keyword arguments for broker and credentials."""
    return lambda: AIOKafkaProducer(
        **connection, acks="all", enable_idempotence=True, max_batch_size=256 * 1024, request_timeout_ms=40_000
    )
