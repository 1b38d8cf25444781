"""Which projected rows are gone, and which have come: by the rows of the keys before and after."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.states import _difference

Row = dict[str, Any]


def row(id: int, value: int = 0) -> Row:
    return {"key": "a", "id": id, "value": value}


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ([], [row(1)], [], [row(1)]),
        ([row(1)], [row(1), row(2)], [], [row(2)]),
        ([row(1), row(2)], [row(1, 5), row(2)], [], [row(1, 5)]),
        ([row(1), row(2), row(3)], [row(1), row(3)], [row(2)], []),
        ([row(1)], [], [row(1)], []),
        ([row(2)], [row(1), row(2)], [], [row(1)]),
    ],
)
def test_the_difference_of_one_key(before, after, gone, come):
    assert _difference(("key", "id"), [before], [after]) == (gone, come)


def test_a_row_that_moves_from_one_key_to_another_is_not_gone():
    assert _difference(("id",), [[row(1)], []], [[], [row(1)]]) == ([], [])


def test_a_row_that_one_key_gives_up_and_another_keeps_is_not_gone():
    assert _difference(("id",), [[row(1)], [row(1)]], [[], [row(1)]]) == ([], [])


ROWS = st.lists(st.builds(row, st.integers(0, 5), st.integers(0, 1)), max_size=6, unique_by=lambda each: each["id"])


@given(before=ROWS, after=ROWS)
def test_a_table_that_has_the_rows_before_has_those_after_once_the_difference_is_written(before, after):
    gone, come = _difference(("key", "id"), [before], [after])
    table = {each["id"]: each for each in before}
    for each in gone:
        del table[each["id"]]
    table |= {each["id"]: each for each in come}
    assert table == {each["id"]: each for each in after}
