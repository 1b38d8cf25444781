"""One record that cannot be handled stops its own key alone, and its followers keep their order."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from chassis.envelope import Record
from chassis.listener import listen
from tests.integration.bench import batches, record, running, until
from tests.integration.sample import BUG, Deposited
from tests.integration.wire import produce

pytestmark = pytest.mark.integration

KEYS, EACH, FIFTH = 100, 10, 4
POISONED = "k42"


def as_version_2(good: Record) -> Record:
    headers = [
        (name, b"no.boligflyt.money.deposited.v2" if name == "ce_type" else value) for name, value in good.headers
    ]
    return replace(good, headers=headers)


def with_bad_header(good: Record) -> Record:
    return replace(good, headers=[(n, b"\xff" if n == "ce_correlationid" else v) for n, v in good.headers])


POISONS: dict[str, Callable[[Record], Record]] = {
    "a body that is no UTF-8": lambda good: replace(good, value=b'{"amount": 1, "note": "\xff\xfe"}'),
    "a body that is no JSON": lambda good: replace(good, value=b"\x00\x01"),
    "no body": lambda good: replace(good, value=None),
    "a header that is no UTF-8": with_bad_header,
    "a value of the wrong type": lambda good: replace(good, value=b'{"amount": "mye"}'),
    "the next major version": as_version_2,
    "a NUL": lambda good: replace(good, value=b'{"amount": 1, "note": "a\\u0000b"}'),
    "a number past bigint": lambda good: replace(good, value=json.dumps({"amount": 2**63}).encode()),
    "what the decider rejects": lambda good: replace(good, value=b'{"amount": -1}'),
    "what the decider has a bug with": lambda good: replace(good, value=json.dumps({"amount": BUG}).encode()),
}


def thousand() -> list[Record]:
    """1,000 good records on 100 keys, in turns, over three partitions."""
    offsets = [0, 0, 0]
    made = []
    for turn in range(EACH):
        for key in range(KEYS):
            partition = key % 3
            body = Deposited(amount=1000 * turn + key)
            made.append(record(f"k{key}", body, offsets[partition], partition=partition))
            offsets[partition] += 1
    return made


def poisoned(records: Sequence[Record], poison: Callable[[Record], Record], key: str = POISONED) -> list[Record]:
    fifth = [number for number, each in enumerate(records) if each.key == key.encode()][FIFTH]
    return [poison(each) if number == fifth else each for number, each in enumerate(records)]


def amounts(key: str) -> tuple[int, ...]:
    return tuple(1000 * turn + int(key[1:]) for turn in range(EACH))


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
async def test_the_other_99_keys_complete_and_the_poisoned_ones_followers_wait_in_order(bench, poison):
    consumer = await bench.reading(0, 1, 2)

    for batch in batches(poisoned(thousand(), poison), 170):
        await consumer.process(batch)

    assert not consumer.broken.done()
    found = {key: each.seen for key, each in (await bench.accounts()).items()}
    assert found.pop(POISONED) == amounts(POISONED)[:FIFTH]
    assert found == {f"k{n}": amounts(f"k{n}") for n in range(KEYS) if f"k{n}" != POISONED}
    waiting = await bench.rows("select reason, record_offset from dead_letters order by id")
    assert [row["reason"] is not None for row in waiting] == [True] + [False] * (EACH - FIFTH - 1)
    assert [row["record_offset"] for row in waiting] == sorted(row["record_offset"] for row in waiting)
    assert await bench.rows("select key from parked") == [{"key": POISONED}]


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
async def test_a_replay_that_still_fails_changes_nothing_and_says_why(bench, poison):
    consumer = await bench.reading(0, 1, 2)
    await consumer.process(poisoned(thousand(), poison))

    replayed = await bench.letters.replay(POISONED, "ola")

    assert replayed.handled == 0
    assert replayed.stopped_by
    assert (await bench.account(POISONED)).seen == amounts(POISONED)[:FIFTH]
    assert await bench.value("select count(*) from dead_letters where handled_at is null") == EACH - FIFTH


@pytest.mark.parametrize("size", [1000, 97])
async def test_after_the_writers_correction_a_replay_ends_where_a_clean_run_does(bench, size):
    clean = thousand()
    good = [each for each in clean if each.key == POISONED.encode()][FIFTH]
    consumer = await bench.reading(0, 1, 2)
    for batch in batches(poisoned(clean, POISONS["a body that is no UTF-8"]), size):
        await consumer.process(batch)
    await bench.rows("update dead_letters set record_value = $1 where reason is not null returning 1", good.value)

    assert (await bench.letters.replay(POISONED, "ola")).handled == EACH - FIFTH

    assert {key: each.seen for key, each in (await bench.accounts()).items()} == {
        f"k{n}": amounts(f"k{n}") for n in range(KEYS)
    }
    assert await bench.rows("select * from parked") == []
    sequences = await bench.rows("select headers->>'ce_sequence' as n from outbox where key = $1 order by id", POISONED)
    assert [row["n"] for row in sequences] == [str(n) for n in range(1, EACH + 1)]


async def test_a_key_that_is_parked_no_more_takes_its_next_record_at_once(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=-1), 0), record("a", Deposited(amount=2), 1)])
    await bench.rows("update dead_letters set record_value = $1 where id = 1 returning 1", b'{"amount": 1}')
    await bench.letters.replay("a", "ola")

    await consumer.process([record("a", Deposited(amount=3), 2)])

    assert (await bench.account("a")).seen == (1, 2, 3)


async def test_a_record_without_a_key_is_a_dead_letter_that_parks_its_subject(bench):
    consumer = await bench.reading()

    await consumer.process(
        [replace(record("a", Deposited(amount=1), 0), key=None), record("a", Deposited(amount=2), 1)]
    )

    assert await bench.rows("select key from parked") == [{"key": "a"}]
    assert await bench.rows("select * from states") == []


async def test_several_poisons_in_one_batch_stop_one_key_each(bench):
    records = thousand()
    for number, poison in enumerate(POISONS.values()):
        records = poisoned(records, poison, f"k{number}")
    consumer = await bench.reading(0, 1, 2)

    await consumer.process(records)

    stopped = {row["key"] for row in await bench.rows("select key from parked")}
    assert stopped == {f"k{number}" for number in range(len(POISONS))}
    done = {key for key, each in (await bench.accounts()).items() if each.seen == amounts(key)}
    assert len(done) == KEYS - len(POISONS)


@pytest.mark.slow
async def test_the_same_holds_when_they_come_by_a_real_kafka(bench, admin_kafka, make_topic):
    """FastStream decodes headers and bodies by itself, and would drop a batch in silence where one doesn't decode."""
    topic, records = make_topic(3), thousand()
    for number, poison in enumerate(POISONS.values()):
        records = poisoned(records, poison, f"k{number}")
    consumer = bench.consumer()

    async def moved_past_all() -> bool:
        return bool(await bench.value("select coalesce(sum(next), 0) from positions") == len(records))

    async with running(listen(admin_kafka, f"group-{topic}", [topic], consumer)):
        await produce(admin_kafka, topic, records)
        await until(moved_past_all)

    found = {key: each.seen for key, each in (await bench.accounts()).items()}
    assert found == {f"k{n}": amounts(f"k{n}")[:FIFTH] if n < len(POISONS) else amounts(f"k{n}") for n in range(KEYS)}
