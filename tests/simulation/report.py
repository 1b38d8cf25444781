"""What a run of many seeds came to: on the screen, and as a dated page of proof."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.contract.tree import ROOT
from tests.simulation.invariants import INVARIANTS
from tests.simulation.shrink import Shrinker
from tests.simulation.trial import Trial
from tests.simulation.world import world_of

PROOF = ROOT / "docs" / "proof" / "simulate.md"


WHAT = """\
Each seed is a small world (up to 3 applications and 4 tenancies in two municipalities) whose input is played twice
through all four services' handlers: in calm, and under a schedule that delays, duplicates and reorders across keys,
kills between any two steps and inside transactions, moves the clock, closes doors, lets NAV, by its API or by letter
over SvarUt, answer wrongly, late or never, and puts unreadable records on topics. `python -m tests.simulation` runs it;
a failing seed prints its shortest history."""


@dataclass(slots=True)
class Figures:
    first: int
    seeds: int = 0
    events: int = 0
    deaths: int = 0
    steps: int = 0
    seconds: float = 0.0

    def add(self, trial: Trial) -> None:
        self.seeds += 1
        self.events += trial.events
        self.deaths += trial.deaths
        self.steps += len(trial.steps)

    def __str__(self) -> str:
        return (
            f"{self.seeds:,} seeds from {self.first}, {self.steps:,} steps, {self.events:,} messages handled, "
            f"{self.deaths:,} kills, {len(INVARIANTS)} invariants each, {self.seconds:.0f} s"
        )


def sentence(invariant: str) -> str:
    """An invariant's sentence."""
    found = INVARIANTS.get(invariant)
    return (found.__doc__ or "").strip() if found else "With all doors open and everybody well, all comes to rest."


def failure(trial: Trial) -> str:
    """A failing seed: the sentence that didn't hold, and the shortest history that breaks it, in words."""
    assert trial.violation
    found = Shrinker(world_of(trial.seed), trial.steps, trial.violation.invariant)
    found.shrink()
    violation, told = found.history()
    lines = [f"{number:>3}. {each}" for number, each in enumerate(told, 1)]
    head = f"seed {trial.seed} breaks «{sentence(violation.invariant)}» ({violation.invariant})"
    return "\n".join([head, *lines, f"     so that {violation.how}"])


def page(figures: Figures, processes: int, at: datetime) -> str:
    """The proof, dated."""
    held = "\n".join(f"- {sentence(name)}" for name in INVARIANTS)
    return f"""# Simulation

{at:%d.%m.%Y}: {figures.seeds:,} seeds (from {figures.first}) in {figures.seconds:.0f} s on {processes} processes,
no violation.

| what | how many |
|---|---:|
| seeds | {figures.seeds:,} |
| steps | {figures.steps:,} |
| messages handled | {figures.events:,} |
| processes killed | {figures.deaths:,} |
| invariants checked | {figures.seeds * len(INVARIANTS):,} |
| 3/N bound on a violation per seed | {3 / figures.seeds:.1e} |

{WHAT}

What held:

{held}
"""


def record(figures: Figures, processes: int, at: datetime, to: Path = PROOF) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(page(figures, processes, at), encoding="utf-8")
