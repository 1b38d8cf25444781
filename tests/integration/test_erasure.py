"""What an erasure takes with it: all that waits for its key, ahead of it, and all that comes late."""

import asyncio
from dataclasses import replace
from uuid import uuid5

import pytest

from chassis.errors import Reject
from chassis.outputs import Answer
from chassis.relay import NUMBER
from tests.integration.bench import SOME_ID, TOPIC, record, running, until
from tests.integration.sample import Account, Closed, Deposited, Pay, Remind, Tip, Transfer

pytestmark = pytest.mark.integration


class Bank:
    """Takes whatever it is sent, when it is let."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, call) -> Answer:
        self.sent += 1
        return Answer("accepted", {"note": "secret"})


def unreadable(subject: str, offset: int):
    return replace(record(subject, Deposited(amount=1), offset), value=b'{"amount": "secret"}')


async def a_parked_account(bench, key: str = "a"):
    """With a state, a letter that can't be read, two records that wait, a timer, a told message and an open call."""
    consumer = await bench.reading()
    await bench.command(key, Remind(seconds=60))
    await bench.command(key, Pay())
    await bench.command("b", Tip(to=key, amounts=(7,)))
    told = [record(key, Deposited(amount=n + 1, note="secret"), n) for n in (0, 2, 3)]
    await consumer.process([told[0], unreadable(key, 1), *told[1:]])
    assert await bench.value("select count(*) from dead_letters where parking_key = $1", key) == 3
    return consumer


async def rows_with(bench, text: str) -> dict[str, int]:
    """Per table, the rows that hold a text anywhere."""
    tables = [row["t"] for row in await bench.rows("select tablename t from pg_tables where schemaname = 'public'")]
    found = {}
    for table in tables:
        columns = "encode(payload, 'escape') || o::text" if table == "outbox" else "o::text"
        if table == "dead_letters":
            columns = "encode(record_value, 'escape') || o::text"
        found[table] = await bench.value(f"select count(*) from {table} o where {columns} like '%' || $1 || '%'", text)
    return {table: count for table, count in found.items() if count}


async def all_sent(bench) -> None:
    """As the relay numbers what Kafka has taken."""
    ids = [row["id"] for row in await bench.rows("select id from outbox order by id")]
    async with bench.database.runner() as connection:
        await connection.execute(NUMBER, ids, bench.counts_to, 0, 0)


async def test_an_erasure_passes_its_parked_key_and_takes_all_that_waits_with_it(bench):
    consumer = await a_parked_account(bench)
    await all_sent(bench)

    await consumer.process([record("a", Closed(), 5)])

    assert await bench.account("a") == Account(note="closed")
    assert await rows_with(bench, "secret") == {}
    for table, key in (("timers", "key"), ("calls", "state_key"), ("dead_letters", "parking_key"), ("parked", "key")):
        assert await bench.value(f"select count(*) from {table} where {key} = 'a'") == 0, table


async def test_the_ids_of_what_is_taken_away_unread_are_claimed_so_that_reconciliation_misses_nothing(bench):
    consumer = await a_parked_account(bench)

    await consumer.process([record("a", Closed(), 5)])

    for offset in range(4):
        id = uuid5(SOME_ID, f"{TOPIC}:0:{offset}")
        assert await bench.value("select count(*) from inbox where id = $1", id) == 1, offset


async def test_in_one_batch_what_stands_before_it_goes_and_what_comes_after_has_no_effect(bench):
    consumer = await bench.reading()
    good = [record("a", Deposited(amount=n), n) for n in (0, 2, 4)]

    await consumer.process(
        [good[0], unreadable("a", 1), good[1], record("a", Closed(), 3), good[2], unreadable("a", 5)]
    )

    assert await bench.account("a") == Account(note="closed")
    assert await bench.rows("select * from dead_letters") == []
    assert await bench.rows("select * from parked") == []
    assert await bench.value("select next from positions") == 6


async def test_nothing_that_comes_late_has_an_effect_or_is_kept(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Closed(), 0)])

    late = [unreadable("a", 1), record("a", Deposited(amount=1, note="secret"), 2), record("b", Deposited(amount=5), 3)]
    await consumer.process(late)
    await bench.command("b", Tip(to="a", amounts=(3,)))
    while await bench.timers().carry_due():
        pass

    assert await bench.account("a") == Account(note="closed")
    assert (await bench.account("b")).total == 5
    assert await rows_with(bench, "secret") == {}
    assert await bench.rows("select * from parked") == []


async def test_a_command_to_an_erased_key_is_refused_as_gone(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Closed(), 0)])

    with pytest.raises(Reject, match="slettet") as refused:
        await bench.command("a", Remind(seconds=1))

    assert refused.value.status == 410
    assert await bench.rows("select * from timers") == []


async def test_one_who_needs_an_erased_key_sees_the_state_that_stayed(bench):
    consumer = await bench.reading()
    await bench.command("b", Remind(seconds=1))
    await consumer.process([record("a", Closed(), 0)])

    with pytest.raises(Reject, match="dekning"):
        await bench.command("b", Transfer(to="a", amount=10))


