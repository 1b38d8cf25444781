"""Rent accounts of many worlds, played under a schedule that repeats, delays, reorders and kills."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from notifications.domain.tenancy import Tenancy
from tests.simulation.run import Run
from tests.simulation.schedule import schedule
from tests.simulation.trial import LENGTH, calm_of, judged
from tests.simulation.world import World, world_of

SERVICE = "notifications"
TEMPER = {"die": 2.0, "silent": 2.0, "shut": 0.5, "poison": 0.5, "clock": 1.0, "dup": 2.0}


@dataclass(slots=True)
class Figures:
    """`handled`: events, timers and answers that the service took in and committed; `twice`: records that stood on
    Kafka once more; `copies`: messages that went again, all of them where the server's answer was lost.
    """

    seeds: int = 0
    handled: int = 0
    twice: int = 0
    kills: int = 0
    alerts: int = 0
    messages: int = 0
    copies: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Figures") -> None:
        for name in ("seeds", "handled", "twice", "kills", "alerts", "messages", "copies"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.violations += other.violations


def played(seeds: Iterable[int]) -> Figures:
    found = Figures()
    for seed in seeds:
        world = with_staff(world_of(seed))
        violation, run, _ = judged(world, schedule(world, LENGTH), calm_of(world))
        found.add(_figures(run))
        if violation:
            found.violations.append(f"seed {seed} breaks {violation.invariant}: {violation.how}")
    return found


def with_staff(world: World) -> World:
    """Of a world its rent accounts, with a register of people to tell; nobody applies for anything."""
    return replace(world, applications=(), staffed=True, temper=TEMPER)


def _figures(run: Run) -> Figures:
    taken, records = run.mail.taken, list(_read(run))
    return Figures(
        seeds=1,
        handled=run.told.handled[SERVICE],
        twice=len(records) - len(set(records)),
        kills=run.told.killed[SERVICE],
        alerts=sum(len(state.alerts) + sum(bool(e.resolution) for e in state.episodes) for state in _tenancies(run)),
        messages=len(taken),
        copies=sum(taken.values()) - len(taken),
    )


def _read(run: Run) -> Iterator[bytes]:
    """The ids of all records on the topics that the service reads."""
    topics = set(run.parts[SERVICE].topics)
    return (dict(each.headers).get("ce_id") or b"" for each in run.records() if each.topic in topics)


def _tenancies(run: Run) -> Iterator[Tenancy]:
    rows = run.tables[SERVICE].states.items()
    return (row.state for key, row in rows if key.kind == "tenancy" and row.state is not None)
