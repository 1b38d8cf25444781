"""A NAV that is away for a day while referrals wait, and what is sent when it is back: when, in which order, out of how
much memory.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psutil
import psycopg

from chassis.calls import Policy
from tests.platforms import a_platform
from tests.prove.nav.asking import Pair
from tests.prove.nav.judging import Line
from tests.prove.nav.putting import one_by_one
from tests.prove.nav.scene import SERVICE, Scene
from tests.prove.waiting import until

BUDGET, AT_ONCE = Policy().per_second, Policy().at_once
LATENCY = 20  # milliseconds of NAV's
PACE = 300  # requests written a second, no faster than the bridge reads them
EVERY = 5.0  # seconds between two looks
LEASE = 40.0  # seconds, as in earnest
WAITING = "select count(*) as n from calls where status = 'open' and destination = 'nav'"
TRIED = "select count(*) as n from calls where status = 'open' and attempts > 0"
# What ten hours more of tries leave: each that was tried has a while to go to its next try, up to the longest back-off.
A_DAY_LATER = """
update calls set created_at = created_at - interval '1 day',
    attempts = case when attempts > 0 then attempts + 12 else 0 end,
    due = case when attempts > 0 then now() + make_interval(secs => 150 + 150 * random()) else due end
where status = 'open'
"""


@dataclass(frozen=True, slots=True)
class Look:
    """`at`: seconds since NAV was back. `memory`: of the bridge (RSS), MiB. `done`: accepted by then."""

    at: float
    memory: float
    done: int


@dataclass(slots=True)
class Drained:
    """`asked`: when each was written. `back`: when NAV was. `tried`: how many had been tried in vain, and so had a
    back-off of their own.
    """

    asked: Mapping[Pair, float]
    back: float
    tried: int
    seconds: float
    looks: Sequence[Look]
    record: Sequence[Line]
    exits: Sequence[tuple[str, int]]
    accepted: list[tuple[float, Pair]] = field(default_factory=list)

    def __post_init__(self) -> None:
        taken = [line for line in self.record if line["what"] == "accepted"]
        times = [datetime.fromisoformat(line["time"]).timestamp() for line in taken]
        self.accepted = [(at, Pair(line["referral"], line["revision"])) for at, line in zip(times, taken, strict=True)]

    @property
    def lost(self) -> int:
        return len(self.asked.keys() - {pair for _, pair in self.accepted})

    @property
    def doubled(self) -> int:
        return len(self.accepted) - len({pair for _, pair in self.accepted})

    @property
    def per_second(self) -> Counter[int]:
        """How many NAV took in each second since it was back."""
        return Counter(int(at - self.back) for at, _ in self.accepted)

    @property
    def most_in_any_second(self) -> int:
        """Wherever that second begins."""
        times, most, first = [at for at, _ in self.accepted], 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - 1:
                first += 1
            most = max(most, last - first + 1)
        return most

    @property
    def overtaken(self) -> tuple[int, float]:
        """The most that any was overtaken: by how many that were asked for later, and how much later at most."""
        order = {pair: place for place, pair in enumerate(sorted(self.asked, key=self.asked.__getitem__))}
        places = [order[pair] for _, pair in self.accepted]
        newest, most, longest = 0.0, 0, 0.0
        for place, (_, pair) in enumerate(self.accepted):
            newest = max(newest, self.asked[pair])
            longest = max(longest, newest - self.asked[pair])
            most = max(most, place - places[place])
        return most, longest


def drain(seed: int, requests: int, seconds: float, say: Callable[[str], None] = print) -> Drained:
    """`seconds`: in which all must be there once NAV is back; what isn't is lost."""
    with a_platform() as platform, contextlib.closing(Scene(platform, seed, LEASE, members=1)) as scene:
        scene.behave(down=True)
        asked = _asked(scene, seed, requests, say)
        until(lambda: scene.query(WAITING)[0]["n"] >= requests, "the bridge has read all requests", 600, pause=2)
        tried = scene.query(TRIED)[0]["n"]
        with psycopg.connect(platform.urls[SERVICE].runners) as connection:
            connection.execute(A_DAY_LATER)
        say(f"{requests:,} wait, {tried:,} of them after tries of their own; NAV is back")
        scene.behave(latency_ms=LATENCY)
        back = time.time()
        looks = _watched(scene, requests, back, seconds, say)
        return Drained(asked, back, tried, time.time() - back, looks, scene.lines(), scene.supervisor.exits)


def _asked(scene: Scene, seed: int, requests: int, say: Callable[[str], None]) -> dict[Pair, float]:
    """One request of each case, at an even pace."""
    found: dict[Pair, float] = {}
    for pair, at in one_by_one(scene.platform, scene.doors, f"{seed} outage", requests, PACE):
        found[pair] = at
        if len(found) % PACE == 0:
            say(f"{len(found):,} asked")
    return found


def _watched(scene: Scene, requests: int, back: float, seconds: float, say: Callable[[str], None]) -> list[Look]:
    found, child = list[Look](), scene.members[0]
    while not found or (found[-1].done < requests and found[-1].at < seconds):
        with contextlib.suppress(psutil.NoSuchProcess):
            memory = psutil.Process(child.pid).memory_info().rss / 2**20
            done = requests - scene.query(WAITING)[0]["n"]
            found.append(Look(time.time() - back, memory, done))
            say(f"{found[-1].at:.0f} s: {done:,} sent, {memory:.0f} MiB")
        time.sleep(EVERY)
    return found
