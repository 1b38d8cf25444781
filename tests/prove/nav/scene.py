"""One run: the bridge twice, on real Kafka and PostgreSQL, NAV's simulator, the doors; what is asked, and the kills."""

import contextlib
import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx

from chassis.outputs import OSLO
from demo.local.children import Child
from demo.local.platform import Platform
from tests.e2e import counting, wire
from tests.e2e.counting import Count
from tests.e2e.storm import seen_of
from tests.e2e.system import answers
from tests.platforms import a_platform
from tests.prove.nav.asking import Asker, Pair, askers
from tests.prove.nav.doors import Doors
from tests.prove.nav.judging import Ledger, Line, Told
from tests.prove.nav.putting import Putting, type_of
from tests.prove.rig import query, signalled, terminate_backends
from tests.prove.supervisor import Supervisor
from tests.prove.verdict import OWN
from tests.prove.waiting import until

MEMBERS, SERVICE = 2, "nav-bridge"
READS = ("persons.v1", "referrals.v1", "nav-notices.v1", "arrears.v1")
MISBEHAVING = 0.3  # of the calls to NAV, or to SvarUt
NAV_TIMEOUT = 1.0  # seconds; their silence lasts longer
NIGHT = timedelta(hours=12)  # from now: the doors here have no event log to reconcile with
HANGS = "2"  # seconds that a simulator lets a lost answer wait
LEASED = "select count(*) as leased from calls where lease is not null"
SOON = 3.0  # seconds in which a kill waits for calls that are on their way

Kind = Literal["SIGKILL", "pg_terminate_backend"]


@dataclass(frozen=True, slots=True)
class Kill:
    """`after`: seconds since the one before. `member`: of the bridge; a connection's end strikes all of them."""

    after: float
    kind: Kind
    member: int


