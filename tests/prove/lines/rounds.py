"""One round: the bank dies at a line, is started again, and the ledger is read."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.counting import Count
from tests.prove.lines.dying import Line, noted
from tests.prove.lines.input import Input, round_of
from tests.prove.lines.world import PATIENCE, World, ended, until

Trouble = Callable[[World, Input], None]


@dataclass(frozen=True, slots=True)
class Round:
    """`died`: at the line, and not in another way."""

    line: Line | None
    died: bool
    count: Count


class Rounds:
    """Numbers them, so that each has accounts of its own."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder, self._number = world, folder, 0

    def explore(self, trouble: Trouble) -> tuple[dict[Line, int], Round]:
        """Which lines run, and how often at least, in a round in which nobody is killed."""
        notes = self._folder / f"notes-{self._number + 1}"
        notes.touch()
        made = self._play(trouble, None, 1, notes)
        return noted(notes), made

    def die(self, line: Line, nth: int, trouble: Trouble) -> Round:
        return self._play(trouble, line, nth, None)

    def _play(self, trouble: Trouble, target: Line | None, nth: int, notes: Path | None) -> Round:
        self._number += 1
        world, given = self._world, round_of(self._number)
        prefix = f"r{self._number}-"
        world.put_in(given)
        with ended(world.start(given, prefix + "first", target, nth, notes)) as first:
            trouble(world, given)
            until(lambda: not first.is_alive() or world.rests(given))
            first.terminate()
            first.join(PATIENCE)
            died = first.exitcode == -signal.SIGKILL
        with ended(world.start(given, prefix + "again")):
            until(lambda: world.rests(given))
            return Round(target, died, world.count(given, prefix))


def no_trouble(world: World, given: Input) -> None:
    """Nothing but what is put in."""


def cut_connections(world: World, given: Input) -> None:
    """As soon as the first records have had their effect, PostgreSQL ends a session that takes a call, then all."""
    until(lambda: world.has_begun(given))
    until(lambda: world.cut_connections("state <> 'idle' and query like '%%destinations%%'"), 5, pause=0)
    world.cut_connections()
