"""FastStream's part: connection, group membership and batches of raw records; all else is `consumer`'s."""

import contextlib
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from chassis.broker import Kafka
from chassis.consumer import Consumer
from chassis.envelope import Record

BATCH = 2_000  # records
WAIT = 100  # milliseconds


async def listen(kafka: Kafka, group: str, topics: Sequence[str], consumer: Consumer) -> None:
    """Hand the topics' records to `consumer` until cancelled; raises what breaks it."""
    broker = KafkaBroker(
        kafka.bootstrap,
        security=kafka.faststream_security(),
        logger=None,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=15,
    )
    assignments = Assignments(consumer)
    subscriber = assignments.subscriber = broker.subscriber(
        *topics,
        batch=True,
        group_id=group,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        max_records=BATCH,
        batch_timeout_ms=WAIT,
        fetch_max_wait_ms=WAIT,
        parser=untouched,
        decoder=raw,
        listener=assignments,
    )

    @subscriber
    async def take(records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        await consumer.process([record_of(record) for record in records])
        ends = {TopicPartition(r.topic, r.partition): r.offset + 1 for r in records}
        if subscriber.consumer is not None:
            with contextlib.suppress(KafkaError):  # for lag tools: our own position stands in the database already
                await subscriber.consumer.commit(ends)

    await broker.start()
    try:
        await consumer.broken
    finally:
        await broker.stop()


class Assignments(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the consumer which Kafka client it seeks on; FastStream makes that client only when it starts."""

    subscriber: Any

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._consumer.on_assigned(self.subscriber.consumer, assigned)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._consumer.on_revoked(revoked)


async def untouched(records: tuple[ConsumerRecord[bytes, bytes], ...]) -> KafkaMessage:
    """FastStream's own parser decodes headers and bodies, and drops a batch in silence where one doesn't decode."""
    return KafkaMessage(
        body=b"", headers={}, raw_message=records, message_id="", correlation_id="", consumer=FAKE_CONSUMER
    )


async def raw(message: KafkaMessage) -> Any:
    return message.raw_message


def record_of(record: ConsumerRecord[bytes, bytes]) -> Record:
    return Record(record.topic, record.partition, record.offset, record.key, record.value, record.headers)
