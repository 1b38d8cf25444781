"""What another system would run: aiokafka and `cloudevents`, and nothing of boligflyt.

Reads a JSON document from standard input: `connection` (aiokafka's arguments), `topic` and `group` to read, `reading`
and `writing` (topics to try) and `groups` (group names to try). Writes one: the events, and what was refused.
"""

import asyncio
import json
import sys
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from aiokafka.protocol.fetch import FetchRequest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent


async def read_all(connection: dict[str, Any], topic: str, group: str) -> list[dict[str, Any]]:
    consumer = AIOKafkaConsumer(topic, **connection, group_id=group, auto_offset_reset="earliest")
    await consumer.start()
    try:
        events: list[dict[str, Any]] = []
        while not (places := consumer.assignment()) or any(
            [await consumer.position(place) < end for place, end in (await consumer.end_offsets(places)).items()]
        ):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    message = KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value)
                    event = from_binary(message, JSONFormat(), CloudEvent)
                    events.append(
                        {
                            "attributes": {name: str(value) for name, value in event.get_attributes().items()},
                            "data": event.get_data(),
                            "key": record.key.decode(),
                        }
                    )
        return events
    finally:
        await consumer.stop()


async def may_read(connection: dict[str, Any], topics: list[str]) -> dict[str, str]:
    """The broker's own word on a fetch of each topic. A consumer would wait for good where it is told nothing."""
    client = AIOKafkaClient(**connection)
    await client.bootstrap()
    try:
        wanted = [(topic, [(0, 0, 1_000_000)]) for topic in topics]
        answer = await client.send(client.get_random_node(), FetchRequest(500, 1, 1_000_000, 0, wanted))
        return {
            topic: "refused" if code == TopicAuthorizationFailedError.errno else f"code {code}"
            for topic, [(_, code, *_)] in answer.topics
        }
    finally:
        await client.close()


async def may_write(connection: dict[str, Any], topic: str) -> str:
    producer = AIOKafkaProducer(**connection)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}", key=b"k")
        return "written"
    except TopicAuthorizationFailedError:
        return "refused"
    finally:
        await producer.stop()


async def may_join(connection: dict[str, Any], topic: str, group: str) -> str:
    consumer = AIOKafkaConsumer(topic, **connection, group_id=group)
    try:
        await consumer.start()
        await consumer.getmany(timeout_ms=3_000)
        return "joined"
    except GroupAuthorizationFailedError:
        return "refused"
    finally:
        await consumer.stop()


async def main(given: dict[str, Any]) -> dict[str, Any]:
    connection = given["connection"]
    return {
        "events": await read_all(connection, given["topic"], given["group"]),
        "reading": await may_read(connection, given["reading"]),
        "writing": {topic: await may_write(connection, topic) for topic in given["writing"]},
        "groups": {group: await may_join(connection, given["topic"], group) for group in given["groups"]},
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(asyncio.wait_for(main(json.load(sys.stdin)), 90))))
