"""The store: one transaction per message, on a real PostgreSQL."""

import asyncio
import json
from dataclasses import replace
from uuid import UUID

import pytest

from chassis.errors import BrokenInvariant, NotYours, Reject, Unreadable
from chassis.store import Store
from tests.integration import sample
from tests.integration.bench import GAULDAL, SOME_ID, TYNSET, Bench, message, until
from tests.integration.sample import BUG, Befriend, Deposited, Expired, Misplace, Share, Transfer

pytestmark = pytest.mark.integration


async def test_the_same_key_and_body_get_the_same_reply_and_one_effect(bench):
    first = await bench.command("a", Deposited(amount=5), id=SOME_ID)
    again = await bench.command("a", Deposited(amount=5), id=SOME_ID)

    assert first == again == {"total": 5}
    assert (await bench.account("a")).seen == (5,)
    assert await bench.value("select count(*) from outbox") == 1


async def test_the_same_key_with_another_body_is_a_422(bench):
    await bench.command("a", Deposited(amount=5), id=SOME_ID)

    with pytest.raises(Reject) as refused:
        await bench.command("a", Deposited(amount=6), id=SOME_ID)

    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")
    assert (await bench.account("a")).seen == (5,)


async def test_a_rejected_command_leaves_nothing_and_its_key_can_be_used_again(bench):
    with pytest.raises(Reject):
        await bench.command("a", Deposited(amount=-1), id=SOME_ID)

    assert await bench.rows("select * from inbox") == await bench.rows("select * from states") == []
    assert await bench.command("a", Deposited(amount=1), id=SOME_ID) == {"total": 1}


async def test_a_bug_in_a_decider_is_raised_as_it_is_and_nothing_is_stored(bench):
    with pytest.raises(ZeroDivisionError):
        await bench.command("a", Deposited(amount=BUG))

    assert await bench.rows("select * from inbox") == await bench.rows("select * from states") == []


async def test_no_update_is_lost_among_concurrent_commands_on_a_key_without_a_row(bench):
    replies = await asyncio.gather(*(bench.command("a", Deposited(amount=1)) for _ in range(20)))

    assert sorted(reply["total"] for reply in replies) == list(range(1, 21))
    assert (await bench.account("a")).total == 20


async def test_the_same_command_sent_many_times_at_once_has_one_effect_and_one_reply(bench):
    replies = await asyncio.gather(*(bench.command("a", Deposited(amount=1), id=SOME_ID) for _ in range(8)))

    assert replies == [{"total": 1}] * 8


async def test_what_handlers_go_by_is_read_in_their_own_transaction_before_they_hold_anything(bench):
    learned = []

    async def learn(connection):
        learned.append((connection.is_in_transaction(), await connection.fetchval("select count(*) from states")))

    store = Store(bench.database, bench.clock, replace(bench.store._wiring, learn=learn), sample.KINDS, sample.HANDLERS)
    for _ in range(2):
        await store.command(message("a", Deposited(amount=5)), request_hash=b"")
    assert learned == [(True, 0), (True, 1)]


async def test_events_carry_the_sequence_of_their_subject_in_order(bench):
    for amount in (1, 2, 3):
        await bench.command("a", Deposited(amount=amount))
    await bench.command("b", Deposited(amount=1))

    rows = await bench.rows("select key, headers from outbox order by id")
    assert [(row["key"], json.loads(row["headers"])["ce_sequence"]) for row in rows] == [
        ("a", "1"),
        ("a", "2"),
        ("a", "3"),
        ("b", "1"),
    ]


async def test_a_transfer_holds_both_accounts_so_that_opposite_ones_lose_nothing(bench):
    await bench.command("a", Deposited(amount=100))
    await bench.command("b", Deposited(amount=100))

    there = (bench.command("a", Transfer(to="b", amount=3)) for _ in range(10))
    back = (bench.command("b", Transfer(to="a", amount=2)) for _ in range(10))
    await asyncio.gather(*there, *back)

    assert ((await bench.account("a")).total, (await bench.account("b")).total) == (90, 110)


async def test_another_need_under_the_lock_starts_over_and_holds_the_right_key(bench):
    await bench.command("a", Befriend(friend="old"))
    async with bench.database.runner() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "update states set data = jsonb_set(data, '{friend}', '\"new\"') where key = 'a'",
        )
        sharing = asyncio.create_task(bench.command("a", Share(amount=7)))
        await until(bench.waiting_for_a_lock)
        await transaction.commit()

    assert await sharing == {"friend": "new"}
    assert (await bench.account("new")).total == 7
    assert await bench.account("old") is None


async def test_a_failure_in_needs_is_the_messages_own_and_not_the_process(bench):
    with pytest.raises(AttributeError):  # there is no account, so it has no friend
        await bench.command("a", Share(amount=7))

    assert await bench.rows("select * from states") == []


async def test_a_key_of_another_municipality_is_like_one_that_does_not_exist(bench):
    await bench.command("a", Deposited(amount=5))

    with pytest.raises(NotYours):
        await bench.command("a", Deposited(amount=1), of=GAULDAL)
    assert await bench.account("a", of=GAULDAL) is None
    assert (await bench.account("a")).total == 5


async def test_a_needed_key_of_another_municipality_is_not_held_either(bench):
    await bench.command("a", Deposited(amount=5))
    await bench.command("theirs", Deposited(amount=1), of=GAULDAL)

    with pytest.raises(NotYours):
        await bench.command("a", Transfer(to="theirs", amount=1))
    assert (await bench.account("theirs", of=GAULDAL)).total == 1


