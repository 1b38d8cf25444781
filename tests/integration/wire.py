"""Records on a real Kafka, by bare clients."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from chassis.broker import Kafka
from chassis.envelope import Record

LARGEST = 4 * 1024 * 1024  # bytes, where a test has raised the topic's limit


async def produce(kafka: Kafka, topic: str, records: Iterable[Record], *, as_placed: bool = False) -> None:
    """In order, to the partition of the key, or `as_placed` to that which the record says."""
    producer = AIOKafkaProducer(**kafka.aiokafka(), acks="all", linger_ms=5, max_request_size=LARGEST)
    await producer.start()
    try:
        for each in records:
            place = each.partition if as_placed else None
            await producer.send(topic, key=each.key, value=each.value, headers=list(each.headers), partition=place)
        await producer.flush()
    finally:
        await producer.stop()


async def read_all(kafka: Kafka, topic: str) -> list[ConsumerRecord]:
    """All that is on a topic now, partition by partition."""
    consumer = AIOKafkaConsumer(**kafka.aiokafka(), group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        await consumer.end_offsets([TopicPartition(topic, 0)])
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[ConsumerRecord] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                found += batch
        return found
    finally:
        await consumer.stop()


def by_key(records: Sequence[ConsumerRecord], header: str = "ce_sequence") -> Mapping[str, list[Any]]:
    """One header of each record, in the order of the wire, per key."""
    found: dict[str, list[Any]] = {}
    for each in records:
        found.setdefault(each.key.decode(), []).append(dict(each.headers)[header].decode())
    return found
