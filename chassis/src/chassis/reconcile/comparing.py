"""One day of one topic: what became of each event that was sent. Pure."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

# The inbox outlives the longest retention on Kafka by 30 days. What is older may be missing there and was handled.
KEPT_DAYS = 60


class Logged(NamedTuple):
    """A row of a writer's event log. `offset` is None for what isn't sent yet, or was before offsets were kept.

    `erased`: what it said is gone from the log, with the person whom it was about.
    """

    id: str
    key: str
    type: str
    sequence: int
    sent: bool
    partition: int | None
    offset: int | None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the reader has, in one snapshot. `given_up`: ids of letters that a person has discarded."""

    received: Set[str]
    parked: Set[str]
    given_up: Set[str]
    positions: Mapping[int, int]
    types: Set[str]


@dataclass(slots=True)
class Tally:
    """Each event counts once: sent is the sum of the others. `missing`: what has to be sent again.

    `erased`: was not received, and never can be: its person is erased, and so would its effect have been.
    """

    topic: str
    kommunenummer: str
    day: date
    sent: int = 0
    received: int = 0
    waiting: int = 0
    parked: int = 0
    given_up: int = 0
    erased: int = 0
    not_for_us: int = 0
    missing: list[Logged] = field(default_factory=list)

    def add(self, events: Iterable[Logged], known: Known) -> None:
        for event in events:
            self.sent += 1
            if event.type not in known.types:
                self.not_for_us += 1
            elif event.id in known.received:
                self.received += 1
            elif event.id in known.parked:
                self.parked += 1
            elif event.id in known.given_up:
                self.given_up += 1
            elif _is_on_its_way(event, known.positions):
                self.waiting += 1
            elif event.erased:
                self.erased += 1
            else:
                self.missing.append(event)


def _is_on_its_way(event: Logged, positions: Mapping[int, int]) -> bool:
    """Not sent yet, or standing on Kafka where the reader hasn't come to."""
    if not event.sent or event.partition is None or event.offset is None:
        return not event.sent
    return event.offset >= positions.get(event.partition, 0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What was told of one thing, in lines and øre, and what is held of it. `source`: where it was told."""

    what: str
    source: str
    lines_told: int
    lines_held: int
    ore_told: int
    ore_held: int

    @property
    def differs(self) -> bool:
        return (self.lines_told, self.ore_told) != (self.lines_held, self.ore_held)
