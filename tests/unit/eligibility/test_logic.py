"""Three-valued logic: Kleene's tables, and what may be trusted when an open question is settled."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.domain.logic import FULFILLED, NOT_FULFILLED, UNRESOLVED, Result, all_of, any_of, inverse

results = st.lists(st.sampled_from(Result), min_size=1, max_size=6)
RANK = {NOT_FULFILLED: 0, UNRESOLVED: 1, FULFILLED: 2}


@pytest.mark.parametrize(("one", "other"), list(product(Result, Result)))
def test_all_of_is_the_least_and_any_of_the_greatest_in_kleenes_order(one, other):
    assert all_of((one, other)) is min(one, other, key=RANK.__getitem__)
    assert any_of((one, other)) is max(one, other, key=RANK.__getitem__)


def test_one_fulfilled_settles_any_of_whatever_else_is_open():
    assert any_of((UNRESOLVED, FULFILLED, NOT_FULFILLED)) is FULFILLED


def test_none_fulfilled_and_one_open_leaves_any_of_open():
    assert any_of((NOT_FULFILLED, UNRESOLVED)) is UNRESOLVED


def test_nothing_to_go_by_speaks_for_no_one():
    assert all_of(()) is UNRESOLVED
    assert any_of(()) is UNRESOLVED


@given(results)
def test_any_of_is_all_of_turned_round(found):
    assert any_of(found) is inverse(all_of(map(inverse, found)))


@given(results, st.sampled_from((FULFILLED, NOT_FULFILLED)), st.data())
def test_settling_an_open_result_never_overturns_a_settled_whole(found, settled, data):
    place = data.draw(st.integers(0, len(found) - 1))
    before = [*found[:place], UNRESOLVED, *found[place + 1 :]]
    after = [*found[:place], settled, *found[place + 1 :]]

    for combine in (all_of, any_of):
        assert combine(before) in (UNRESOLVED, combine(after))
