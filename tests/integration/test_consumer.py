"""The consumer: each record its effect once, in order per key. Records come from the test, without a Kafka."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

import chassis.consumer
from chassis.errors import BrokenInvariant
from tests.integration.bench import SOME_ID, TOPIC, NoKafka, batches, record, until
from tests.integration.sample import Counted, Deposited

pytestmark = pytest.mark.integration


def deposits(subject: str, amounts, *, start: int = 0, partition: int = 0):
    return [record(subject, Deposited(amount=a), start + n, partition=partition) for n, a in enumerate(amounts)]


async def position(bench, partition: int = 0) -> int:
    return int(await bench.value("select next from positions where topic = $1 and partition = $2", TOPIC, partition))


async def test_records_have_their_effect_in_order_and_the_position_is_behind_them(bench):
    consumer = await bench.reading()

    for batch in batches(deposits("a", range(1, 11)), 3):
        await consumer.process(batch)

    assert (await bench.account("a")).seen == tuple(range(1, 11))
    assert await position(bench) == 10


async def test_duplicates_have_one_effect_in_a_batch_and_across_batches(bench):
    consumer = await bench.reading()
    twice = [record("a", Deposited(amount=5), offset, id=SOME_ID) for offset in range(3)]

    await consumer.process(twice[:2])
    await consumer.process([*twice[:2], twice[2]])

    assert (await bench.account("a")).seen == (5,)
    assert await position(bench) == 3
    assert not consumer.broken.done()


async def test_a_batch_that_comes_again_after_it_was_handled_is_left_alone(bench):
    consumer = await bench.reading()
    batch = deposits("a", [1, 2, 3])

    await consumer.process(batch)
    await consumer.process([*batch, *deposits("a", [4], start=3)])

    assert (await bench.account("a")).seen == (1, 2, 3, 4)


async def test_a_new_process_reads_on_where_the_effects_end(make_bench):
    first, second = await make_bench(), await make_bench()
    await (await first.reading()).process(deposits("a", [1, 2]))

    await (await second.reading()).process(deposits("a", [1, 2, 3]))

    assert (await second.account("a")).seen == (1, 2, 3)


async def test_a_position_that_another_has_moved_ends_the_process_before_it_writes(make_bench):
    late, other = await make_bench(), await make_bench()
    zombie = await late.reading()
    await (await other.reading()).process(deposits("a", [1, 2]))

    await zombie.process(deposits("a", [1]))
    await zombie.process(deposits("a", [1, 2, 3]))

    assert isinstance(zombie.broken.exception(), BrokenInvariant)
    assert (await late.account("a")).seen == (1, 2)
    assert await position(late) == 2


async def test_unknown_types_are_ignored_and_moved_past(bench):
    consumer = await bench.reading()

    await consumer.process([record("a", Counted(total=1), 0), *deposits("a", [5], start=1)])

    assert (await bench.account("a")).seen == (5,)
    assert await position(bench) == 2
    assert await bench.rows("select * from dead_letters") == []


async def test_unknown_fields_are_ignored(bench):
    consumer = await bench.reading()

    await consumer.process([replace(record("a", Deposited(amount=1), 0), value=b'{"amount": 5, "new": [1]}')])

    assert (await bench.account("a")).seen == (5,)


async def test_records_of_a_partition_that_is_not_assigned_any_more_are_left_to_others(bench):
    consumer = await bench.reading(0, 1)
    await consumer.on_revoked({(TOPIC, 1)})

    await consumer.process(deposits("a", [1]) + deposits("b", [1], partition=1))

    assert set(await bench.accounts()) == {"a"}
    assert await position(bench, 1) == 0


async def test_a_batch_whose_connection_is_lost_in_the_middle_is_done_again_as_a_whole(bench):
    consumer = await bench.reading()
    async with bench.database.runner() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("lock table outbox")
        working = asyncio.create_task(consumer.process(deposits("a", [1, 2, 3])))
        await until(bench.waiting_for_a_lock)
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'outbox'::regclass"
        )
        await until(lambda: not_ready(consumer))
        await transaction.commit()
    await working

    assert consumer.ready
    assert (await bench.account("a")).seen == (1, 2, 3)
    assert await bench.value("select count(*) from outbox") == 3


async def not_ready(consumer) -> bool:
    return not consumer.ready


async def test_a_revoke_waits_for_the_running_transaction(bench):
    consumer = await bench.reading()
    async with bench.database.runner() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("lock table outbox")
        working = asyncio.create_task(consumer.process(deposits("a", [1])))
        await until(bench.waiting_for_a_lock)
        revoking = asyncio.create_task(consumer.on_revoked({(TOPIC, 0)}))
        done, _ = await asyncio.wait([revoking], timeout=0.1)
        assert not done
        await transaction.commit()
    await revoking

    assert working.done()
    assert await position(bench) == 1


async def test_an_assignment_that_cannot_be_read_from_the_database_ends_the_process(bench, monkeypatch):
    monkeypatch.setattr(chassis.consumer, "HANDOVER", 0.1)
    consumer = bench.consumer()
    await bench.database.close()

    await consumer.on_assigned(NoKafka(), {(TOPIC, 0)})

    assert consumer.broken.exception() is not None
    assert not consumer.ready


async def test_an_event_of_another_municipality_than_its_keys_is_a_dead_letter(bench):
    consumer = await bench.reading()

    await consumer.process([*deposits("a", [1]), record("a", Deposited(amount=2), 1, of="5027", id=uuid4())])

    assert (await bench.account("a")).seen == (1,)
    assert (await bench.value("select reason from dead_letters")).startswith("another_municipality")


async def test_a_need_that_changes_is_held_anew_and_the_others_of_the_batch_are_not_lost(bench):
    """Whatever is in a batch, each record has its own effect: many keys, many partitions, one transaction."""
    consumer = await bench.reading(0, 1, 2)
    records = [r for p in range(3) for r in deposits(f"k{p}", [1, 2, 3], partition=p)]

    await consumer.process(records)

    assert {key: each.seen for key, each in (await bench.accounts()).items()} == {f"k{p}": (1, 2, 3) for p in range(3)}


async def test_a_topic_that_was_trimmed_past_our_position_is_read_on_from_its_beginning_and_alarmed(bench, capsys):
    class Trimmed(NoKafka):
        async def beginning_offsets(self, places):
            return dict.fromkeys(places, 7)

    await (await bench.reading()).process(deposits("a", [1, 2]))
    consumer = bench.consumer()

    await consumer.on_assigned(Trimmed(), {(TOPIC, 0)})
    await consumer.process(deposits("a", [8], start=7))

    assert "consumer.records_gone" in capsys.readouterr().out
    assert (await bench.account("a")).seen == (1, 2, 8)
    assert await position(bench) == 8


class Rewound(NoKafka):
    """A client that remembers where it was told to read on."""

    def __init__(self) -> None:
        self.sought: list[tuple[str, int, int]] = []

    def seek(self, place, offset: int) -> None:
        self.sought.append((*place, offset))


async def test_what_was_fetched_before_the_seek_is_not_taken_for_what_is_next(bench):
    """After a restore the group's committed offset is ahead of ours, and a client reads there until it is told."""
    consumer, kafka = bench.consumer(), Rewound()
    await consumer.on_assigned(kafka, {(TOPIC, 0), (TOPIC, 1)})
    ahead, right = deposits("a", range(3, 5), start=2), deposits("b", [1], partition=1)

    await consumer.process([*ahead, *right])
    assert kafka.sought[2:] == [(TOPIC, 0, 0)]
    assert (await position(bench, 0), await position(bench, 1)) == (0, 1)

    await consumer.process(deposits("a", range(1, 5)))
    assert (await bench.account("a")).seen == (1, 2, 3, 4)


