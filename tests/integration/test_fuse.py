"""When nearly everything fails it is we who are wrong: the process ends before it sets a whole topic aside."""

import pytest

from chassis.errors import BrokenInvariant
from chassis.fuse import allow
from tests.integration.bench import batches, record
from tests.integration.sample import BUG, Deposited

pytestmark = pytest.mark.integration

GOOD, REJECTED, ANOTHER = 1, -1, BUG  # amounts: taken, refused by the decider, a bug in it


def deposits(amounts, start: int = 0):
    """Each on a key of its own, so that none waits behind another."""
    return [record(f"k{start + n}", Deposited(amount=amount), start + n) for n, amount in enumerate(amounts)]


async def put_aside(bench) -> int:
    return await bench.value("select count(*) from dead_letters where reason is not null")


async def position(bench) -> int:
    return await bench.value("select next from positions")


async def test_the_twentieth_reject_in_a_row_of_one_kind_ends_the_process_before_its_batch_has_an_effect(bench):
    consumer = await bench.reading()
    await consumer.process(deposits([GOOD] * 5))

    await consumer.process(deposits([GOOD, *[REJECTED] * 20], start=5))

    assert isinstance(consumer.broken.exception(), BrokenInvariant)
    assert (await position(bench), await put_aside(bench)) == (5, 0)


async def test_a_process_that_is_started_again_goes_on_counting(make_bench):
    bench = await make_bench()
    await (await bench.reading()).process(deposits([REJECTED] * 19))
    again = await (await make_bench()).reading()

    await again.process(deposits([REJECTED], start=19))

    assert isinstance(again.broken.exception(), BrokenInvariant)
    assert (await position(bench), await put_aside(bench)) == (19, 19)


async def test_rejects_among_good_records_and_rejects_of_other_kinds_break_a_row(bench):
    consumer = await bench.reading()

    await consumer.process(deposits([*[REJECTED] * 19, GOOD, *[REJECTED] * 19, ANOTHER, *[REJECTED] * 19]))

    assert not consumer.broken.done()
    assert await put_aside(bench) == 58


async def test_more_than_half_of_the_last_200_ends_the_process_whatever_their_kinds(bench):
    consumer = await bench.reading()
    await consumer.process(deposits([GOOD, REJECTED] * 100))
    assert not consumer.broken.done()

    await consumer.process(deposits([REJECTED], start=200))

    assert isinstance(consumer.broken.exception(), BrokenInvariant)
    assert (await position(bench), await put_aside(bench)) == (200, 100)


async def test_what_waits_behind_a_parked_key_is_no_reject(bench):
    consumer = await bench.reading()
    await consumer.process([record("k", Deposited(amount=REJECTED), 0)])

    await consumer.process([record("k", Deposited(amount=GOOD), offset) for offset in range(1, 250)])

    assert not consumer.broken.done()
    assert await bench.value("select count(*) from dead_letters") == 250


async def test_a_person_who_knows_the_records_to_be_bad_lets_them_be_set_aside(make_bench):
    bench = await make_bench()
    broken = await bench.reading()
    await broken.process(deposits([REJECTED] * 30))
    assert broken.broken.exception()

    await allow(bench.database, 30, by="Kari")
    consumer = await bench.reading()
    for batch in batches(deposits([*[REJECTED] * 30, *[GOOD] * 10, *[REJECTED] * 19]), 8):
        await consumer.process(batch)
    assert not consumer.broken.done()
    assert await put_aside(bench) == 49

    await consumer.process(deposits([REJECTED], start=59))
    assert isinstance(consumer.broken.exception(), BrokenInvariant)
