"""One seed tried: its schedule, its rest, and the same input in calm; and what didn't hold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.simulation.invariants import INVARIANTS
from tests.simulation.run import Run, Stuck
from tests.simulation.schedule import schedule
from tests.simulation.steps import Step
from tests.simulation.world import World, world_of

LENGTH = 600  # steps


@dataclass(frozen=True, slots=True)
class Violation:
    """`invariant`: the name of the sentence that didn't hold. `how`: what was seen of it first."""

    invariant: str
    how: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What one seed came to, and its figures."""

    seed: int
    violation: Violation | None
    steps: tuple[Step, ...]
    events: int
    deaths: int


def tried(seed: int) -> Trial:
    world = world_of(seed)
    steps = tuple(schedule(world, LENGTH))
    violation, run, done = judged(world, steps, calm_of(world))
    return Trial(seed, violation, done, run.told.events, run.told.deaths)


def calm_of(world: World) -> Run:
    """The same input with nothing in the way: each act is carried to its end before the next."""
    run = Run(world)
    run.rest()
    return run


def judged(
    world: World, steps: Iterable[Step], calm: Run, say: Callable[[str], None] | None = None
) -> tuple[Violation | None, Run, tuple[Step, ...]]:
    """The first invariant that the steps break, the run, and those of the steps that did anything."""
    run = Run(world, say)
    done = tuple([step for step in steps if run.play(step)])
    try:
        run.rest()
    except Stuck as stuck:
        return Violation("stuck", str(stuck)), run, done
    for name, invariant in INVARIANTS.items():
        for how in invariant(run, calm):
            return Violation(name, how), run, done
    return None, run, done
