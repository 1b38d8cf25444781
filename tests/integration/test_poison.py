"""One record that cannot be handled stops its own key alone, and its followers keep their order."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from chassis.envelope import LARGEST, Record
from chassis.listener import listen
from chassis.operations.content import Content
from tests.integration import wire
from tests.integration.bench import Bench, batches, record, running, until
from tests.integration.conftest import emptied
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


def with_header(name: str, value: bytes | None) -> Callable[[Record], Record]:
    return lambda good: replace(good, headers=[(n, value if n == name else v) for n, v in good.headers])


def with_value(value: bytes | None) -> Callable[[Record], Record]:
    return lambda good: replace(good, value=value)


def with_key(key: bytes | None) -> Callable[[Record], Record]:
    return lambda good: replace(good, key=key)


POISONS: dict[str, Callable[[Record], Record]] = {
    "a body that is no UTF-8": with_value(b'{"amount": 1, "note": "\xff\xfe"}'),
    "a body that is no JSON": with_value(b"\x00\x01"),
    "no body": with_value(None),
    "two megabytes": with_value(json.dumps({"amount": 1, "note": "x" * 2 * 1024 * 1024}).encode()),
    "a value of the wrong type": with_value(b'{"amount": "mye"}'),
    "a NUL": with_value(b'{"amount": 1, "note": "a\\u0000b"}'),
    "a number past bigint": with_value(json.dumps({"amount": 2**63}).encode()),
    "a header that is no UTF-8": with_header("ce_correlationid", b"\xff"),
    "a header with a NUL": with_header("ce_correlationid", b"a\x00b"),
    "a header without a value": with_header("ce_id", None),
    "the next major version": as_version_2,
    "a key that is no UTF-8": with_key(b"\xff\xfe"),
    "a key with a NUL": with_key(b"k\x0042"),
    "a key that no index holds": with_key(b"".join(b"%08x" % (n * 2654435761 % 2**32) for n in range(1000))),
    "no key": with_key(None),
    "what the decider rejects": with_value(b'{"amount": -1}'),
    "what the decider has a bug with": with_value(json.dumps({"amount": BUG}).encode()),
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


async def repaired(bench: Bench, key: str, good: Record) -> None:
    """An operator's correction of what stopped a key: whatever was wrong with it, it is as it should have been."""
    (stopped,) = await bench.rows("select id from dead_letters where parking_key = $1 and reason is not null", key)
    correct = Content(good.key, good.value, good.headers)
    done = await bench.letters.correct(stopped["id"], "ola", "feil hos avsenderen", lambda came: correct)
    assert (done.handled, done.stopped_by) == (EACH - FIFTH, None)


async def ended(bench: Bench) -> dict[str, object]:
    """States, projected rows, and the events of each key with their numbers, as they are in the end."""
    return {
        "states": await bench.rows("select key, data, sequences from states order by key"),
        "rows": await bench.rows("select * from accounts order by account"),
        "events": await bench.rows("select key, payload, headers->>'ce_sequence' as n from outbox order by key, id"),
        "parked": await bench.rows("select * from parked"),
    }


def fifth_of(records: Sequence[Record], key: str = POISONED) -> Record:
    return [each for each in records if each.key == key.encode()][FIFTH]


@pytest.fixture
async def clean_run(make_bench, migrated) -> dict[str, object]:
    """How it ends where nothing was ever wrong."""
    bench = await make_bench()
    await (await bench.reading(0, 1, 2)).process(thousand())
    found = await ended(bench)
    await emptied(migrated)
    return found


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
async def test_after_an_operators_correction_all_ends_as_in_a_clean_run(clean_run, bench, poison):
    consumer = await bench.reading(0, 1, 2)
    for batch in batches(poisoned(thousand(), poison), 170):
        await consumer.process(batch)

    await repaired(bench, POISONED, fifth_of(thousand()))

    assert await ended(bench) == clean_run


async def test_what_came_is_kept_beside_its_correction_to_the_byte(bench):
    consumer = await bench.reading(0, 1, 2)
    bad = replace(POISONS["a header that is no UTF-8"](fifth_of(thousand())), value=b"\x00\xff", key=None, offset=0)
    await consumer.process([bad])
    await repair_alone(bench, fifth_of(thousand()))

    came, counts = await bench.letters.content(1, "kari")

    assert (came.key, came.value, [*came.headers]) == (bad.key, bad.value, [*bad.headers])
    assert counts.value == fifth_of(thousand()).value


async def repair_alone(bench: Bench, good: Record) -> None:
    correct = Content(good.key, good.value, good.headers)
    assert (await bench.letters.correct(1, "ola", "feil", lambda came: correct)).handled == 1


