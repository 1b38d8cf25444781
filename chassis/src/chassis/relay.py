"""From the outbox to Kafka, in order per key; rows stay and are numbered after the broker's acknowledgement.

One active relay per service, by a session advisory lock on a connection of its own with a short
`idle_session_timeout`: a frozen holder loses it, a live one uses it each second. No transaction is open during a
send. Order needs no luck: one batch per partition is out at a time, and the next is made when it is acknowledged.
Killed between acknowledgement and numbering, at most one batch goes out twice, with the same ids.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError, TopicAuthorizationFailedError
from aiokafka.partitioner import DefaultPartitioner
from asyncpg.exceptions import InterfaceError

from chassis.database import Database
from chassis.errors import BrokenInvariant

log = structlog.get_logger()

BATCH = 2_000  # rows
FROZEN = 15  # seconds without a sign of life after which PostgreSQL ends the holder's session
POLL = 0.2  # seconds
FOR_GOOD = (MessageSizeTooLargeError, RecordListTooLargeError, TopicAuthorizationFailedError)

UNSENT = """
select id, topic, key, headers, payload from outbox o
where position is null and refused is null
and not exists (select from outbox r where r.refused is not null and r.topic = o.topic and r.key = o.key)
order by id limit $1
"""
NUMBER = """
update outbox set position = numbered.position
from (select id, nextval('outbox_position') as position from unnest($1::bigint[]) with ordinality as sent(id, n)
      order by n) as numbered
where outbox.id = numbered.id
"""


class Relay:
    """`producer`: makes an idempotent producer with acks=all; called again for a new one after an error."""

    def __init__(self, url: str, name: str, database: Database, producer: Callable[[], AIOKafkaProducer]) -> None:
        self._url, self._name, self._database, self._producer = url, name, database, producer
        self._partition = DefaultPartitioner()
        self.leading = False

    async def run(self) -> None:
        """Stand by until the lock is free, then lead until cancelled. Whatever breaks the lock is raised."""
        connection = await asyncpg.connect(self._url, server_settings={"idle_session_timeout": f"{FROZEN}s"})
        try:
            while not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", f"relay:{self._name}"):
                await asyncio.sleep(1)
            producer = self._producer()
            await producer.start()
            self.leading = True
            log.info("relay.leading")
            while True:
                if not await self.send_waiting(connection, producer):
                    await self._database.rest("relay", POLL)
        except (InterfaceError, asyncpg.PostgresConnectionError) as error:
            raise BrokenInvariant("the relay's lock is lost") from error
        finally:
            self.leading = False
            connection.terminate()

    async def send_waiting(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> int:
        """Send one batch per partition of what waits; how many rows were sent."""
        rows = await connection.fetch(UNSENT, BATCH)
        batches: dict[tuple[str, int], list[asyncpg.Record]] = {}
        for row in rows:
            partitions = sorted(await producer.partitions_for(row["topic"]))
            partition = self._partition(row["key"].encode(), partitions, partitions)
            batches.setdefault((row["topic"], partition), []).append(row)
        sends = [asyncio.create_task(self._send(producer, *place, batch)) for place, batch in batches.items()]
        try:
            return sum([await self._sent(connection, send) for send in sends])
        finally:
            for send in sends:
                send.cancel()

    async def _send(
        self, producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[asyncpg.Record]
    ) -> tuple[list[int], Exception | None]:
        """Ids of the rows acknowledged, or of the first one and why the broker refuses it for good."""
        batch, taken = producer.create_batch(), []
        for row in rows:
            headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
            if not batch.append(key=row["key"].encode(), value=row["payload"], timestamp=None, headers=headers):
                break
            taken.append(row["id"])
        if not taken:
            return [rows[0]["id"]], MessageSizeTooLargeError()
        batch.close()
        try:
            await (await producer.send_batch(batch, topic, partition=partition))
        except FOR_GOOD as error:
            if len(taken) == 1 or isinstance(error, TopicAuthorizationFailedError):
                return taken[:1], error
            return (await self._send(producer, topic, partition, rows[:1]))
        return taken, None

    async def _sent(self, connection: asyncpg.Connection, send: "asyncio.Task[tuple[list[int], Exception | None]]") -> int:
        """Wait for one partition's acknowledgement, however long the broker is away, and keep the lock alive."""
        while not send.done():
            await asyncio.wait([send], timeout=1)
            if not send.done():
                await connection.execute("select 1")
        ids, refusal = send.result()
        if refusal:
            log.error("relay.refused", error=type(refusal).__name__, rows=len(ids))
            await connection.execute(
                "update outbox set refused = $2 where id = any($1::bigint[])", ids, type(refusal).__name__
            )
        else:
            await connection.execute(NUMBER, ids)
        return len(ids)


def producer_of(connection: dict[str, Any]) -> Callable[[], AIOKafkaProducer]:
    """`connection`: aiokafka's keyword arguments for broker and credentials."""
    return lambda: AIOKafkaProducer(
        **connection, acks="all", enable_idempotence=True, max_batch_size=256 * 1024, request_timeout_ms=40_000
    )
