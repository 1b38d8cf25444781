"""Restore: nav-bridge and notifications to a base backup alone, intake and eligibility to base backup and WAL."""

from collections.abc import Callable

from tests.prove.restore.scene import BASE_ALONE, WITH_WAL, Result, play

AGE = 300.0  # seconds


def run(seed: int, rounds: int, say: Callable[[str], None]) -> Result:
    """Each database lost once a round, one after the other; some eight minutes a round."""
    one_by_one = [[service] for service in (*BASE_ALONE, *WITH_WAL)]
    return play(seed, one_by_one, age=AGE, tail=10, per_second=1.0, month=15, still=600, rounds=rounds, say=say)


def run_short(seed: int) -> Result:
    """The same in small: what happens between backup and loss is seconds, not minutes."""
    return play(seed, [BASE_ALONE, WITH_WAL], age=3, tail=1, per_second=5, month=2, still=60)
