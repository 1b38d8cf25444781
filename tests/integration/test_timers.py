"""Timers: what is due comes once, after all that had been written before it fell due."""

import asyncio
import json

import pytest

from chassis.clock import Clock
from chassis.errors import Reject
from tests.integration.bench import SOME_ID, TOPIC, record, running, until
from tests.integration.sample import Befriend, Deposited, Forget, Remind, Tip

pytestmark = pytest.mark.integration


async def test_a_timer_comes_when_it_is_due_and_not_before(bench):
    timers = bench.timers()
    await bench.command("a", Remind(seconds=60))
    assert await timers.carry_due() == 0

    bench.time.pass_by(seconds=60)

    assert await timers.carry_due() == 1
    assert (await bench.account("a")).rung == (1,)
    assert await timers.carry_due() == 0


async def test_the_same_name_again_replaces_what_was_to_come(bench):
    timers = bench.timers()
    await bench.command("a", Remind(seconds=60, amount=1))
    await bench.command("a", Remind(seconds=120, amount=2))

    bench.time.pass_by(seconds=60)
    assert await timers.carry_due() == 0
    bench.time.pass_by(seconds=60)
    await timers.carry_due()

    assert (await bench.account("a")).rung == (2,)


async def test_a_cancelled_timer_never_comes_and_can_be_set_for_the_same_time_again(bench):
    timers = bench.timers()
    await bench.command("a", Remind(seconds=60, amount=1))
    await bench.command("a", Forget())
    bench.time.pass_by(seconds=30)
    await bench.command("a", Remind(seconds=30, amount=2))
    bench.time.pass_by(seconds=30)

    await timers.carry_due()

    assert (await bench.account("a")).rung == (2,)


async def test_one_cancelled_while_the_runner_waits_for_its_state_is_not_lost_when_set_again(bench):
    timers = bench.timers()
    await bench.command("a", Remind(seconds=60, amount=1))
    bench.time.pass_by(seconds=60)
    async with bench.database.runner() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("select from states for update")
        await connection.execute("delete from timers")
        ringing = asyncio.create_task(timers.carry_due())
        await until(bench.waiting_for_a_lock)
        await transaction.commit()
    await ringing
    assert (await bench.account("a")).rung == ()

    await bench.command("a", Remind(seconds=0, amount=2))  # the same name and time, so the same message
    await timers.carry_due()

    assert (await bench.account("a")).rung == (2,)


async def test_a_timer_comes_once_with_two_runners(make_bench):
    first, second = await make_bench(), await make_bench()
    for n in range(50):
        await first.command(f"k{n}", Remind(seconds=60))
    for each in (first, second):
        each.time.pass_by(seconds=60)

    async with running(first.timers().run(), second.timers().run()):
        await until(lambda: nothing_due(first))

    assert [each.rung for each in (await first.accounts()).values()] == [(1,)] * 50


async def nothing_due(bench) -> bool:
    return not await bench.value("select count(*) from timers")


async def test_timers_of_one_key_come_in_the_order_of_their_times(bench):
    await bench.rows(
        "insert into timers (kind, key, name, kommunenummer, due, told, message_id, type, body, happened_at, "
        "correlation, traceparent) select 'account', 'a', n::text, '3427', $1::timestamptz - n * interval '1 minute', "
        "false, gen_random_uuid(), 'timer.rung', jsonb_build_object('amount', n), $1, '', '' "
        "from generate_series(1, 3) n returning 1",
        bench.time.now,
    )

    await bench.timers().carry_due()

    assert (await bench.account("a")).rung == (3, 2, 1)


async def test_a_due_timer_waits_until_what_had_been_written_is_read(bench):
    consumer = await bench.reading()
    ends = {(TOPIC, 0): 2}
    timers = bench.timers(ends)
    await bench.command("a", Remind(seconds=60))
    bench.time.pass_by(seconds=60)
    assert await timers.carry_due() == 0

    await consumer.process([record("a", Deposited(amount=1), 0)])
    assert await timers.carry_due() == 0
    ends[TOPIC, 0] = 5  # what comes later doesn't hold it
    await consumer.process([record("a", Deposited(amount=2), 1)])

    assert await timers.carry_due() == 1
    assert ((await bench.account("a")).seen, (await bench.account("a")).rung) == ((1, 2), (1,))


async def test_one_that_falls_due_later_asks_anew_where_the_topics_end(bench):
    consumer = await bench.reading()
    ends = {(TOPIC, 0): 0, (TOPIC, 1): 0}
    timers = bench.timers(ends)
    await bench.command("a", Remind(seconds=60))
    bench.time.pass_by(seconds=60)
    assert await timers.carry_due() == 1

    ends[TOPIC, 0] = 1
    await bench.command("a", Remind(seconds=60))
    bench.time.pass_by(seconds=60)
    assert await timers.carry_due() == 0
    await consumer.process([record("b", Deposited(amount=1), 0)])

    assert await timers.carry_due() == 1


async def test_a_due_timer_waits_while_its_key_is_parked_and_others_do_not(bench):
    consumer = await bench.reading()
    for key in ("a", "b"):
        await bench.command(key, Remind(seconds=60))
    await consumer.process([record("a", Deposited(amount=-1), 0)])
    timers = bench.timers()
    bench.time.pass_by(seconds=60)

    await timers.carry_due()
    assert ((await bench.account("a")).rung, (await bench.account("b")).rung) == ((), (1,))

    await bench.rows("update dead_letters set record_value = $1 returning 1", b'{"amount": 1}')
    await bench.letters.replay("a", "ola")
    await timers.carry_due()
    assert (await bench.account("a")).rung == (1,)


