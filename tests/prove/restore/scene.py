"""The four databases lost under load, and brought back as the issue says; then what is counted."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from demo.local.platform import Platform
from demo.local.running import python_path
from tests.e2e import counting, waiting, wire
from tests.e2e.counting import Count
from tests.e2e.storm import seen_of
from tests.e2e.system import System
from tests.prove.restore.clusters import Cluster, own_clusters
from tests.prove.restore.load import Load

BASE_ALONE = ("nav-bridge", "notifications")
WITH_WAL = ("intake", "eligibility")
STATES = ("sent", "received", "waiting", "parked", "given_up", "not_for_us", "missing")


@dataclass(frozen=True, slots=True)
class Restored:
    """`age` of the base backup and `away`, until the service was ready again, both in seconds."""

    service: str
    age: float
    away: float


@dataclass(slots=True)
class Result:
    """`reconciled`: reader → what became of what was sent to it."""

    restored: list[Restored] = field(default_factory=list)
    reconciled: dict[str, dict[str, int]] = field(default_factory=dict)
    sums: int = 0
    differences: int = 0
    floors: dict[str, int] = field(default_factory=dict)
    breaks: dict[str, int] = field(default_factory=dict)
    events: int = 0
    applications: int = 0
    files: int = 0
    sent_again: int = 0
    counts: dict[str, Count] = field(default_factory=dict)

    @property
    def findings(self) -> list[str]:
        left = [
            f"{reader}: {found[state]} {state}"
            for reader, found in self.reconciled.items()
            for state in ("waiting", "parked", "given_up", "missing")
            if found[state]
        ]
        sums = [f"{self.differences} sums differ"] if self.differences else []
        breaks = [f"{reader}: {n} breaks in sequences" for reader, n in self.breaks.items() if n]
        return [*left, *sums, *breaks, *(each for count in self.counts.values() for each in count.findings)]


def play(
    seed: int,
    turns: Sequence[Sequence[str]],
    *,
    age: float,
    tail: float,
    per_second: float,
    month: float,
    still: float,
    rounds: int = 1,
    say: Callable[[str], None] = print,
) -> Result:
    """`turns`: which databases are lost at the same time, in order; `rounds`: how often, each with backups of its own.
    `age`: how old those are at least when that happens; `tail`: for how long the load goes on afterwards. All in
    seconds.
    """
    result = Result()
    with Platform() as platform:
        clusters = own_clusters(platform)
        system = System(platform)
        system.await_ready()
        load = Load(system, seed, per_second, month)
        load.start()
        for _ in range(rounds):
            taken = _back_up(clusters, load)
            say(f"backed up; {len(load.applications)} applications in")
            time.sleep(age)
            for together in turns:
                ages = {service: time.monotonic() - taken[service] for service in together}
                with ThreadPoolExecutor(len(together)) as pool:
                    away = pool.map(lambda service: _restore(system, clusters[service], service), together)
                    result.restored += map(Restored, together, ages.values(), away)
                say(f"{', '.join(together)} back; {len(load.applications)} applications in")
        time.sleep(tail)
        load.finish()
        say("the load is over; until all is still")
        waiting.until_still(system, still)
        _count(system, load, result)
    return result


def _back_up(clusters: Mapping[str, Cluster], load: Load) -> dict[str, float]:
    """When each was finished; under load already, so that it holds a cut through the middle of things."""
    while len(load.applications) < 5:
        time.sleep(0.05)
    taken = {}
    for service, cluster in clusters.items():
        cluster.back_up()
        taken[service] = time.monotonic()
    return taken


def _restore(system: System, cluster: Cluster, service: str) -> float:
    """Stop the service, lose its database, bring that back, start the service; how long until it was ready."""
    began = time.monotonic()
    system.sigkill(system.services[service])
    cluster.lose()
    if service in WITH_WAL:
        cluster.restore_with_wal()
    else:
        cluster.restore_base()
    system.supervised_again(system.services[service])
    system.await_ready(service)
    return time.monotonic() - began


def _count(system: System, load: Load, result: Result) -> None:
    for service in waiting.READERS:
        found = reconcile(system, service)
        tallies = [tally for one in found for tally in one["tallies"]]
        result.reconciled[service] = {s: sum(map(_number, (tally[s] for tally in tallies))) for s in STATES}
        result.sums += sum(len(one["sums"]) for one in found)
        result.differences += sum(map(differs, (each for one in found for each in one["sums"])))
        result.floors[service] = waiting.query(system, service, "select count(*) as n from floors")[0]["n"]
        result.breaks[service] = waiting.query(system, service, "select count(*) as n from sequence_breaks")[0]["n"]
    records = [seen_of(record) for record in wire.read(system.admin, system.topics)]
    cases = waiting.query(system, "eligibility", "select application, referral_id from cases")
    record = (system.platform.folder / "nav.jsonl").read_text(encoding="utf-8").splitlines()
    applications = load.applications.values()
    result.events, result.applications, result.sent_again = len(records), len(load.applications), load.again
    result.files = len(load.account.closes)
    known = waiting.query(system, "intake", "select application from applications")
    result.counts = {
        "intake": counting.once_each(applications, [row["application"] for row in known], "an application"),
        "eligibility": counting.once_each(applications, [row["application"] for row in cases], "a case"),
        "NAV": counting.nav(map(json.loads, record), [row["referral_id"] for row in cases if row["referral_id"]]),
        "the wire": one_event_per_number(records),
    }


def reconcile(system: System, service: str) -> list[dict[str, Any]]:
    """As an operator asks for it, on the service's own command line."""
    argv = [sys.executable, "-m", service.replace("-", "_"), "reconcile", "--days", "2", "--json"]
    env = system.platform.service_environment(service) | {"PYTHONPATH": python_path()}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"{service} reconcile: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return list(json.loads(done.stdout))


def differs(sums: Mapping[str, Any]) -> bool:
    return bool(sums["lines_told"] != sums["lines_held"] or sums["ore_told"] != sums["ore_held"])


def _number(found: int | list[Any]) -> int:
    return len(found) if isinstance(found, list) else found


def one_event_per_number(records: Iterable[counting.Seen]) -> Count:
    """No sequence of a source, subject and topic names two events: a restored writer went on above what it had sent."""
    found, named = Count(), defaultdict[tuple[str, str, str, int], set[str]](set)
    for record in records:
        named[record.topic, record.source, record.subject, record.sequence].add(record.id)
    found.doubled += [f"{number} names {len(ids)} events" for number, ids in named.items() if len(ids) > 1]
    return found
