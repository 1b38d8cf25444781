"""What goes into one transaction."""

import pytest

import chassis.runs
from chassis.outputs import Handler
from chassis.runs import runs


def decide(state, message, context):
    return state, []


def needs(message, found):
    return []


HANDLERS = {
    "one": Handler("one", "thing", decide),
    "more": Handler("more", "thing", decide, needs),
    "passes": Handler("passes", "thing", decide, passes=True),
}


def lengths(*types: str) -> list[int]:
    found = list(runs(HANDLERS, types, str))
    assert [each for run in found for each in run] == list(types)
    return [len(run) for run in found]


def test_what_needs_its_own_state_alone_goes_together():
    assert lengths(*["one"] * 500) == [500]


def test_what_passes_parked_keys_has_a_transaction_of_its_own():
    assert lengths("one", "passes", "passes", "one", "one") == [1, 1, 1, 2]


def test_what_needs_more_states_is_bounded_whatever_stands_between(monkeypatch):
    monkeypatch.setattr(chassis.runs, "MOST_ALONE", 3)

    assert lengths(*["more", "one"] * 7) == [5, 6, 3]
    assert lengths("more", "more", "passes", "more", "more", "more", "more") == [2, 1, 3, 1]


@pytest.mark.parametrize("type", ["", "nobody.reads_this"])
def test_what_nobody_handles_goes_with_the_rest(type):
    assert lengths("one", type, "one") == [3]


def test_nothing_is_no_transaction():
    assert lengths() == []