async def test_told_messages_do_not_wait_for_kafka_and_keep_their_order_per_key(make_bench):
    first, second = await make_bench(), await make_bench()
    behind = {(TOPIC, 0): 10}
    for n in range(10):
        await first.command("teller", Tip(to=f"k{n % 3}", amounts=tuple(range(10 * n, 10 * n + 10))))

    async with running(first.timers(behind).run(), second.timers(behind).run()):
        await until(lambda: nothing_due(first))

    assert {k: a.seen for k, a in (await first.accounts()).items()} == {
        f"k{k}": tuple(x for n in range(10) if n % 3 == k for x in range(10 * n, 10 * n + 10)) for k in range(3)
    }


async def test_a_message_told_again_by_the_same_cause_is_the_same_message(bench):
    await bench.command("teller", Tip(to="a", amounts=(5,)), id=SOME_ID)
    await bench.timers().carry_due()
    await bench.rows("delete from inbox where id = $1 returning 1", SOME_ID)  # as after a restore

    await bench.command("teller", Tip(to="a", amounts=(5,)), id=SOME_ID)
    await bench.timers().carry_due()

    assert (await bench.account("a")).seen == (5,)


async def test_a_rejected_timer_is_a_dead_letter_and_can_be_replayed(bench):
    await bench.command("a", Remind(seconds=60, amount=-1))
    bench.time.pass_by(seconds=60)

    await bench.timers().carry_due()

    (letter,) = await bench.rows("select origin, parking_key, reason from dead_letters")
    assert (letter["origin"], letter["parking_key"]) == ("timer", "a")
    assert letter["reason"].startswith("negative")
    assert (await bench.letters.replay("a", "ola")).stopped_by == letter["reason"]
    await bench.rows(
        "update dead_letters set record_value = convert_to(replace(convert_from(record_value, 'utf8'), '-1', '1'), "
        "'utf8') returning 1"
    )
    assert (await bench.letters.replay("a", "ola")).handled == 1
    assert (await bench.account("a")).rung == (1,)


async def test_what_the_database_refuses_is_one_dead_letter_and_the_rest_comes(bench):
    for n in range(7):
        amount = 2**62 if n in {3, 5} else n
        await bench.command("teller", Tip(to=f"k{n}", amounts=(amount,)))
    for n in (3, 5):  # one more is past bigint
        await bench.command(f"k{n}", Deposited(amount=2**62))

    timers = bench.timers()
    while await timers.carry_due():
        pass

    assert {row["key"] for row in await bench.rows("select key from parked")} == {"k3", "k5"}
    assert [(await bench.account(f"k{n}")).seen for n in (0, 1, 2, 4, 6)] == [(0,), (1,), (2,), (4,), (6,)]
    assert await bench.value("select count(*) from timers") == 0


async def test_a_later_message_to_a_parked_key_waits_behind_the_one_that_failed(bench):
    await bench.command("teller", Tip(to="a", amounts=(1, -1, 2)))

    await bench.timers().carry_due()

    assert (await bench.account("a")).seen == (1,)
    letters = await bench.rows("select origin, reason is null as waits from dead_letters order by id")
    assert letters == [{"origin": "timer", "waits": False}, {"origin": "timer", "waits": True}]


async def test_a_runner_with_nothing_to_do_rests(bench):
    asked = []

    class Watched(Clock):
        def now(self):
            asked.append(1)
            return super().now()

    bench.clock.__class__ = Watched
    async with running(bench.timers().run()):
        await until(lambda: some(asked))
        before = len(asked)
        await asyncio.wait([asyncio.create_task(bench.database.rest("the test", 1))])
    assert len(asked) - before < 20


async def some(found) -> bool:
    return bool(found)


async def test_a_door_still_answers_for_a_key_that_is_parked(bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=-1), 0)])

    await bench.command("a", Befriend(friend="b"))
    with pytest.raises(Reject):
        await bench.command("a", Deposited(amount=-1))

    assert (await bench.account("a")).friend == "b"


@pytest.mark.parametrize(
    "spoilt", ['body = \'{"amount": "many"}\'', "type = 'timer.of_another_version'"], ids=["body", "type"]
)
async def test_a_timer_that_cannot_be_read_is_set_aside_with_what_comes_after_it_and_the_rest_comes(bench, spoilt):
    for key, amounts in (("a", (1, 2, 3)), ("b", (4,))):
        await bench.command("teller", Tip(to=key, amounts=amounts))
    await bench.rows(f"update timers set {spoilt} where id = 2 returning 1")
    timers = bench.timers()

    while await timers.carry_due():
        pass

    assert ((await bench.account("a")).seen, (await bench.account("b")).seen) == ((1,), (4,))
    letters = await bench.rows("select origin, parking_key, split_part(reason, ':', 1) as reason from dead_letters")
    assert [tuple(each.values()) for each in letters] == [("timer", "a", "invalid")]
    waiting = await bench.rows("select body::text from timers")  # behind its parked key
    assert [json.loads(each["body"])["amount"] for each in waiting] == [3]

    (letter,) = await bench.rows("select id, record_value from dead_letters")
    mended = json.loads(letter["record_value"]) | {"type": "tell.received", "data": {"amount": 2}}
    await bench.rows(
        "update dead_letters set record_value = convert_to($2, 'utf8') where id = $1", letter["id"], json.dumps(mended)
    )
    assert (await bench.letters.replay("a", "ola")).handled == 1
    while await timers.carry_due():
        pass
    assert (await bench.account("a")).seen == (1, 2, 3)
