"""A writer whose database was restored goes on above what stands on its topics. Real Kafka and PostgreSQL."""

import json

import pytest

from chassis.floors import raised_floors
from tests.integration.bench import record
from tests.integration.sample import Counted, Deposited
from tests.integration.test_reconcile import send_all
from tests.integration.wire import produce, read_all

pytestmark = pytest.mark.integration


@pytest.fixture
async def writing(make_bench, make_topic):
    return await make_bench(counts_to=make_topic(2))


async def deposited(bench, subject: str, times: int) -> None:
    for _ in range(times):
        await bench.command(subject, Deposited(amount=1))


async def floors(bench, admin_kafka) -> dict[str, int]:
    found = await raised_floors(bench.database, admin_kafka, "sample", [bench.counts_to])
    bench.store._wiring.floors.update(found)
    return {subject: sequence for (_, subject), sequence in found.items()}


async def numbers(bench, subject: str) -> list[int]:
    rows = await bench.rows("select headers from outbox where key = $1 order by id", subject)
    return [int(json.loads(row["headers"])["ce_sequence"]) for row in rows]


async def lost(bench, kept: int) -> None:
    """As a base backup alone would have it: only the first events of each subject were ever decided."""
    await bench.rows("delete from outbox o where (headers->>'ce_sequence')::int > $1", kept)
    await bench.rows(
        "update sent set next = coalesce((select max(record_offset) + 1 from outbox o where o.topic = sent.topic "
        "and o.partition = sent.partition), 0)"
    )
    if kept:
        await bench.rows("update states set sequences = jsonb_build_object($1::text, $2::int)", bench.counts_to, kept)
    else:
        await bench.rows("delete from states")


async def test_a_restored_writer_names_no_event_by_a_number_that_was_heard(writing, admin_kafka):
    await deposited(writing, "a", 3)
    await send_all(writing, admin_kafka)
    await lost(writing, kept=1)

    assert await floors(writing, admin_kafka) == {"a": 3}
    await deposited(writing, "a", 2)

    assert await numbers(writing, "a") == [1, 4, 5]


async def test_also_of_a_subject_that_it_has_never_heard_of(writing, admin_kafka):
    await deposited(writing, "a", 2)
    await send_all(writing, admin_kafka)
    await lost(writing, kept=0)

    await floors(writing, admin_kafka)
    await deposited(writing, "a", 1)

    assert await numbers(writing, "a") == [3]


async def test_a_floor_stands_after_the_topics_were_looked_through(writing, admin_kafka):
    await deposited(writing, "a", 3)
    await send_all(writing, admin_kafka)
    await lost(writing, kept=1)

    assert await floors(writing, admin_kafka) == await floors(writing, admin_kafka) == {"a": 3}


async def test_where_nothing_was_lost_no_floor_is_raised(writing, admin_kafka):
    await deposited(writing, "a", 3)
    await send_all(writing, admin_kafka)

    assert await floors(writing, admin_kafka) == {}


async def test_a_relay_that_was_killed_before_it_numbered_its_rows_has_lost_nothing(writing, admin_kafka):
    await deposited(writing, "a", 3)
    await send_all(writing, admin_kafka)
    await writing.rows("update outbox set position = null, partition = null, record_offset = null")
    await writing.rows("delete from sent")

    assert await floors(writing, admin_kafka) == {}


async def test_what_others_say_on_the_same_topic_raises_none(writing, admin_kafka):
    await produce(admin_kafka, writing.counts_to, [record("a", Counted(total=1), 0)])  # source: bank

    assert await floors(writing, admin_kafka) == {}
    await deposited(writing, "a", 1)
    assert await numbers(writing, "a") == [1]


async def test_a_sent_event_knows_where_it_stands(writing, admin_kafka):
    for subject in "abcdef":
        await deposited(writing, subject, 3)
    await send_all(writing, admin_kafka)

    stands = {
        dict(r.headers)["ce_id"].decode(): (r.partition, r.offset)
        for r in await read_all(admin_kafka, writing.counts_to)
    }
    rows = await writing.rows("select event_id::text, partition, record_offset from outbox")
    assert {row["event_id"]: (row["partition"], row["record_offset"]) for row in rows} == stands
    ends = {partition: max(o for p, o in stands.values() if p == partition) + 1 for partition, _ in stands.values()}
    assert {row["partition"]: row["next"] for row in await writing.rows("select * from sent")} == ends


async def test_a_topic_made_anew_is_looked_through_from_its_beginning(writing, admin_kafka):
    """What we know of it lies past its end, so it says nothing of what stands there now."""
    await deposited(writing, "a", 3)
    await send_all(writing, admin_kafka)
    await lost(writing, kept=1)
    await writing.rows("update sent set next = 1000")

    assert await floors(writing, admin_kafka) == {"a": 3}
    assert {row["next"] for row in await writing.rows("select next from sent where next > 0")} == {3}