@dataclass(frozen=True, slots=True)
class Size:
    """`requests` in all. `kills`: of both kinds together, between `pause` seconds apart; None: until all is asked.

    `lease`: for how long what a dead process had begun is left alone. `still`: in which all must come to rest.
    """

    requests: int
    kills: int | None
    pause: tuple[float, float]
    lease: float
    still: float


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulated partner, up. `record`: its own. `environment`: what the bridge is told of it."""

    url: str
    record: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """How NAV is reached in a run. `start`: the partner, by a seed. `cases`: what is asked, of a seed and so many
    requests. `unended`: the query that counts in `n` what isn't at its end. `lines`: the partner's record as NAV's
    would tell it of those cases. `ledger`: what it is held against.
    """

    start: Callable[[Platform, int], Simulator]
    cases: Callable[[int, int], list[Asker]]
    unended: str
    lines: Callable[[Sequence[Line], Sequence[Asker]], list[Line]]
    ledger: type[Ledger]


def nav_simulator(platform: Platform, seed: int) -> Simulator:
    record, at = platform.folder / "nav.jsonl", platform.addresses
    given = ["--port", str(at.nav), "--record", str(record), "--seed", str(seed), "--hang-seconds", HANGS]
    platform.spawn("nav-simulator", ["-m", "demo.nav_simulator", *given])
    return Simulator(at.nav_url, record, {"NAV_TIMEOUT_SECONDS": str(NAV_TIMEOUT)})


BY_API = Way(
    nav_simulator,
    askers,
    "select count(*) as n from deliveries where status not in ('rejected', 'closed', 'recalled')",
    lambda lines, _: list(lines),
    Ledger,
)


@dataclass(frozen=True, slots=True)
class Struck:
    """`leased`: calls that were on their way at that moment."""

    kill: Kill
    leased: int


@dataclass(slots=True)
class Result:
    """`putting`, `seconds`: until all was asked and told of, and until all was at rest. `late`: seconds from a request
    to NAV's accept.
    """

    asked: int
    cases: int
    putting: float
    seconds: float
    struck: Sequence[Struck]
    record: Sequence[Line]
    ledger: Ledger
    counts: dict[str, Count]
    exits: Sequence[tuple[str, int]]
    door_asked: int
    late: Sequence[float]

    @property
    def findings(self) -> list[str]:
        return [finding for count in self.counts.values() for finding in count.findings]

    @property
    def hits(self) -> Counter[str]:
        """Kills that met calls on their way, by kind."""
        return Counter(each.kill.kind for each in self.struck if each.leased)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(each.kill.kind for each in self.struck)

    def __str__(self) -> str:
        struck = [(each.kill.kind, each.leased) for each in self.struck]
        return (
            f"{self.asked} requests in {self.putting:.0f} s, at rest after {self.seconds:.0f} s\n"
            f"  kills, with calls on their way: {struck}\n{counting.table(self.counts)}"
        )

    def noted(self, what: str) -> int:
        return sum(line["what"] == what for line in self.record)


def kills(seed: int, size: Size) -> Iterator[Kill]:
    """The two kinds in turn, so that also a few are of both; the first is of the process."""
    chance, number = random.Random(f"kills {seed}"), 0
    while size.kills is None or number < size.kills:
        kind: Kind = "pg_terminate_backend" if number % 2 else "SIGKILL"
        yield Kill(chance.uniform(*size.pause), kind, chance.randrange(MEMBERS))
        number += 1


class Scene:
    """`url`: of the simulator. The members of the bridge are started again when they end."""

    def __init__(self, platform: Platform, seed: int, lease: float, members: int = MEMBERS, way: Way = BY_API) -> None:
        self.platform, self.supervisor, self.doors = platform, Supervisor(), Doors()
        self.nav_seed, self._unended = seed, way.unended
        simulator = way.start(platform, seed)
        self.record, self.url = simulator.record, simulator.url
        until(lambda: answers(self.url), "the simulator answers", 30)
        doors = {f"{name}_URL": self.doors.url for name in ("ELIGIBILITY", "NOTIFICATIONS", "INTAKE")}
        night = f"{datetime.now(OSLO) + NIGHT:%H:%M}"
        self._environment = platform.service_environment(SERVICE) | doors
        self._environment |= {"OUTCOME_POLL_SECONDS": "0.5", "CALL_LEASE_SECONDS": str(lease)}
        self._environment |= {"RECONCILE_AT": night} | dict(simulator.environment)
        self._ports = [platform.addresses.services[SERVICE]]
        self.members = [self._member(0)]
        until(lambda: self.ready(0), "the bridge is ready", 60)  # it has made its tables
        self._ports += [platform.spare_port() for _ in range(1, members)]
        self.members += [self._member(n) for n in range(1, members)]
        until(lambda: all(map(self.ready, range(members))), "all members are ready", 60)
        self.supervisor.watch(*self.members)
        platform.on_death(self.supervisor.died)

    def _member(self, number: int) -> Child:
        environment = self._environment | {"HTTP_PORT": str(self._ports[number])}
        return self.platform.spawn(f"{SERVICE}-{number}", ["-m", "nav_bridge", "run"], environment)

    def ready(self, member: int) -> bool:
        return answers(f"http://127.0.0.1:{self._ports[member]}/readyz")

    def behave(self, **behaviour: Any) -> None:
        httpx.post(f"{self.url}/simulator/behaviour", json=behaviour, timeout=30).raise_for_status()

    def query(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        return query(self.platform, SERVICE, sql, *arguments)

    def strike(self, kill: Kill) -> Struck:
        """While calls are on their way, where there are any soon: a kill that meets none proves little."""
        with contextlib.suppress(TimeoutError):
            until(lambda: self._leased, "calls on their way", SOON, pause=0.02)
        leased = self._leased
        if kill.kind == "SIGKILL":
            signalled(self.members[kill.member], signal.SIGKILL)
        else:
            terminate_backends(self.platform, SERVICE)
        return Struck(kill, leased)

    @property
    def _leased(self) -> int:
        return int(self.query(LEASED)[0]["leased"])

    def left(self) -> dict[str, int]:
        """What waits, by where."""
        found = {str(what): int(number) for what, number in self.query(OWN)[0].items()}
        rows = self.query("select topic, partition, next from positions")
        read = {(row["topic"], row["partition"]): row["next"] for row in rows}
        ends = wire.ends(self.platform.admin_kafka().aiokafka(), READS)
        found["on Kafka"] = sum(max(0, end - read.get(place, 0)) for place, end in ends.items())
        found["deliveries without an end"] = self.query(self._unended)[0]["n"]
        return found

    def lines(self) -> list[Line]:
        """The simulator's own record; there is none before the first call."""
        text = self.record.read_text(encoding="utf-8") if self.record.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def close(self) -> None:
        self.supervisor.end()
        for child in self.members:
            child.kill()
        self.doors.close()


