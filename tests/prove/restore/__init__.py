"""Restore: nav-bridge and notifications to a base backup five minutes old, intake and eligibility to base and WAL."""

import random
from collections.abc import Sequence

from tests.prove.restore.report import write
from tests.prove.restore.scene import BASE_ALONE, WITH_WAL, Result, play

AGE = 300.0  # seconds


def run(seed: int) -> Result:
    """The scene in full, some seven minutes; its result is written to docs/proof/restore.md."""
    one_by_one = [[service] for service in (*BASE_ALONE, *WITH_WAL)]
    result = play(seed, one_by_one, age=AGE, tail=10, per_second=1.0, month=15, still=600)
    write(result)
    return result


def run_short(seed: int) -> Result:
    """The same in small: what happens between backup and loss is seconds, not minutes."""
    return play(seed, [BASE_ALONE, WITH_WAL], age=3, tail=1, per_second=5, month=2, still=60)


def main(arguments: Sequence[str]) -> int:
    seed = int(arguments[0]) if arguments else random.SystemRandom().randrange(10_000)
    print(f"seed {seed}", flush=True)
    result = run(seed)
    print("\n".join(result.findings) or "nothing missing, lost or doubled")
    return 1 if result.findings else 0
