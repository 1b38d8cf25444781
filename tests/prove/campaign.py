"""A schedule of faults under load, several at a time, until all are made; then silence, and the ledger is read."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from confluent_kafka import KafkaException
from psycopg import Error

from tests.e2e import counting
from tests.e2e.counting import Count
from tests.prove import verdict
from tests.prove.faults import KINDS, Injection
from tests.prove.load import Load
from tests.prove.recovery import Watch
from tests.prove.rig import SERVICES, Rig
from tests.prove.waiting import until

LANES = 3  # faults at a time
STILL = 300.0  # seconds in which all must have come to rest when no more faults are made
PAUSE = 1.0  # seconds of a lane between one recovery and its next fault


@dataclass(frozen=True, slots=True)
class Made:
    """`recovery`: seconds from the lift of the fault until who was hit has caught up; None: not within the limit."""

    injection: Injection
    at: float
    recovery: float | None


@dataclass(slots=True)
class Outcome:
    """`records`: on the wire, repeats included; `events`: those that differ."""

    made: list[Made]
    counts: dict[str, Count]
    records: int
    events: int
    exits: list[tuple[str, int]]
    seconds: float

    @property
    def findings(self) -> list[str]:
        late = [f"not recovered: {one.injection}" for one in self.made if one.recovery is None]
        return [*late, *(finding for count in self.counts.values() for finding in count.findings)]


@dataclass(slots=True)
class Lanes:
    """Who is hit by one fault is not hit by another at the same time; all else overlaps."""

    rig: Rig
    waiting: list[Injection]
    say: Callable[[str], None]
    until: float
    made: list[Made] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    _hit: set[str] = field(default_factory=set)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _began: float = field(default_factory=time.monotonic)

    def run(self, lanes: int) -> None:
        threads = [threading.Thread(target=self._lane, name=f"lane {n}") for n in range(lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _lane(self) -> None:
        watch = Watch(self.rig)
        try:
            while self.waiting and not self.errors and time.monotonic() < self.until:
                if (given := self._take()) is None:
                    time.sleep(0.1)
                    continue
                self._make(watch, given)
                time.sleep(PAUSE)
        except Exception as error:  # noqa: BLE001 - told by `run`
            self.errors.append(error)
        finally:
            watch.close()

    def _take(self) -> Injection | None:
        """The next on somebody who isn't hit already."""
        with self._turn:
            for given in self.waiting:
                if given.target not in self._hit:
                    self.waiting.remove(given)
                    self._hit.add(given.target)
                    return given
        return None

    def _make(self, watch: Watch, given: Injection) -> None:
        at = time.monotonic() - self._began
        try:
            with KINDS[given.kind].fault(self.rig, given):
                time.sleep(given.seconds)
            hit = [given.target] if given.target in SERVICES else SERVICES
            recovery = watch.recovery(hit)
        finally:
            with self._turn:
                self._hit.discard(given.target)
        with self._turn:
            self.made.append(Made(given, at, recovery))
            number = len(self.made)
        took = "not within the limit" if recovery is None else f"caught up after {recovery:.1f} s"
        self.say(f"{number}, {len(self.waiting)} to come: {given.kind}, {given.target}, {given.seconds:.1f} s: {took}")


def campaign(
    rig: Rig, load: Load, faults: Iterable[Injection], events: int, seconds: float, say: Callable[[str], None]
) -> Outcome:
    """All of the faults, as long as `seconds` allow; the load goes on until there are so many events."""
    began = time.monotonic()
    lanes = Lanes(rig, list(faults), say, began + seconds)
    load.start()
    lanes.run(LANES)
    watch = Watch(rig)

    def are_enough() -> bool:
        say(f"{(now := written(rig, watch))} records on the wire")
        return now >= events

    with contextlib.suppress(TimeoutError):
        until(are_enough, "enough events", began + seconds - time.monotonic(), pause=10)
    load.stop()
    say("no more is put in and no more faults are made")
    come_to_rest(rig, watch, STILL)
    counts, seen = verdict.counts(rig, load, watch)
    watch.close()
    different = counting.first_occurrences(seen)
    return Outcome(lanes.made, counts, len(seen), len(different), rig.supervisor.exits, time.monotonic() - began)


def written(rig: Rig, watch: Watch) -> int:
    """Records on all topics, repeats included."""
    return sum(watch.ends(rig.platform.topics.named).values())


def come_to_rest(rig: Rig, watch: Watch, seconds: float) -> None:
    """Returns when nothing waits anywhere, or when it has had its time: what waits then, is stuck."""
    with contextlib.suppress(TimeoutError):
        until(lambda: _rests(rig, watch), "rest", seconds, pause=0.5)


def _rests(rig: Rig, watch: Watch) -> bool:
    try:
        return not any(verdict.left(rig, watch).values())
    except (Error, KafkaException):  # who is asked is down
        return False