def run(seed: int, size: Size, seconds: float, say: Callable[[str], None] = print, way: Way = BY_API) -> Result:
    """What isn't asked after so many seconds isn't asked any more."""
    with a_platform() as platform, contextlib.closing(Scene(platform, seed, size.lease, way=way)) as scene:
        scene.behave(misbehaving=MISBEHAVING)
        cases = way.cases(seed, size.requests)
        say(f"{size.requests:,} requests of {len(cases):,} cases")
        putting = Putting(platform, scene.doors, cases, seed)
        began = time.monotonic()
        putting.start()
        killing = Killing(scene, kills(seed, size))
        killing.start()
        while putting.is_alive() and time.monotonic() < began + seconds:
            say(f"{len(putting.at):,} asked, {putting.told:,} told of, {len(killing.struck)} kills")
            putting.join(10)
        killing.end(until_all=size.kills is not None)
        putting.stop()
        asked = time.monotonic() - began
        say("nothing more is asked and nothing more is killed")
        rests(scene, size.still)
        return judged(scene, way, putting, killing.struck, asked, time.monotonic() - began)


class Killing(threading.Thread):
    """One after another, until there are no more, or it is ended."""

    def __init__(self, scene: Scene, kills: Iterator[Kill]) -> None:
        super().__init__(name="killing", daemon=True)
        self.struck: list[Struck] = []
        self._scene, self._kills, self._ended = scene, kills, threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            for kill in self._kills:
                if self._ended.wait(kill.after):
                    return
                self.struck.append(self._scene.strike(kill))
        except Exception as error:  # noqa: BLE001 - told by `end`
            self._error = error

    def end(self, *, until_all: bool) -> None:
        """`until_all`: after the last of them; else at once."""
        if not until_all:
            self._ended.set()
        self.join()
        if self._error:
            raise self._error


def rests(scene: Scene, seconds: float) -> None:
    """Returns when nothing waits anywhere, or when it has had its time: what waits then, is stuck."""
    with contextlib.suppress(TimeoutError):
        until(lambda: not any(scene.left().values()), "rest", seconds, pause=0.5)


def judged(scene: Scene, way: Way, putting: Putting, struck: Sequence[Struck], asked: float, seconds: float) -> Result:
    raw = wire.read(scene.platform.admin_kafka().aiokafka(), ["deliveries.v1"], limit=600)
    seen, told = [seen_of(record) for record in raw], dict[str, Told]()
    for record in raw:
        headers, data = dict(record.headers), json.loads(record.value or b"{}")
        pair = Pair(data["referral_id"], data["revision"])
        told.setdefault(headers["ce_id"].decode(), Told(pair, type_of(headers), data))
    record = way.lines(scene.lines(), putting.askers)
    taken_back = frozenset(
        step.pair.referral
        for asker in putting.askers
        for step in asker.steps[: putting.steps[asker.id]]
        if step.what == "withdraw"
    )
    ledger = way.ledger(putting.askers, putting.at, taken_back, record, list(told.values()), scene.nav_seed)
    counts = ledger.counts() | {"wire": counting.on_the_wire(seen), "left behind": counting.waits(scene.left())}
    return Result(
        asked=len(putting.at),
        cases=len(putting.askers),
        putting=asked,
        seconds=seconds,
        struck=struck,
        record=record,
        ledger=ledger,
        counts=counts,
        exits=scene.supervisor.exits,
        door_asked=scene.doors.asked,
        late=lateness(putting.at, ledger.accepted),
    )


def lateness(at: Mapping[Pair, float], accepted: Mapping[Pair, Line]) -> list[float]:
    """Seconds from each request to NAV's accept of it."""
    return [
        datetime.fromisoformat(line["time"]).timestamp() - at[pair] for pair, line in accepted.items() if pair in at
    ]
