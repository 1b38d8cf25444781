"""What a reader notices of sequences: gaps and steps back; nothing is dropped for their sake."""

from dataclasses import replace

import pytest

from tests.integration.bench import SOME_ID, record
from tests.integration.sample import Counted, Deposited

pytestmark = pytest.mark.integration


def numbered(sequence: bytes | int | None, offset: int, subject: str = "a", body=None, **given):
    """A record with that sequence in its header, or with none."""
    made = record(subject, body or Deposited(amount=1), offset, **given)
    text = str(sequence).encode() if isinstance(sequence, int) else sequence
    headers = [(name, text if name == "ce_sequence" else value) for name, value in made.headers]
    return replace(made, headers=headers)


async def breaks(bench) -> list[tuple[int, int, int]]:
    rows = await bench.rows("select record_offset, expected, found from sequence_breaks order by id")
    return [tuple(row.values()) for row in rows]


async def test_a_gap_is_noticed_and_the_event_is_handled(bench):
    await (await bench.reading()).process([numbered(1, 0), numbered(2, 1), numbered(5, 2), numbered(6, 3)])

    assert await breaks(bench) == [(2, 3, 5)]
    assert len((await bench.account("a")).seen) == 4


async def test_a_new_event_with_a_number_from_before_is_a_step_back(bench):
    consumer = await bench.reading()
    await consumer.process([numbered(1, 0), numbered(2, 1)])
    await consumer.process([numbered(2, 2), numbered(3, 3)])

    assert await breaks(bench) == [(2, 3, 2)]
    assert len((await bench.account("a")).seen) == 4


async def test_the_same_event_again_is_none_also_under_a_higher_number(bench):
    """A relay that was killed sends again as it was; a restored writer decides again and goes on above."""
    consumer = await bench.reading()
    await consumer.process([numbered(1, 0), numbered(2, 1, id=SOME_ID)])
    await consumer.process([numbered(2, 2, id=SOME_ID), numbered(3, 3, id=SOME_ID), numbered(4, 4)])

    assert await breaks(bench) == []


async def test_each_writer_topic_and_subject_counts_by_itself(bench):
    other = [numbered(9, 3, "b"), numbered(10, 4, "b"), numbered(7, 5, topic="other.v1")]
    other[2] = replace(
        other[2], topic="deposits.v1", headers=[(n, b"/else" if n == "ce_source" else v) for n, v in other[2].headers]
    )
    await (await bench.reading()).process([numbered(1, 0), numbered(2, 1), *other])

    assert await breaks(bench) == []


async def test_an_event_of_a_type_that_is_not_read_counts_as_heard(bench):
    await (await bench.reading()).process([numbered(1, 0), numbered(2, 1, body=Counted(total=1)), numbered(3, 2)])

    assert await breaks(bench) == []


@pytest.mark.parametrize("sequence", [None, b"", b"-1", b"x", b"\xff", b"9" * 40])
async def test_a_sequence_that_is_none_stops_nobody(bench, sequence):
    await (await bench.reading()).process([numbered(1, 0, "b"), numbered(sequence, 1), numbered(2, 2, "b")])

    assert await breaks(bench) == []
    assert await bench.account("b")


async def test_what_was_heard_is_of_one_piece_with_the_position(bench):
    """A transaction that comes to nothing has heard nothing."""
    consumer = await bench.reading()
    await bench.rows("update positions set next = 7")
    await consumer.process([numbered(1, 0)])

    assert consumer.broken.done()
    assert consumer.broken.exception()
    assert await bench.rows("select * from heard") == []
