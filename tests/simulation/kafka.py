"""Topics in memory: what a broker has acknowledged, by partition, for ever."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from zlib import crc32

from chassis.envelope import Record
from tests.simulation.tables import Row

PARTITIONS = 2
Place = tuple[str, int]


@dataclass(slots=True)
class Kafka:
    logs: dict[Place, list[Record]] = field(default_factory=lambda: defaultdict(list))

    def places(self, topics: Iterable[str]) -> list[Place]:
        return [(topic, number) for topic in topics for number in range(PARTITIONS)]

    def ends(self, topics: Iterable[str]) -> dict[Place, int]:
        return {place: len(self.logs[place]) for place in self.places(topics)}

    def append(self, row: Row) -> None:
        """An outbox row, as the relay sends it."""
        headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
        self.put(row["topic"], row["key"].encode(), row["payload"], headers)

    def put(self, topic: str, key: bytes, value: bytes | None, headers: list[tuple[str, bytes | None]]) -> Record:
        place = topic, partition_of(key)
        record = Record(*place, len(self.logs[place]), key, value, headers)
        self.logs[place].append(record)
        return record


def partition_of(key: bytes) -> int:
    return crc32(key) % PARTITIONS
