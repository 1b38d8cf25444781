"""Records as they are on Kafka, read with the administrator's credentials and nothing of ours in between."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord

LIMIT = 60  # seconds

Raw = ConsumerRecord[bytes, bytes]
Place = tuple[str, int]


def ends(connection: Mapping[str, Any], names: Iterable[str]) -> dict[Place, int]:
    """The offset of the next record to come, per partition."""

    async def ask() -> dict[Place, int]:
        async with AIOKafkaConsumer(*names, **connection) as consumer:
            found = await consumer.end_offsets(consumer.assignment())
            return {(place.topic, place.partition): end for place, end in found.items()}

    return asyncio.run(asyncio.wait_for(ask(), LIMIT))


def read(
    connection: Mapping[str, Any], names: Iterable[str], since: Mapping[Place, int] | None = None, limit: float = LIMIT
) -> list[Raw]:
    """Every record up to the present end, in the order of each partition."""

    async def take() -> list[Raw]:
        async with AIOKafkaConsumer(*names, **connection) as consumer:
            assigned = consumer.assignment()
            for place in assigned:
                consumer.seek(place, (since or {}).get((place.topic, place.partition), 0))
            until = await consumer.end_offsets(assigned)
            found: list[Raw] = []
            while any([await consumer.position(place) < until[place] for place in assigned]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
            return found

    return asyncio.run(asyncio.wait_for(take(), limit))
