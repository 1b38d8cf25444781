"""Whether a service has caught up with what there was at a moment: by our own queries and Kafka's own end offsets."""

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from confluent_kafka import Consumer, KafkaException, TopicPartition

from tests.e2e.waiting import READERS
from tests.prove.rig import Rig

Place = tuple[str, int]
LIMIT = 180.0  # seconds; who takes longer is stuck

OWN = "select (select coalesce(max(id), 0) from outbox) as sent, (select coalesce(max(id), 0) from timers) as told"
LEFT = """
select (select count(*) from outbox where position is null and refused is null and id <= %s)
     + (select count(*) from timers where told and id <= %s) as left
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stood where at a moment: the ends of the topics that a service reads, its newest event and told message."""

    service: str
    ends: Mapping[Place, int]
    sent: int
    told: int


class Watch:
    """With a Kafka client of its own; one per thread."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        given = rig.platform.admin_kafka().confluent() | {"group.id": "watch", "allow.auto.create.topics": "false"}
        self._kafka = Consumer(given)

    def close(self) -> None:
        self._kafka.close()

    def ends(self, topics: Iterable[str]) -> dict[Place, int]:
        found = {}
        for topic in topics:
            partitions = self._kafka.list_topics(topic, timeout=5).topics[topic].partitions
            for number in partitions:
                offsets = self._kafka.get_watermark_offsets(TopicPartition(topic, number), timeout=5)
                if offsets is None:
                    raise KafkaException("no answer")
                found[topic, number] = offsets[1]
        return found

    def mark(self, service: str) -> Mark:
        (own,) = self._rig.query(service, OWN)
        return Mark(service, self.ends(READERS[service]), own["sent"], own["told"])

    def reached(self, mark: Mark) -> bool:
        rows = self._rig.query(mark.service, "select topic, partition, next from positions")
        read = {(row["topic"], row["partition"]): row["next"] for row in rows}
        if any(read.get(place, 0) < end for place, end in mark.ends.items()):
            return False
        return not self._rig.query(mark.service, LEFT, mark.sent, mark.told)[0]["left"]

    def recovery(self, services: Iterable[str]) -> float | None:
        """Seconds from now until each has handled all that there is now; None if it is not within the limit."""
        began, waiting, marks = time.monotonic(), list(services), dict[str, Mark]()
        while waiting:
            if time.monotonic() - began > LIMIT:
                return None
            for service in list(waiting):
                with contextlib.suppress(psycopg.Error, KafkaException):
                    mark: Any = marks.get(service)
                    if mark is None:
                        marks[service] = self.mark(service)
                    elif self.reached(mark):
                        waiting.remove(service)
            time.sleep(0.1)
        return time.monotonic() - began
