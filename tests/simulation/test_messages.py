"""A short version of the proof of messages, always with the same seeds."""

from tests.prove.messages.escalation import HOWS, RUNGS, escalated
from tests.prove.messages.worlds import played


def test_no_message_is_lost_or_goes_twice_whatever_becomes_of_the_events():
    found = played(range(8))

    assert found.violations == []
    assert found.handled > 200
    assert found.messages > 5
    assert found.kills > 8
    assert found.twice > 0


def test_an_escalation_that_is_killed_at_a_step_ends_with_the_same_messages():
    found = escalated(0, every=9)

    assert found.violations == []
    assert set(found.rungs) >= RUNGS
    assert found.tried.keys() == set(HOWS)
    assert found.tried["after"] > 10
    assert all(found.copies[how] <= found.unheard[how] for how in HOWS)