@pytest.mark.parametrize(("of", "seen"), [(TYNSET, ["a"]), (GAULDAL, ["b"]), ("", [])])
async def test_rows_are_those_of_one_municipality_and_none_without(bench, of, seen):
    await bench.command("a", Deposited(amount=5))
    await bench.command("b", Deposited(amount=5), of=GAULDAL)

    for sql in ("select account from accounts", "select key from states", "select distinct key from outbox"):
        assert [row[0] for row in await bench.store.rows(of, sql)] == seen


async def test_a_page_cannot_write_into_another_municipality(bench):
    sql = "insert into accounts (account, kommunenummer, total) values ('x', $1, 1) returning account"

    assert len(await bench.store.rows(TYNSET, sql, TYNSET)) == 1
    with pytest.raises(Exception, match="row-level security"):
        await bench.store.rows(TYNSET, sql.replace("'x'", "'y'"), GAULDAL)


async def test_projected_rows_follow_the_state_and_go_with_it(bench):
    await bench.command("a", Deposited(amount=5))
    await bench.command("a", Deposited(amount=6))
    assert await bench.rows("select * from accounts") == [{"account": "a", "kommunenummer": TYNSET, "total": 11}]

    await bench.command("a", Expired())

    assert await bench.rows("select * from accounts") == []
    assert await bench.account("a") is None


async def test_only_rows_that_differ_are_written(bench):
    await bench.command("a", Deposited(amount=5))
    before = await bench.rows("select ctid, xmin from accounts")

    await bench.command("a", Deposited(amount=0))

    assert await bench.rows("select ctid, xmin from accounts") == before
    assert (await bench.account("a")).seen == (5, 0)


async def test_a_rebuild_makes_the_projections_from_the_states_alone(bench):
    await bench.command("a", Deposited(amount=5))
    await bench.command("b", Deposited(amount=7), of=GAULDAL)
    await bench.command("c", Deposited(amount=1))
    await bench.command("c", Expired())
    clean = await bench.rows("select * from accounts order by account")
    await bench.rows("delete from accounts where account = 'a' returning 1")
    await bench.rows("update accounts set total = 0 returning 1")
    await bench.rows("insert into accounts values ('stray', '3427', 1) returning 1")

    assert await bench.store.rebuild() == 2

    assert await bench.rows("select * from accounts order by account") == clean


async def test_a_state_of_an_older_format_is_brought_up_when_it_is_read(bench):
    await bench.rows(
        "insert into states (kind, key, kommunenummer, data) values ('account', 'a', '3427', $1) returning 1",
        json.dumps({"format": 1, "sum": 40, "seen": [40]}),
    )
    assert (await bench.account("a")).total == 40

    assert await bench.command("a", Deposited(amount=2)) == {"total": 42}

    stored = json.loads(await bench.value("select data from states"))
    assert (stored["format"], stored["total"], "sum" in stored) == (2, 42, False)


async def test_a_key_returned_that_was_not_held_breaks_an_invariant(bench):
    with pytest.raises(BrokenInvariant):
        await bench.command("a", Misplace())

    assert await bench.rows("select * from states") == []


async def test_ids_made_while_deciding_come_out_the_same_again(make_bench):
    async def event_ids(bench: Bench) -> list[UUID]:
        await bench.command("a", Deposited(amount=5), id=SOME_ID)
        return [row["event_id"] for row in await bench.rows("select event_id from outbox")]

    bench = await make_bench()
    first = await event_ids(bench)
    await bench.rows("delete from inbox returning 1")
    await bench.rows("delete from outbox returning 1")

    assert await event_ids(bench) == first


async def test_a_rebuild_keeps_the_rows_of_a_key_that_comes_while_it_runs(make_bench):
    bench, writer = await make_bench(), await make_bench()
    await bench.command("a", Deposited(amount=5))
    async with bench.database.runner() as holder:
        held = holder.transaction()
        await held.start()
        await holder.execute("select from states where key = 'a' for update")
        rebuilding = asyncio.create_task(bench.store.rebuild())
        await until(writer.waiting_for_a_lock)
        writing = asyncio.create_task(writer.command("b", Deposited(amount=7)))
        await until(lambda: ended_or_queued(writing, holder))
        await held.commit()
    await asyncio.gather(rebuilding, writing)

    assert await bench.rows("select account, total from accounts order by account") == [
        {"account": "a", "total": 5},
        {"account": "b", "total": 7},
    ]


async def ended_or_queued(task: asyncio.Task, connection) -> bool:
    """It has ended, or stands behind somebody as the second one."""
    return task.done() or await connection.fetchval("select count(*) from pg_locks where not granted") > 1


async def test_a_rebuild_is_refused_where_a_state_cannot_be_read_and_the_rows_stay(bench):
    await bench.command("a", Deposited(amount=5))
    await bench.command("b", Deposited(amount=7))
    await bench.rows("update states set data = '{\"format\": 99}' where key = 'a' returning 1")

    with pytest.raises(Unreadable):
        await bench.store.rebuild()

    assert len(await bench.rows("select * from accounts")) == 2


async def test_a_state_that_cannot_be_read_is_a_500_for_its_own_command_and_left_out_of_lists(bench):
    await bench.command("a", Deposited(amount=5))
    await bench.command("b", Deposited(amount=7))
    await bench.rows("update states set data = '{\"format\": 99}' where key = 'a' returning 1")

    with pytest.raises(Reject, match="unreadable_state") as refused:
        await bench.command("a", Deposited(amount=1))

    assert refused.value.status == 500
    assert list(await bench.accounts()) == ["b"]
