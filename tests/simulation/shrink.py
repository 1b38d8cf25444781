"""A failing schedule made as short as it can be while the same invariant still breaks, and told in words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.simulation import acts
from tests.simulation.run import Run
from tests.simulation.steps import Step
from tests.simulation.trial import Violation, calm_of, judged
from tests.simulation.world import World

MOST_TRIES = 1_500


class Shrinker:
    """`invariant`: the one that must go on breaking."""

    def __init__(self, world: World, steps: Sequence[Step], invariant: str) -> None:
        self.world, self.steps, self.invariant = world, tuple(steps), invariant
        self._calm, self._tries = calm_of(world), 0

    def shrink(self) -> None:
        """First what is put in, then what happens to it, then how badly."""
        for world in self._smaller_worlds():
            calm = calm_of(world)
            if self._breaks(world, self.steps, calm):
                self.world, self._calm = world, calm
        size = len(self.steps)
        while size:
            self._without_runs_of(size)
            size //= 2
        for number, step in enumerate(self.steps):
            for milder in (replace(step, dies=False), replace(step, word="")):
                self._try((*self.steps[:number], milder, *self.steps[number + 1 :]))
        self._without_runs_of(1)

    def _smaller_worlds(self) -> Iterator[World]:
        """Each application and account left out by itself, from the world as it is by then."""
        for name in (*(each.tag for each in self.world.applications), *(each.name for each in self.world.accounts)):
            yield replace(self.world, left_out=self.world.left_out | {name})
        yield replace(self.world, acknowledges=False)

    def _without_runs_of(self, size: int) -> None:
        start = 0
        while start < len(self.steps):
            if not self._try((*self.steps[:start], *self.steps[start + size :])):
                start += size

    def _try(self, steps: tuple[Step, ...]) -> bool:
        if self._breaks(self.world, steps, self._calm):
            self.steps = steps
            return True
        return False

    def _breaks(self, world: World, steps: Sequence[Step], calm: Run) -> bool:
        self._tries += 1
        if self._tries > MOST_TRIES:
            return False
        violation, _, _ = judged(world, steps, calm)
        return violation is not None and violation.invariant == self.invariant

    def history(self) -> tuple[Violation, list[str]]:
        """What happened, a sentence per step, and what was broken by it."""
        sentences: list[str] = []
        violation, run, done = judged(self.world, self.steps, self._calm, sentences.append)
        assert violation is not None
        names = _names(run)
        told = [_with_names(sentence, names) for sentence in sentences]
        told.insert(len(done), "from here on all doors are open, all partners well, and what is left is done")
        return Violation(violation.invariant, _with_names(violation.how, names)), told


def _names(run: Run) -> dict[str, str]:
    """What the input calls the things behind the ids."""
    found = {id: f"application {a.tag}" for a in run.world.applications if (id := acts.application(run, a.tag))}
    for account in run.world.accounts:
        for contract in account.tenants:
            found[acts.tenancy(account.kommunenummer, contract)] = f"tenancy {contract}"
    return found


def _with_names(sentence: str, names: dict[str, str]) -> str:
    for id, name in names.items():
        sentence = sentence.replace(id, name).replace(id[:8], name)
    return sentence
