"""Where reading goes on, and what must not be taken for it.

Between an assignment and our seek a client fetches from the group's committed offset, and may hand that over later.
After a restore it lies ahead of our position: taken for the next records, all before them would be lost.
"""

from collections.abc import Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.envelope import Record

log = structlog.get_logger()

Place = tuple[str, int]  # topic and partition, as TopicPartition is


class Sought:
    """Partitions that were sought, until the first of their records has come."""

    def __init__(self) -> None:
        self._at: dict[Place, tuple[AIOKafkaConsumer, int]] = {}

    def seek(self, kafka: AIOKafkaConsumer, place: TopicPartition, offset: int) -> None:
        kafka.seek(place, offset)
        self._at[place] = kafka, offset

    def settled(self, records: Sequence[Record]) -> list[Record]:
        """Without those of partitions that begin above what was sought: that is sought once more.

        What then begins above it as well does so because the records between are gone.
        """
        firsts: dict[Place, int] = {}
        for record in records:
            firsts.setdefault((record.topic, record.partition), record.offset)
        early = {place for place, first in firsts.items() if self._is_early(place, first)}
        return [record for record in records if (record.topic, record.partition) not in early]

    def _is_early(self, place: Place, first: int) -> bool:
        kafka, offset = self._at.pop(place, (None, first))
        if kafka is None or first <= offset:
            return False
        log.warning("consumer.fetched_before_seek", topic=place[0], partition=place[1])
        kafka.seek(TopicPartition(*place), offset)
        return True


def due(records: Sequence[Record], following: Mapping[Place, int]) -> list[Record]:
    """Those of our partitions that have had no effect yet. `following`: the next offset of each."""
    return [r for r in records if r.offset >= following.get((r.topic, r.partition), r.offset + 1)]