async def test_records_that_are_gone_from_kafka_stop_nobody(bench):
    consumer, kafka = bench.consumer(), Rewound()
    await consumer.on_assigned(kafka, {(TOPIC, 0)})
    left = deposits("a", range(3, 5), start=2)

    await consumer.process(left)
    await consumer.process(left)

    assert (await bench.account("a")).seen == (3, 4)
    assert await position(bench) == 4


async def test_records_handed_over_twice_are_not_taken_for_a_topic_made_anew(bench):
    """What a client fetched before our seek it may fetch again after it."""
    consumer, records = await bench.reading(), [*deposits("a", [1, -1, 2]), *deposits("b", [3], start=3)]

    await consumer.process(records)
    await consumer.process(records)
    await consumer.process(records[1:3])

    assert await bench.value("select count(*) from dead_letters") == 2
    assert (await bench.account("b")).seen == (3,)
    assert await position(bench) == 4


async def test_what_was_fetched_from_behind_our_position_is_not_taken_for_a_topic_made_anew(bench):
    """A group's committed offset may lag behind ours, and a client reads there until it is told where we stand."""
    records = [*deposits("a", [1, -1, 2]), *deposits("b", [3], start=3)]
    await (await bench.reading()).process(records)
    consumer = bench.consumer()

    await consumer.on_assigned(NoKafka(), {(TOPIC, 0)})
    await consumer.process(records[:2])
    await consumer.process([*records[2:], *deposits("b", [4], start=4)])

    assert await bench.value("select count(*) from dead_letters") == 2
    assert (await bench.account("b")).seen == (3, 4)
    assert await position(bench) == 5


