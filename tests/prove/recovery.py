"""Whether a service has caught up with what there was at a moment: by our own queries and Kafka's own end offsets."""

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import psycopg
from confluent_kafka import Consumer, KafkaException, TopicPartition

from tests.e2e.waiting import READERS
from tests.prove.rig import Rig

Place = tuple[str, int]
LIMIT = 180.0  # seconds; who takes longer is stuck
NEXT = 20.0  # seconds that a next thing is waited for

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
        """Seconds from now until each has handled all that there is now; None if it is not within the limit.

        Where that is at once, as nothing waited: how long the next thing that came for it had to wait.
        """
        began, waiting = time.monotonic(), {service: _Waiting() for service in services}
        longest = 0.0
        while waiting:
            if time.monotonic() - began > LIMIT:
                return None
            for service, each in list(waiting.items()):
                with contextlib.suppress(psycopg.Error, KafkaException):
                    if self._caught_up(service, each, began):
                        longest = max(longest, time.monotonic() - each.since)
                        del waiting[service]
            time.sleep(0.1)
        return longest

    def _caught_up(self, service: str, each: "_Waiting", began: float) -> bool:
        """Handled what there was, and then sent what came of it."""
        if each.mark is None:
            each.mark, each.since = self.mark(service), began
        if not self.reached(each.mark):
            each.waited = True
            return False
        fresh = self.mark(service)
        if each.waited:
            done = each.sending
            each.mark, each.sending = replace(fresh, ends=each.mark.ends), True
            return done
        if time.monotonic() - began > NEXT:
            return True
        if fresh.ends != each.mark.ends:
            each.mark, each.since, each.waited = fresh, time.monotonic(), True
        return False


@dataclass(slots=True)
class _Waiting:
    """`since`: when what is waited for was there. `sending`: it is handled, and what came of it is on its way."""

    mark: Mark | None = None
    since: float = 0.0
    waited: bool = False
    sending: bool = False
