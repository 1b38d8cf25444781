"""From the outbox to Kafka, in order per key; rows stay and are numbered after the broker's acknowledgement.

One active relay per service, by a session advisory lock on a connection of its own with a short
`idle_session_timeout`: a frozen holder loses it, a live one uses it each second. No transaction is open during a
send. Order needs no luck: one batch per partition is out at a time, and the next is made when it is acknowledged.
Killed between acknowledgement and numbering, at most one batch goes out twice, with the same ids. Each topic goes by
itself: one that is absent, or refuses us, holds up its own rows and no others.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer, errors
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from chassis.database import PLANNED_ANEW, TRANSIENT, Database
from chassis.errors import BrokenInvariant
from chassis.tracing import sent

log = structlog.get_logger()

BATCH = 2_000  # rows
FROZEN = 15  # seconds without a sign of life after which PostgreSQL ends the holder's session
SILENT = 10  # seconds without an answer after which the holder takes its lock for lost: sooner than another has it
POLL = 0.2  # seconds
LETTING_GO = 5  # seconds that a producer may take to end
LEFT_ALONE = 5  # seconds until a topic that is absent, or refused us, is tried again
TOO_LARGE = (MessageSizeTooLargeError, errors.RecordListTooLargeError)
OF_ITS_TOPIC = (errors.UnknownTopicOrPartitionError, errors.TopicAuthorizationFailedError, errors.InvalidTopicError)

Place = tuple[str, int]
Sent = tuple[Place, list[int], int | KafkaError]  # ids of outbox rows, and the first one's offset or why there is none
UnderWay = dict[str, asyncio.Task[list[Sent]]]  # by topic

UNSENT = """
select id, topic, key, headers, payload from outbox o
where position is null and refused is null and topic <> all($2::text[])
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
update outbox set refused = $2, given_up = erased, payload = case when erased then '' else payload end
where id = any($1::bigint[])
"""


class Relay:
    """`producer`: makes an idempotent producer with acks=all; called again for a new one after an error."""

    def __init__(self, url: str, name: str, database: Database, producer: Callable[[], AIOKafkaProducer]) -> None:
        self._url, self._name, self._database, self._producer = url, name, database, producer
        self._partition = DefaultPartitioner()
        self.leading = False

    async def run(self) -> None:
        """Stand by until the lock is free, then lead until cancelled. Whatever breaks the lock is raised."""
        given = {"idle_session_timeout": f"{FROZEN}s", **PLANNED_ANEW}
        connection = await asyncpg.connect(self._url, server_settings=given, command_timeout=SILENT)
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
        except TRANSIENT as error:
            raise BrokenInvariant("the relay's lock is lost") from error
        finally:
            self.leading = False
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection) -> None:
        """Send what waits until Kafka refuses in a way that a new producer may mend."""
        producer, under_way = self._producer(), UnderWay()
        starting = asyncio.create_task(producer.start())
        try:
            while not (await asyncio.wait([starting], timeout=1))[0]:
                await connection.execute("select 1")  # a sign of life, however long the broker is away
            starting.result()
            while True:
                if not await self.send_waiting(connection, producer, under_way):
                    await self._database.rest("relay", POLL)
        finally:
            for task in (starting, *under_way.values()):
                task.cancel()
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(producer.stop(), LETTING_GO)

    async def send_waiting(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, under_way: UnderWay
    ) -> bool:
        """Send what waits for topics to which nothing is on its way, number what was acknowledged; False: all rests."""
        waiting: dict[str, list[asyncpg.Record]] = {}
        for row in await connection.fetch(UNSENT, BATCH, list(under_way)):  # the lock's sign of life, too
            waiting.setdefault(row["topic"], []).append(row)
        for topic, rows in waiting.items():
            under_way[topic] = asyncio.create_task(self._send_all(producer, topic, rows))
        if not under_way:
            return False
        await asyncio.wait(under_way.values(), timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
        failure = None
        for topic in [topic for topic, task in under_way.items() if task.done()]:
            for place, ids, found in under_way.pop(topic).result():
                if isinstance(found, int):
                    await connection.execute(NUMBER, ids, *place, found)
                elif isinstance(found, TOO_LARGE):
                    log.error("relay.refused", error=type(found).__name__)
                    await connection.execute(REFUSED, ids, type(found).__name__)
                elif not isinstance(found, OF_ITS_TOPIC):
                    failure = found
        if failure:
            raise failure
        return True

    async def _send_all(self, producer: AIOKafkaProducer, topic: str, rows: Sequence[asyncpg.Record]) -> list[Sent]:
        """A batch per partition of one topic; after an error that is the topic's own it is left alone for a while."""
        batches: dict[int, list[asyncpg.Record]] = {}
        try:
            partitions = sorted(await producer.partitions_for(topic))
            for row in rows:
                batches.setdefault(self._partition(row["key"].encode(), partitions, partitions), []).append(row)
            sending = [self._send(producer, (topic, number), batch) for number, batch in batches.items()]
            made = await asyncio.gather(*sending)
        except OF_ITS_TOPIC as error:
            made = [((topic, 0), [], error)]
        if own := [type(found).__name__ for _, _, found in made if isinstance(found, OF_ITS_TOPIC)]:
            log.error("relay.topic_fails", topic=topic, error=own[0])
            await asyncio.sleep(LEFT_ALONE)
        return made

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


def producer_of(connection: dict[str, Any]) -> Callable[[], AIOKafkaProducer]:
    """`connection`: aiokafka's keyword arguments for broker and credentials."""
    return lambda: AIOKafkaProducer(
        **connection, acks="all", enable_idempotence=True, max_batch_size=256 * 1024, request_timeout_ms=40_000
    )
