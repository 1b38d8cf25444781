"""How long a call waits for its next attempt."""

import pytest

from chassis.calls import Policy, _wait
from chassis.outputs import Answer


@pytest.mark.parametrize(
    ("asked", "seconds"), [(7.0, 7.0), (3_600.0, 3_600.0), (3_601.0, 3_600.0), (1e12, 3_600.0), (float("inf"), 3_600.0)]
)
def test_a_partners_wish_is_honoured_up_to_an_hour(asked, seconds):
    assert _wait(Policy(), 1, Answer("unreachable", retry_after=asked)) == seconds


def test_without_a_wish_the_wait_doubles_with_each_attempt_up_to_its_bound():
    for attempts, longest in ((1, 0.5), (2, 1.0), (5, 8.0), (40, 300.0)):
        assert longest / 2 <= _wait(Policy(), attempts, Answer("unreachable")) <= longest
