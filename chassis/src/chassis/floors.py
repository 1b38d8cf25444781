"""After a restore from a backup: which sequences a service must go on above.

What it decided since the backup stands on its topics; its states don't know. The next event of such a subject would
get a number that readers have heard, of another event. So before a process decides anything, it reads the service's
own topics from where its database ends, which costs nothing where nothing was lost.
"""

from collections.abc import Iterable

import stamina
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.broker import Kafka
from chassis.database import TRANSIENT, Connection, Database
from chassis.sequences import numbered

log = structlog.get_logger()

Floors = dict[tuple[str, str], int]  # by topic and subject
Highest = dict[tuple[str, str], tuple[int, str]]  # sequence and event id

KEEP = """
insert into floors (topic, subject, sequence)
select u.topic, u.subject, u.sequence
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) as u(topic, subject, sequence, id)
where not exists (select from outbox o where o.event_id::text = u.id)
on conflict (topic, subject) do update set sequence = greatest(floors.sequence, excluded.sequence)
returning 1
"""
LOOKED = """
insert into sent select * from unnest($1::text[], $2::int[], $3::bigint[])
on conflict (topic, partition) do update set next = excluded.next
"""


async def known_floors(database: Database) -> Floors:
    async with database.runner() as connection:
        rows = await connection.fetch("select topic, subject, sequence from floors")
    return {(row["topic"], row["subject"]): row["sequence"] for row in rows}


async def raised_floors(database: Database, kafka: Kafka, service: str, patterns: Iterable[str]) -> Floors:
    """All floors, once those are raised that our topics ask for. Waits for as long as Kafka is away.

    `patterns`: names of topics as they are declared, with `{kommunenummer}` where a topic has one.
    """
    async for attempt in stamina.retry_context(on=(KafkaError, *TRANSIENT), attempts=None, timeout=None, wait_max=2):
        with attempt:
            topics = await kafka.topics(patterns)
            async with database.runner() as connection, connection.transaction():
                await _raise(connection, kafka, service, topics)
    return await known_floors(database)


async def _raise(connection: Connection, kafka: Kafka, service: str, topics: Iterable[str]) -> None:
    ends = {place: end for place, end in (await kafka.end_offsets(topics)).items() if end}
    known = {(row["topic"], row["partition"]): row["next"] for row in await connection.fetch("select * from sent")}
    known = {place: at for place, at in known.items() if at <= ends.get(place, 0)}  # past the end: it was made anew
    behind = {place: end for place, end in ends.items() if known.get(place, 0) < end}
    if not behind:
        return
    highest: Highest = {}
    async with AIOKafkaConsumer(**kafka.aiokafka(), group_id=None, auto_offset_reset="earliest") as reader:
        places = [TopicPartition(*place) for place in behind]
        reader.assign(places)
        beginnings = await reader.beginning_offsets(places)
        for place in places:
            reader.seek(place, max(known.get(place, 0), beginnings[place]))
        while [place for place in places if await reader.position(place) < behind[place]]:
            for place, records in (await reader.getmany(timeout_ms=200)).items():
                for record in records:
                    _take(highest, place.topic, f"/{service}", record.headers)
    rows = [(*key, *found) for key, found in highest.items()]
    raised = await connection.fetch(KEEP, *map(list, zip(*rows, strict=True))) if rows else []
    await connection.execute(LOOKED, *map(list, zip(*((*place, end) for place, end in behind.items()), strict=True)))
    if raised:
        log.warning("floors.raised", subjects=len(raised))


def _take(highest: Highest, topic: str, suffix: str, headers: Iterable[tuple[str, bytes | None]]) -> None:
    """Remember the record if it is our own service's and the highest of its subject so far."""
    headers = list(headers)
    if (name := numbered(headers)) and name[0].endswith(suffix):
        id = (dict(headers).get("ce_id") or b"").decode(errors="replace")
        highest[topic, name[1]] = max(highest.get((topic, name[1]), (0, "")), (name[2], id))
