"""What any other system would write to subscribe: plain aiokafka and the `cloudevents` package, nothing of ours."""

from collections import Counter

from aiokafka import AIOKafkaConsumer, TopicPartition
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent


async def read_all(connection: dict[str, object], topic: str, group: str) -> list[CloudEvent]:
    """All events of a topic up to its present end. `connection`: aiokafka's arguments with one's own credentials."""
    consumer = AIOKafkaConsumer(**connection, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        events: list[CloudEvent] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                events += [event_of(record) for record in records]
        return events
    finally:
        await consumer.stop()


def event_of(record: object) -> CloudEvent:
    headers = dict(record.headers)  # type: ignore[attr-defined]
    message = KafkaMessage(headers=headers, key=record.key, value=record.value)  # type: ignore[attr-defined]
    return from_binary(message, JSONFormat(), CloudEvent)


def summary(events: list[CloudEvent]) -> Counter[tuple[str, str]]:
    """How many of each type and status."""
    return Counter((event.get_type(), event.get_data()["status"]) for event in events)
