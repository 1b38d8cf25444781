"""One tree on the schedule of a seed, until the ledger finds something or the time is over."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.local.platform import Platform
from tests.e2e.counting import Count
from tests.prove.guards.bench import Bank
from tests.prove.guards.steps import STEPS

WAITS = 45.0  # seconds in which a step must come to rest


@dataclass(frozen=True, slots=True)
class Plan:
    """So many rounds of the steps named, each round in an order of the seed; `seconds` at most."""

    seed: int
    seconds: float
    rounds: int
    names: Sequence[str] = tuple(STEPS)


@dataclass(frozen=True, slots=True)
class Trial:
    """`step`: after which the ledger saw something, the `made`-th; none if it never did."""

    step: str | None
    made: int
    entries: int
    seconds: float
    count: Count

    @property
    def saw(self) -> str:
        if self.step is None:
            return "nothing"
        numbers = zip(("lost", "doubled", "reordered", "stuck"), self.count.numbers, strict=True)
        return ", ".join(f"{number} {what}" for what, number in numbers if number)


def trial(platform: Platform, tree: Path, plan: Plan, say: Callable[[str], None]) -> Trial:
    """The plan on that tree, until the ledger finds something."""
    began, chance, made, count = time.monotonic(), random.Random(plan.seed), 0, Count()
    bank = Bank(platform, tree, WAITS)

    def told(step: str | None) -> Trial:
        return Trial(step, made, len(bank.book.entries), time.monotonic() - began, count)

    try:
        for _ in range(plan.rounds):
            for name in chance.sample(plan.names, len(plan.names)):
                if time.monotonic() - began > plan.seconds:
                    return told(None)
                STEPS[name](bank, chance)
                bank.rest()
                count, made = bank.count(), made + 1
                first = count.findings[0] if count.findings else "nothing found"
                say(f"{name}, after {time.monotonic() - began:.0f} s: {first}")
                if count.findings:
                    return told(name)
        return told(None)
    finally:
        bank.close()
