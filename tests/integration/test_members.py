"""Two processes of one service on one real Kafka: whoever reads a record, it has one effect."""

import pytest

from chassis.listener import listen
from tests.integration.bench import record, running, until
from tests.integration.sample import Deposited
from tests.integration.wire import produce

pytestmark = pytest.mark.integration

KEYS, EACH = 30, 10


def deposits(turns: range):
    return [record(f"k{key}", Deposited(amount=turn), turn * KEYS + key) for turn in turns for key in range(KEYS)]


@pytest.mark.slow
async def test_a_member_that_joins_and_one_that_leaves_neither_lose_nor_double_a_record(
    make_bench, admin_kafka, make_topic
):
    first, second = await make_bench(), await make_bench()
    topic, group = make_topic(6), f"group-{first.urls.name}"
    one, other = first.consumer(), second.consumer()

    async def handled(turns: int) -> bool:
        return bool(await first.value("select coalesce(sum(next), 0) from positions") == turns * KEYS)

    async def shared() -> bool:
        return bool(one._next and other._next and not one._next.keys() & other._next.keys())

    async def the_others_alone() -> bool:
        return len(other._next) == 6

    await produce(admin_kafka, topic, deposits(range(3)))
    async with running(listen(admin_kafka, group, [topic], other)):
        async with running(listen(admin_kafka, group, [topic], one)):
            await until(shared)
            await produce(admin_kafka, topic, deposits(range(3, 6)))
            await until(lambda: handled(6))
            await produce(admin_kafka, topic, deposits(range(6, 8)))
        await produce(admin_kafka, topic, deposits(range(8, EACH)))
        await until(the_others_alone)
        await until(lambda: handled(EACH))

    assert {key: each.seen for key, each in (await first.accounts()).items()} == {
        f"k{key}": tuple(range(EACH)) for key in range(KEYS)
    }
    assert await first.rows("select * from dead_letters") == []
