"""The state of a municipality: thresholds that people have tried on its own past, and those that they activated."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

NAMES = UUID("7be61b8e-0b0c-4c53-9a43-2a1d3b0a6c55")


class Number(NamedTuple):
    """A threshold by its name in `Thresholds`."""

    name: str
    value: int


class Found(NamedTuple):
    """An alert that isn't the same under the changed thresholds; see `rehearsal.Moved`."""

    tenancy: str
    what: str
    before: int
    after: int
    peak_before: int
    peak_after: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`numbers`: what was changed. `done` of `total` tenancies are judged; `before`, `after`: their alerts each way.

    `appear`, `vanish`, `move` count them all; `found` keeps the first of them, as a page shows no more.
    """

    number: int
    numbers: tuple[Number, ...]
    started_by: str
    started_at: datetime
    total: int
    done: int = 0
    noted_at: datetime | None = None
    before: int = 0
    after: int = 0
    appear: int = 0
    vanish: int = 0
    move: int = 0
    found: tuple[Found, ...] = ()

    @property
    def finished(self) -> bool:
        return self.done >= self.total


@dataclass(frozen=True, slots=True)
class Activation:
    """`numbers`: every threshold of the version, so that a later change of the common ones doesn't change it.

    `changed`: those that differ from the version before.
    """

    version: str
    active_from: date
    numbers: tuple[Number, ...]
    changed: tuple[Number, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Municipality:
    """`version` counts what a person would want to see before they change anything."""

    rehearsal: Rehearsal | None = None
    activated: tuple[Activation, ...] = ()
    version: int = 0


def municipality_id(kommunenummer: str) -> str:
    return str(uuid5(NAMES, kommunenummer))
