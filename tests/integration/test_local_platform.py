"""The local platform: what it gives, and that it leaves nothing behind however it ends."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from chassis.broker import Kafka
from demo.local import ChildDied, NotReady, Platform
from demo.local.children import Children
from demo.local.running import python_path
from tests.integration.traces import Traces, until

pytestmark = pytest.mark.integration

IDLE = "import signal; signal.pause()"
"""A program that does nothing until it is told to end."""
OWNER = """
import json, sys
from demo.local import Platform
with Platform() as platform:
    # A child that starts one of its own, out of its session.
    platform.spawn("helper", ["-c", "import os, signal; os.fork() or os.setsid(); signal.pause()"])
    print(json.dumps(str(platform.folder)), flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["normal", signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_the_owner_ends(end):
    owner = subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-c", OWNER],  # whatever this run itself was started deaf to
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": python_path()},
    )
    folder = Path(json.loads(owner.stdout.readline()))
    traces = Traces.of({owner.pid}, folder)
    assert len(traces.pids) > 8  # reaper, Kafka, issuer, PostgreSQL with its own, helper with its own
    assert len(traces.ports) == 4
    if end == "normal":
        owner.stdin.close()
    else:
        owner.send_signal(end)
    owner.wait(60)
    assert until(lambda: not traces.left()), traces.left()
    owner.stdout.close()
    owner.stdin.close()


def test_a_killed_child_is_noticed_and_named_whichever_it_is_and_nothing_is_left():
    before = set(psutil.Process().children())
    with Platform() as platform:
        helper = platform.spawn("helper", ["-c", IDLE])
        own = set(psutil.Process().children()) - before
        traces = Traces.of({process.pid for process in own}, platform.folder)
        (reaper,) = [process.pid for process in own if "reaper.py" in " ".join(process.cmdline())]
        victims = {
            "helper": helper.pid,
            "issuer": platform.issuer.child.pid,
            "kafka": platform.kafka.child.pid,
            "postgres": platform.postgres.child.pid,
            "opprydderen": reaper,
        }
        heard: list[ChildDied] = []
        platform.on_death(heard.append)
        for number, pid in enumerate(victims.values(), start=1):
            os.kill(pid, signal.SIGKILL)
            assert until(lambda number=number: len(heard) == number)
        assert [death.name for death in heard] == list(victims)
        with pytest.raises(ChildDied, match="helper stanset uventet av signal 9"):
            platform.check()
    assert not traces.left()


async def test_a_death_ends_the_waiting_for_one():
    async with Platform() as platform:
        helper = platform.spawn("helper", ["-c", IDLE])
        waiting = asyncio.create_task(platform.until_death())
        os.kill(helper.pid, signal.SIGKILL)
        assert (await asyncio.wait_for(waiting, 30)).name == "helper"


def test_a_child_that_was_told_to_end_is_no_death(platform: Platform):
    child = platform.spawn("told", ["-c", IDLE])
    first = child.pid
    child.kill()
    assert not child.alive
    child.start()
    child.restart()
    assert child.alive
    assert child.pid != first
    child.pause()
    assert until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_STOPPED)
    child.resume()
    child.terminate()
    assert not child.alive
    platform.check()


def test_a_child_that_fails_at_start_is_named_with_the_end_of_its_log():
    children = Children()
    try:
        log = children.folder / "failing.log"
        failing = children.spawn("failing", [sys.executable, "-c", "print('no disk'); raise SystemExit(3)"], log=log)
        with pytest.raises(ChildDied, match=r"failing stanset uventet med kode 3(.|\n)*no disk"):
            failing.until(lambda: False, 30)
        slow = children.spawn("slow", [sys.executable, "-c", IDLE])
        with pytest.raises(NotReady, match="slow ble ikke klar"):
            slow.until(lambda: False, 0.05)
    finally:
        children.close()


async def test_kafka_comes_back_on_the_same_port_with_its_records(platform: Platform, make_topic):
    topic, kafka = make_topic(1), platform.admin_kafka()
    async with AIOKafkaProducer(**kafka.aiokafka(), enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, b"before")
    await asyncio.to_thread(platform.kafka.restart)
    async with AIOKafkaConsumer(**kafka.aiokafka()) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        assert (await asyncio.wait_for(consumer.getone(), 30)).value == b"before"


async def test_postgresql_comes_back_on_the_same_port_with_what_was_committed(platform: Platform, database):
    connection = await asyncpg.connect(database.runners)
    assert await connection.fetchval("show fsync") == "on"
    assert await connection.fetchval("show synchronous_commit") == "on"
    await connection.execute("create table kept (word text)")
    await connection.execute("insert into kept values ('before')")
    await asyncio.to_thread(platform.postgres.restart)
    connection.terminate()
    connection = await asyncpg.connect(database.runners)
    assert await connection.fetchval("select word from kept") == "before"
    await connection.close()


async def test_no_role_of_a_service_is_above_row_level_security(platform: Platform):
    connection = await asyncpg.connect(platform.urls["intake"].runners)
    roles = await connection.fetch(
        "select rolname from pg_roles where rolcanlogin and not (rolbypassrls or rolsuper or rolcreaterole)"
    )
    await connection.close()
    names = {service.replace("-", "_") for service in platform.services}
    assert {row["rolname"] for row in roles} >= names | {f"{name}_pages" for name in names}


async def test_a_service_may_not_enter_the_database_of_another(platform: Platform):
    server, _, _ = platform.urls["intake"].pages.rpartition("/")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(f"{server}/notifications")


def test_each_service_is_told_all_that_it_asks_for(platform: Platform):
    for service in platform.services:
        package = service.replace("-", "_")
        asked = f"from chassis.settings import load; from {package}.settings import Settings; load(Settings)"
        environment = {"PYTHONPATH": python_path(), **platform.service_environment(service)}
        subprocess.run([sys.executable, "-c", asked], env=environment, check=True)


async def test_ends_of_topics_are_told_and_told_again_after_a_restart(platform, make_topic, admin_kafka: Kafka):
    first, second = make_topic(2), make_topic(1)
    try:
        assert await admin_kafka.end_offsets([first]) == {(first, 0): 0, (first, 1): 0}
        async with AIOKafkaProducer(**admin_kafka.aiokafka()) as producer:
            await producer.send_and_wait(first, b"one", partition=1)
        assert await admin_kafka.end_offsets([first, second]) == {(first, 0): 0, (first, 1): 1, (second, 0): 0}
        await asyncio.to_thread(platform.kafka.restart)
        assert await admin_kafka.end_offsets([first]) == {(first, 0): 0, (first, 1): 1}
    finally:
        await admin_kafka.close()