async def test_where_neither_key_nor_subject_reads_that_record_alone_is_set_aside(bench):
    records = thousand()
    consumer = await bench.reading(0, 1, 2)
    unreadable = poisoned(records, lambda good: with_header("ce_subject", b"\xfe")(with_key(b"\xff")(good)))

    await consumer.process(unreadable)

    assert await bench.rows("select * from parked") == []
    (letter,) = await bench.rows("select parking_key, reason from dead_letters")
    assert (letter["parking_key"], letter["reason"].partition(":")[0]) == (None, "bad_header")
    without = amounts(POISONED)[:FIFTH] + amounts(POISONED)[FIFTH + 1 :]
    assert (await bench.account(POISONED)).seen == without

    await repair_alone(bench, fifth_of(records))

    assert sorted((await bench.account(POISONED)).seen) == list(amounts(POISONED))
    assert await bench.value("select total from accounts where account = $1", POISONED) == sum(amounts(POISONED))


async def test_a_nul_that_a_later_record_of_its_batch_would_overwrite_stops_its_key_as_well(bench):
    consumer = await bench.reading()
    hidden = POISONS["a NUL"](record("a", Deposited(amount=1), 0))

    await consumer.process([hidden, record("a", Deposited(amount=2, note="fine"), 1)])

    assert await bench.rows("select key from parked") == [{"key": "a"}]
    assert (
        await bench.value("select reason from dead_letters where id = 1") == "nul_character: innholdet har et NUL-tegn"
    )


@pytest.mark.parametrize("note", ["\\u0000", "C:\\\\u0000", "\\"])
async def test_a_backslash_before_u0000_is_no_nul(bench, note):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=1, note=note), 0)])
    assert (await bench.account("a")).note == note


async def test_a_record_as_large_as_a_broker_takes_by_default_is_handled(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=1, note="x" * (LARGEST - 2_000)), 0)])
    assert (await bench.account("a")).seen == (1,)


async def test_a_header_whose_name_holds_a_nul_can_wait_like_any_other(bench):
    """Jsonb would refuse the name, and with it the transaction that moves past the record, for ever."""
    consumer = await bench.reading()
    odd = record("a", Deposited(amount=2), 1)
    odd = replace(odd, headers=[*odd.headers, ("x\x00y", b"1")])

    await consumer.process([record("a", Deposited(amount=-1), 0), odd])

    assert not consumer.broken.done()
    good = record("a", Deposited(amount=1), 0)
    await bench.letters.correct(1, "ola", "feil", lambda came: Content(good.key, good.value, good.headers))
    assert (await bench.account("a")).seen == (1, 2)


async def test_a_letter_without_a_readable_municipality_belongs_to_that_of_its_key(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=1), 0)])
    await consumer.process([with_header("ce_kommunenummer", b"\xff")(record("a", Deposited(amount=2), 1))])
    assert await bench.rows("select kommunenummer from parked") == [{"kommunenummer": "3427"}]
    assert await bench.rows("select kommunenummer from dead_letters") == [{"kommunenummer": "3427"}]


async def test_a_key_that_is_parked_no_more_takes_its_next_record_at_once(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=-1), 0), record("a", Deposited(amount=2), 1)])
    await bench.letters.correct(1, "ola", "feil", lambda came: replace(came, value=b'{"amount": 1}'))

    await consumer.process([record("a", Deposited(amount=3), 2)])

    assert (await bench.account("a")).seen == (1, 2, 3)


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
async def test_the_same_holds_when_they_come_by_a_real_kafka(clean_run, bench, admin_kafka, make_topic):
    """FastStream decodes headers and bodies by itself, and would drop a batch in silence where one doesn't decode."""
    topic, records = make_topic(3, largest=wire.LARGEST), thousand()
    for number, poison in enumerate(POISONS.values()):
        records = poisoned(records, poison, f"k{number}")
    consumer = bench.consumer()

    async def moved_past_all() -> bool:
        return bool(await bench.value("select coalesce(sum(next), 0) from positions") == len(records))

    async with running(listen(admin_kafka, f"group-{topic}", [topic], consumer)):
        await produce(admin_kafka, topic, records, as_placed=True)
        await until(moved_past_all)

    found = {key: each.seen for key, each in (await bench.accounts()).items()}
    stopped = len(POISONS)
    assert found == {f"k{n}": amounts(f"k{n}")[:FIFTH] if n < stopped else amounts(f"k{n}") for n in range(KEYS)}
    for number in range(stopped):
        await repaired(bench, f"k{number}", fifth_of(thousand(), f"k{number}"))
    assert await ended(bench) == clean_run
