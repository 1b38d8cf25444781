"""What was kept for long enough goes; what is still to be done stays, however old it is."""

import pytest

from chassis.pruning import prune
from tests.integration.bench import record
from tests.integration.sample import Deposited

pytestmark = pytest.mark.integration

LONG_AGO = """
update inbox set claimed_at = claimed_at - interval '91 days';
update outbox set created_at = created_at - interval '731 days';
update calls set closed_at = closed_at - interval '731 days', created_at = created_at - interval '731 days';
update dead_letters set arrived_at = arrived_at - interval '731 days', handled_at = handled_at - interval '731 days';
"""
LEFT = """
select (select count(*) from inbox) as inbox, (select count(*) from outbox) as outbox,
       (select count(*) from calls) as calls, (select count(*) from dead_letters) as letters
"""
CALL = """
insert into calls (key, kind, state_key, kommunenummer, destination, ref, status, closed_at, correlation, traceparent)
select gen_random_uuid(), 'account', 'a', '3427', 'bank', '{}', status, closed_at, '', ''
from (values ('open', null), ('accepted', now())) as each(status, closed_at)
"""


async def left(bench) -> dict[str, int]:
    return dict((await bench.rows(LEFT))[0])


@pytest.fixture
async def lived(bench):
    """Two sent events and one unsent, an open call and a closed one, a settled letter and one that waits."""
    consumer = await bench.reading(0)
    await consumer.process([record(key, Deposited(amount=1), at) for at, key in enumerate("abc")])
    await bench.rows(
        "update outbox set position = id where id in (select id from outbox order by id limit 2) returning 1"
    )
    await consumer.process([record("d", Deposited(amount=-1), 3), record("e", Deposited(amount=-1), 4)])
    await bench.rows("update dead_letters set handled_at = now() where parking_key = 'd' returning 1")
    async with bench.database.runner() as connection:
        await connection.execute(CALL)
    return bench


async def test_nothing_goes_before_its_time(lived):
    before = await left(lived)

    assert set((await prune(lived.database, 90, 730)).values()) == {0}
    assert await left(lived) == before


async def test_what_is_old_and_settled_goes_and_what_is_to_be_done_stays(lived, monkeypatch):
    monkeypatch.setattr("chassis.pruning.AT_ONCE", 1)
    before = await left(lived)
    async with lived.database.runner() as connection:
        await connection.execute(LONG_AGO)

    gone = await prune(lived.database, 90, 730)

    assert gone == {"inbox": before["inbox"], "outbox": 2, "calls": 1, "dead_letters": 1}
    assert await left(lived) == {"inbox": 0, "outbox": before["outbox"] - 2, "calls": 1, "letters": 1}


async def test_a_subject_counts_on_when_its_events_are_gone(lived):
    async with lived.database.runner() as connection:
        await connection.execute(LONG_AGO)
    await prune(lived.database, 90, 730)
    consumer = await lived.reading(0)
    await consumer.process([record("a", Deposited(amount=2), 5)])

    (row,) = await lived.rows("select headers->>'ce_sequence' as number from outbox where key = 'a'")
    assert row["number"] == "2"
