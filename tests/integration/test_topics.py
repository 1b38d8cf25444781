"""Topics and access lists on a real broker: what topics.yaml grants works, all else is refused, and it can change."""

import asyncio
import json
import secrets
import subprocess
import sys

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from confluent_kafka.admin import AdminClient

from chassis.broker import Kafka
from chassis.topics import FAMILY, Subscriber, Topic, Topics
from chassis.topics.applying import Changed, OtherPartitions, apply
from demo.local import Platform

pytestmark = pytest.mark.integration

NOTHING = Changed([], [], 0, 0)


@pytest.fixture
def declared(admin_kafka: Kafka):
    """Topics of the test's own, beside those of topics.yaml; gone afterwards with their access."""
    mark = secrets.token_hex(4)
    topic = {"key": "case", "types": [], "partitions": 2, "retention_days": 1}
    declared = Topics(
        municipalities={"3427": "Tynset", "5027": "Midtre Gauldal"},
        topics={
            f"secret-{mark}.v1": Topic(**topic, writers=["writer"], readers=["reader"], classification="internal"),
            f"open-{mark}.{FAMILY}.v1": Topic(**topic, writers=["writer"], readers=[], classification="open"),
        },
        subscribers=[Subscriber(principal="stranger", topic=f"open-{mark}.5027.v1", group_prefix="stranger.")],
    )
    yield declared
    apply(admin_kafka, Topics(municipalities=declared.municipalities, topics=_ungranted(declared)))
    admin = AdminClient(admin_kafka.confluent())  # one that is let go ends what it was asked for
    for done in admin.delete_topics(list(declared.named)).values():
        done.result(30)


def _ungranted(declared: Topics) -> dict[str, Topic]:
    return {name: topic.model_copy(update={"writers": [], "readers": []}) for name, topic in declared.topics.items()}


@pytest.fixture
def users(declared: Topics, admin_kafka: Kafka):
    words = {name: secrets.token_hex(16) for name in ("writer", "reader", "stranger")}
    apply(admin_kafka, declared, words)
    return {name: Kafka(admin_kafka.bootstrap, name, word, admin_kafka.protocol) for name, word in words.items()}


async def send(kafka: Kafka, topic: str, *, idempotent: bool = True) -> None:
    async with AIOKafkaProducer(**kafka.aiokafka(), enable_idempotence=idempotent) as producer:
        await producer.send_and_wait(topic, b"{}", key=b"1")


async def read_one(kafka: Kafka, topic: str, group: str) -> bytes | None:
    reader = AIOKafkaConsumer(topic, **kafka.aiokafka(), group_id=group, auto_offset_reset="earliest")
    try:
        async with asyncio.timeout(30):
            await reader.start()
            value = (await reader.getone()).value
            await reader.commit()
            return value
    finally:
        await reader.stop()


async def test_a_writer_writes_and_a_reader_reads_under_its_own_group(declared, users):
    secret, *_ = declared.named
    await send(users["writer"], secret)
    assert await read_one(users["reader"], secret, "reader") == b"{}"


async def test_nobody_reads_or_writes_what_the_file_doesnt_grant(declared, users):
    secret, _, midtre_gauldal = declared.named
    tynset = midtre_gauldal.replace("5027", "3427")
    await send(users["writer"], midtre_gauldal)
    assert await read_one(users["stranger"], midtre_gauldal, "stranger.one") == b"{}"
    for topic in (secret, tynset):
        with pytest.raises(TopicAuthorizationFailedError):
            await read_one(users["stranger"], topic, "stranger.one")
    for topic in declared.named:
        with pytest.raises(TopicAuthorizationFailedError):
            await send(users["stranger"], topic, idempotent=False)
    with pytest.raises(GroupAuthorizationFailedError):
        await read_one(users["stranger"], midtre_gauldal, "reader")
    with pytest.raises(GroupAuthorizationFailedError):
        await read_one(users["reader"], secret, "another")
    with pytest.raises(TopicAuthorizationFailedError):
        await send(users["reader"], secret, idempotent=False)


def test_applying_again_changes_nothing(declared, users, admin_kafka: Kafka):
    assert apply(admin_kafka, declared) == NOTHING


def test_the_platforms_own_topics_are_those_of_the_file(platform: Platform, admin_kafka: Kafka):
    assert apply(admin_kafka, platform.topics) == NOTHING


async def test_access_that_the_file_no_longer_grants_is_taken_away(declared, users, admin_kafka: Kafka):
    secret, _, midtre_gauldal = declared.named
    without = declared.model_copy(update={"subscribers": []})
    assert apply(admin_kafka, without) == Changed([], [], 0, 2)  # its topic and its groups
    with pytest.raises(TopicAuthorizationFailedError):
        await read_one(users["stranger"], midtre_gauldal, "stranger.one")
    demoted = declared.topics[secret].model_copy(update={"readers": []})
    assert apply(admin_kafka, without.model_copy(update={"topics": {**declared.topics, secret: demoted}})).revoked
    with pytest.raises(TopicAuthorizationFailedError):
        await read_one(users["reader"], secret, "reader")
    await send(users["writer"], secret)


def test_what_belongs_to_other_systems_on_the_same_kafka_is_left_alone(declared, users, admin_kafka, platform):
    other = platform.topics.model_copy(update={"subscribers": []})
    assert apply(admin_kafka, other).revoked == 2 * len(platform.topics.subscribers)
    assert apply(admin_kafka, declared) == NOTHING
    assert apply(admin_kafka, platform.topics).granted == 2 * len(platform.topics.subscribers)


def test_retention_follows_the_file(declared, users, admin_kafka: Kafka):
    secret, *_ = declared.named
    longer = declared.topics[secret].model_copy(update={"retention_days": 3})
    changed = declared.model_copy(update={"topics": {**declared.topics, secret: longer}})
    assert apply(admin_kafka, changed) == Changed([], [secret], 0, 0)
    assert apply(admin_kafka, changed) == NOTHING


def test_the_number_of_partitions_of_a_standing_topic_is_never_changed(declared, users, admin_kafka: Kafka):
    secret, *_ = declared.named
    wider = declared.topics[secret].model_copy(update={"partitions": 3})
    with pytest.raises(OtherPartitions, match=f"{secret} har 2 partisjoner"):
        apply(admin_kafka, declared.model_copy(update={"topics": {**declared.topics, secret: wider}}))


def test_the_command_line_does_the_same(platform: Platform, admin_kafka: Kafka, tmp_path):
    password, words = tmp_path / "password", tmp_path / "words.json"
    password.write_text(admin_kafka.password)
    words.write_text(json.dumps({"intake": platform.kafka.passwords["intake"]}))
    options = ["--bootstrap", admin_kafka.bootstrap, "--username", admin_kafka.username, "--password-file", password]
    options += ["--protocol", admin_kafka.protocol, "--passwords", words]
    done = subprocess.run(
        [sys.executable, "-m", "chassis.topics", "apply", *options], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0 emner laget, 0 endret, 0 tilganger gitt, 0 fjernet"
