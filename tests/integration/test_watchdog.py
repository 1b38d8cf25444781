"""A process that stands still ends, and one that can't be asked well says so."""

import subprocess
import sys

import pytest
from aiokafka.errors import KafkaConnectionError

from chassis.errors import BrokenInvariant
from chassis.metrics import Samples
from chassis.watchdog import STILL, Watchdog
from tests.integration.bench import record, running, until
from tests.integration.sample import Deposited

HERE, THERE = ("deposits.v1", 0), ("deposits.v1", 1)


@pytest.fixture
def watchdog():
    watchdog = Watchdog()
    yield watchdog
    watchdog.rest()


def test_records_that_wait_at_an_unmoved_position_end_the_process_in_time(watchdog):
    watchdog.see(0, {HERE: 5}, {HERE: 9})
    watchdog.see(STILL, {HERE: 5}, {HERE: 12})
    with pytest.raises(BrokenInvariant, match="deposits"):
        watchdog.see(STILL + 5, {HERE: 5}, {HERE: 12})
    assert STILL + 5 < 30


def test_a_position_that_moves_may_stay_behind_for_ever(watchdog):
    for look in range(20):
        watchdog.see(look * 5, {HERE: look}, {HERE: 1000})


def test_a_partition_without_waiting_records_may_stand_and_its_waiting_begins_with_the_next_record(watchdog):
    watchdog.see(0, {HERE: 9}, {HERE: 9, THERE: 0})
    watchdog.see(1000, {HERE: 9}, {HERE: 10, THERE: 1})
    watchdog.see(1000 + STILL, {HERE: 9}, {HERE: 10, THERE: 1})


def test_one_partition_that_stands_is_seen_beside_another_that_moves(watchdog):
    watchdog.see(0, {HERE: 1, THERE: 1}, {HERE: 9, THERE: 9})
    with pytest.raises(BrokenInvariant):
        watchdog.see(STILL + 1, {HERE: 2, THERE: 1}, {HERE: 9, THERE: 9})


def test_while_the_database_or_kafka_is_away_the_waiting_starts_anew(watchdog):
    watchdog.see(0, {HERE: 5}, {HERE: 9})
    watchdog.see(STILL - 1, {}, {})
    watchdog.see(STILL + 1, {HERE: 5}, {HERE: 9})


def test_a_blocked_loop_ends_its_process_with_a_trace_and_a_loop_that_turns_does_not():
    script = """
import asyncio, sys, time
from chassis import watchdog
watchdog.BLOCKED = 1

async def turn():
    dog = watchdog.Watchdog()
    for look in range(8):
        dog.see(look, {}, {})
        await asyncio.sleep(0.2)
    print("turned", flush=True)
    time.sleep(60)

asyncio.run(turn())
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode not in (0, -9)
    assert ended.stdout == "turned\n"
    assert "in turn" in ended.stderr


@pytest.mark.parametrize("seen_out", [True, False])
def test_a_process_that_is_to_end_ends_though_a_thread_would_keep_it(seen_out):
    script = f"""
import threading
from chassis import watchdog
watchdog.BLOCKED = 1
threading.Thread(target=threading.Event().wait, name="left behind").start()
if {seen_out}:
    watchdog.see_out()
"""
    kept = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)
    try:
        _, said = kept.communicate(timeout=30 if seen_out else 3)
        assert seen_out
        assert kept.returncode not in (0, -9)
        assert "in wait" in said
    except subprocess.TimeoutExpired:
        assert not seen_out
    finally:
        kept.kill()


@pytest.mark.integration
async def test_a_process_is_ready_with_its_database_kafka_and_an_outbox_that_drains_and_not_without(make_bench):
    bench, kafka_is_away = await make_bench(), False

    async def end_offsets():
        if kafka_is_away:
            raise KafkaConnectionError
        return {}

    async def checks():
        samples = Samples(bench.database, end_offsets)
        async with running(samples.run(reads=True)):
            await until(lambda: sampled(samples))
            return [name for name, fine in samples.checks.items() if not fine]

    async def sampled(samples):
        return len(samples.checks) == 3

    assert await checks() == []
    await (await bench.reading()).process([record("k", Deposited(amount=1), 0)])
    await bench.rows("update outbox set created_at = now() - interval '61 seconds' returning 1")
    assert await checks() == ["outbox"]
    kafka_is_away = True
    assert await checks() == ["kafka", "outbox"]
    await bench.database.close()
    assert await checks() == ["database", "kafka", "outbox"]