class Anew(NoKafka):
    """Deleted and made anew while nobody read: its end lies before where we had come to."""

    end = 2


async def test_a_topic_made_anew_while_we_were_away_is_read_from_its_beginning_and_alarmed(bench, capsys):
    await (await bench.reading()).process(deposits("a", [1, 2, 3, 4]))
    consumer = bench.consumer()

    await consumer.on_assigned(Anew(), {(TOPIC, 0)})
    await consumer.process([record("a", Deposited(amount=amount), amount - 5, id=uuid4()) for amount in (5, 6)])

    assert "consumer.records_gone" in capsys.readouterr().out
    assert (await bench.account("a")).seen == (1, 2, 3, 4, 5, 6)
    assert await position(bench) == 2


async def test_a_topic_made_anew_while_we_read_it_loses_no_record(bench, capsys):
    """The client finds its offset gone and begins anew by itself; the new topic soon is as long as the old one."""
    consumer = await bench.reading()
    await consumer.process(deposits("a", [1, 2, 3]))
    new = [record("a", Deposited(amount=amount), offset, id=uuid4()) for offset, amount in enumerate((4, 5, 6, 7))]

    await consumer.process(new[:2])
    assert (await bench.account("a")).seen == (1, 2, 3, 4, 5)
    await consumer.process(new[2:])

    assert "consumer.read_again" in capsys.readouterr().out
    assert (await bench.account("a")).seen == (1, 2, 3, 4, 5, 6, 7)
    assert await position(bench) == 4


async def test_records_read_again_from_before_our_position_have_no_second_effect(bench):
    consumer = await bench.reading()
    await consumer.process(deposits("a", [1, 2, 3]))

    await consumer.process(deposits("a", [1, 2]))
    await consumer.process(deposits("a", [4], start=3))

    assert (await bench.account("a")).seen == (1, 2, 3, 4)
    assert await position(bench) == 4


async def test_a_state_that_cannot_be_read_stops_its_own_key_and_the_others_go_on(bench):
    consumer = await bench.reading()
    await consumer.process([*deposits("bad", [1]), *deposits("good", [1], start=1)])
    kept = await bench.value("update states set data = '{\"format\": 99}' where key = 'bad' returning data::text")

    await consumer.process([*deposits("bad", [2, 3], start=2), *deposits("good", [2], start=4)])

    assert not consumer.broken.done()
    assert (await bench.account("good")).seen == (1, 2)
    assert await bench.value("select data::text from states where key = 'bad'") == kept
    letters = await bench.rows("select parking_key, reason from dead_letters order by id")
    assert [(each["parking_key"], (each["reason"] or "").partition(":")[0]) for each in letters] == [
        ("bad", "unreadable_state"),
        ("bad", ""),
    ]