async def test_what_is_told_onwards_passes_parked_keys_too_and_is_told_back(bench):
    consumer = await a_parked_account(bench, "heir")
    await consumer.process([unreadable("a", 5), record("a", Closed(heirs=("heir", "other")), 6)])

    while await bench.timers().carry_due():
        pass

    assert await bench.accounts() == {"a": Account(note="closed", answers=("heir", "other"))}
    assert await bench.rows("select key from states where erased order by key") == [
        {"key": "a"},
        {"key": "heir"},
        {"key": "other"},
    ]
    assert await bench.rows("select * from parked") == []
    assert await bench.rows("select * from timers") == []


async def test_what_passes_is_not_lost_to_another_erasure_of_the_same_key(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Closed(heirs=("x",)), 0), record("b", Closed(heirs=("x",)), 1)])

    while await bench.timers().carry_due():
        pass

    assert [(await bench.account(key)).answers for key in "ab"] == [("x",), ("x",)]


async def test_an_erasure_that_fails_takes_nothing_and_waits_in_its_turn(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=1, note="låst"), 0), unreadable("a", 1)])

    await consumer.process([record("a", Closed(), 2), record("a", Deposited(amount=2), 3)])

    assert (await bench.account("a")).seen == (1,)
    assert [row["record_offset"] for row in await bench.rows("select record_offset from dead_letters order by id")] == [
        1,
        2,
        3,
    ]


async def test_a_replay_may_come_to_an_erasure_and_ends_with_it(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=1, note="låst"), 0), record("a", Closed(), 1)])
    await bench.rows("update states set data = jsonb_set(data, '{note}', '\"\"') returning 1")
    await consumer.process([record("a", Deposited(amount=2), 2)])

    replayed = await bench.letters.replay("a", "ola")

    assert (replayed.handled, replayed.stopped_by) == (1, None)
    assert await bench.account("a") == Account(note="closed")
    assert await bench.rows("select * from dead_letters") == []


async def test_an_answer_that_was_on_its_way_brings_nothing_back(bench):
    consumer, bank = await bench.reading(), Bank()
    calls = bench.calls(bank)
    await bench.command("a", Pay())
    async with running(calls.run()):
        await until(lambda: bench.value("select count(*) from destinations"))
        await until(lambda: bench.value("select count(*) from calls where status = 'accepted'"))
    await bench.command("a", Pay(bill="power"))
    taken = await calls.take("bank")
    await consumer.process([record("a", Closed(), 0)])

    await calls.carry(taken)

    assert bank.sent == 2
    assert await bench.account("a") == Account(note="closed")
    assert await bench.rows("select * from calls") == []


async def test_an_event_that_kafka_lacks_is_sent_whole_and_says_nothing_afterwards(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=1, note="secret"), 0), record("b", Deposited(amount=2), 1)])
    await consumer.process([record("a", Closed(), 2)])

    assert await rows_with(bench, "secret") == {"outbox": 1}
    await all_sent(bench)

    assert await rows_with(bench, "secret") == {}
    kept = await bench.rows("select key, erased, length(payload) > 0 as told, headers->>'ce_sequence' n from outbox")
    assert sorted(tuple(row.values()) for row in kept) == [("a", True, False, "1"), ("b", False, True, "1")]


async def test_an_erasure_waits_for_a_replay_of_its_key_and_holds_no_state_meanwhile(bench):
    consumer = await a_parked_account(bench)
    async with bench.database.runner() as connection:
        replay = connection.transaction()
        await replay.start()
        await connection.execute("select from parked where key = 'a' for update")
        erasing = asyncio.ensure_future(consumer.process([record("a", Closed(), 5)]))
        await until(bench.waiting_for_a_lock)

        assert await connection.fetch("select key from states where key = 'a' for update nowait")

        await replay.rollback()
        await erasing
    assert await bench.rows("select key from states where erased") == [{"key": "a"}]


async def test_a_waiting_record_with_a_nul_in_a_headers_name_goes_like_any_other(bench):
    consumer = await bench.reading()
    odd = record("a", Deposited(amount=2), 1)
    odd = replace(odd, headers=[*odd.headers, ("x\x00y", b"1")])
    await consumer.process([unreadable("a", 0), odd])

    await consumer.process([record("a", Closed(), 2)])

    assert await bench.rows("select * from dead_letters") == []
    assert await bench.rows("select * from parked") == []
    claimed = await bench.rows("select id::text from inbox")
    assert dict(odd.headers)["ce_id"].decode() in {row["id"] for row in claimed}


async def test_an_erased_keys_event_that_kafka_refused_is_given_up(bench):
    await bench.command("a", Deposited(amount=1, note="secret"))
    await bench.command("a", Deposited(amount=2))
    await bench.rows("update outbox set refused = 'MessageSizeTooLargeError' where id = 1 returning 1")

    await (await bench.reading()).process([record("a", Closed(), 0)])

    rows = await bench.rows("select given_up, payload = '' as empty from outbox order by id")
    assert rows == [{"given_up": True, "empty": True}, {"given_up": False, "empty": False}]
