"""What any other system would write to subscribe: plain aiokafka and the `cloudevents` package, nothing of ours."""

from collections import Counter
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent


async def read_all(connection: dict[str, Any], topic: str, group: str) -> list[CloudEvent]:
    """All events of a topic up to its present end. `connection`: aiokafka's arguments with one's own credentials."""
    consumer = AIOKafkaConsumer(topic, **connection, group_id=group, auto_offset_reset="earliest")
    await consumer.start()
    try:
        events: list[CloudEvent] = []
        while not (places := consumer.assignment()) or any(
            [await consumer.position(place) < end for place, end in (await consumer.end_offsets(places)).items()]
        ):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                events += [event_of(record) for record in records]
        return events
    finally:
        await consumer.stop()


def event_of(record: ConsumerRecord[bytes, bytes]) -> CloudEvent:
    message = KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value or b"")
    return from_binary(message, JSONFormat(), CloudEvent)  # type: ignore[return-value]


def summary(events: list[CloudEvent]) -> Counter[tuple[str, str]]:
    """How many of each type and status."""
    return Counter((event.get_type(), event.get_data()["status"]) for event in events)  # type: ignore[index, call-overload]
