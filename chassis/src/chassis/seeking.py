"""Where reading goes on, and what must not be taken for it.

Between an assignment and our seek a client fetches from the group's committed offset, and may hand that over later.
After a restore it lies ahead of our position: taken for the next records, all before them would be lost.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.database import Connection, Database
from chassis.envelope import Record, id_of

log = structlog.get_logger()

Place = tuple[str, int]  # topic and partition, as TopicPartition is

STALE = 60.0  # seconds in which a client has handed over what it had fetched before we sought

POSITION = """
insert into positions as p values ($1, $2, $3) on conflict (topic, partition) do update
set next = case when p.next > $4 then $3 else greatest(p.next, $3) end
returning next, (select next from positions w where w.topic = $1 and w.partition = $2) as before
"""
KNOWN = """
select exists (select from inbox where id = any($1::uuid[]))
    or exists (select from dead_letters where event_id = any($1::uuid[]))
"""


async def positioned(connection: Connection, place: Place, start: int, end: int) -> int:
    """Where reading goes on in a partition that holds records from `start` to before `end`.

    A position outside of that is no longer one: records were trimmed before we read them, or the topic was deleted
    and made anew. `reconcile` finds which are missing, and more.
    """
    found = await connection.fetchrow(POSITION, *place, start, end)
    if found["before"] is not None and not start <= found["before"] <= end:
        log.error("consumer.records_gone", topic=place[0], partition=place[1])
    return int(found["next"])


class Sought:
    """Partitions that were sought, until the first of their records has come."""

    def __init__(self) -> None:
        self._at: dict[Place, tuple[AIOKafkaConsumer, int, float]] = {}

    def seek(self, kafka: AIOKafkaConsumer, place: TopicPartition, offset: int) -> None:
        kafka.seek(place, offset)
        self._at[place] = kafka, offset, monotonic()

    def settled(self, records: Sequence[Record]) -> list[Record]:
        """Without what was fetched before we sought: below it, from partitions of which nothing else has come yet.

        Partitions that begin above it are sought once more. What then begins above it as well does so because the
        records between are gone. What comes from below it long after stands there anew, on a topic that was quiet.
        """
        sought = {place: offset for place, (_, offset, at) in self._at.items() if monotonic() - at < STALE}
        kept = [r for r in records if r.offset >= sought.get((r.topic, r.partition), 0)]
        firsts: dict[Place, int] = {}
        for record in kept:
            firsts.setdefault((record.topic, record.partition), record.offset)
        early = {place for place, first in firsts.items() if self._is_early(place, first)}
        return [record for record in kept if (record.topic, record.partition) not in early]

    def _is_early(self, place: Place, first: int) -> bool:
        kafka, offset, _ = self._at.pop(place, (None, first, 0.0))
        if kafka is None or first <= offset:
            return False
        log.warning("consumer.fetched_before_seek", topic=place[0], partition=place[1])
        kafka.seek(TopicPartition(*place), offset)
        return True


async def anew(database: Database, records: Sequence[Record], following: Mapping[Place, int]) -> dict[Place, int]:
    """The first offset of each partition that was made anew while we read it: its records begin before our next.

    So do those that a client hands over twice, as it fetched them before and after our seek. They are known by their
    ids, and left: read a second time, what is parked would be set aside a second time.
    """
    behind: defaultdict[Place, list[Record]] = defaultdict(list)
    for record in records:
        if record.offset < following.get((record.topic, record.partition), 0):
            behind[record.topic, record.partition].append(record)
    found = {}
    for place, those in behind.items():
        async with database.runner() as connection:
            if not await connection.fetchval(KNOWN, [id for id in map(id_of, those) if id]):
                log.warning("consumer.read_again", topic=place[0], partition=place[1])
                found[place] = those[0].offset
    return found


def due(records: Sequence[Record], following: Mapping[Place, int]) -> list[Record]:
    """Those of our partitions that have had no effect yet. `following`: the next offset of each."""
    return [r for r in records if r.offset >= following.get((r.topic, r.partition), r.offset + 1)]
