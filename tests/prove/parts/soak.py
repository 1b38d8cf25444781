"""Half an hour at a steady rate: memory, connections and dead rows must not grow."""

import itertools
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psutil
import psycopg

from demo.local.errors import PlatformError
from tests.e2e import counting
from tests.e2e.counting import Count
from tests.prove import verdict
from tests.prove.campaign import STILL, come_to_rest, written
from tests.prove.figures import Line, line
from tests.prove.fronted import Fronted
from tests.prove.load import Amount, Load
from tests.prove.proof import Given, Proof, table
from tests.prove.recovery import Watch
from tests.prove.rig import SERVICES, Rig

MINUTES, WARM_UP, ENDING = 30.0, 4.0, 8.0  # minutes; what comes first fills caches and pools
EVERY, COPIED_EVERY = 10.0, 6  # seconds; measurements
EVENTS = 200.0  # per second
# A round through the accounts takes a minute, so that after the warming up they are of all ages up to four months, and
# stay so. Where none ended, they grew older all the time, and what a batch holds of each in memory with them.
STEADY = Amount(accounts=96, contracts=30, months=4, between=0.6, applications=1, most_applications=6_000)

READ = (
    "Slopes per hour by least squares, neighbours in time counted for what they add. A slope is noise where its "
    "interval reaches zero; as many are looked at together, the intervals are so wide that all of them are right with "
    "95 % confidence. Outbox and inbox grow by design, so that their size is per row; what stands in timers comes and "
    "goes with what people owe, so that its bloat is what it takes beyond the same rows in a new table."
)

DEAD = "select sum(n_dead_tup) * 100.0 / greatest(1, sum(n_live_tup + n_dead_tup)) as share from pg_stat_user_tables"
# Copied anew each time: what a row takes in the indexes is not to be reckoned beforehand.
NEW_TABLE = "create temporary table fresh (like timers including indexes) on commit drop"
COPIED = "insert into fresh select * from timers"
BEYOND = "select (pg_total_relation_size('timers') - pg_total_relation_size('fresh')) / 1048576.0 as size"
PER_ROW = """
select sum(pg_total_relation_size(relid)) / greatest(1, sum(n_live_tup)) as bytes from pg_stat_user_tables
where relname in ('outbox', 'inbox')
"""
CONNECTIONS = "select count(*) as number from pg_stat_activity where datname = current_database()"


Series = dict[str, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Soaked:
    """`minutes` and `rate` (events per second) of the measured time; `events` of all; `series` by hours passed.
    `ended`: who ended of itself, with its code.
    """

    minutes: float
    rate: float
    events: int
    series: Series
    counts: dict[str, Count]
    ended: Sequence[tuple[str, int]]


def prove(given: Given) -> Proof:
    minutes = min(MINUTES, given.left / 60 - WARM_UP - ENDING)
    if minutes < 1:
        raise PlatformError("Delen trenger minst et kvarter")
    soaked = _soak(given, minutes)
    lines = {name: line(points, among=len(soaked.series)) for name, points in soaked.series.items()}
    grown = any(grows(each) for each in lines.values())
    found = any(count.findings for count in soaked.counts.values())
    enough = soaked.rate >= EVENTS and minutes >= MINUTES
    return Proof("Half an hour at a steady rate", enough and not (grown or found or soaked.ended), _body(soaked, lines))


def _soak(given: Given, minutes: float) -> Soaked:
    with Fronted() as platform:
        rig = Rig(platform)
        load, watch = Load(rig, given.seed, STEADY), Watch(rig)
        load.start()
        given.say("warming up")
        time.sleep(WARM_UP * 60)
        began, before = time.monotonic(), written(rig, watch)
        series: Series = defaultdict(list)
        looks = itertools.count()
        while (passed := time.monotonic() - began) < minutes * 60:
            found = [*_sample(rig), *([] if next(looks) % COPIED_EVERY else _beyond_rows(rig))]
            for name, value in found:
                series[name].append((passed / 3600, value))
            given.say(f"{passed / 60:.1f} min, {(written(rig, watch) - before) / max(passed, 1):.0f} events/s")
            time.sleep(EVERY)
        rate = (written(rig, watch) - before) / (time.monotonic() - began)
        load.stop()
        come_to_rest(rig, watch, STILL)
        counts, seen = verdict.counts(rig, load, watch)
        watch.close()
        rig.end()
        events = len(counting.first_occurrences(seen))
        return Soaked(minutes, rate, events, series, counts, rig.supervisor.exits)


def _body(soaked: Soaked, lines: Mapping[str, Line]) -> str:
    rows = [
        (
            name,
            *(f"{soaked.series[name][at][1]:.1f}" for at in (0, -1)),
            f"{each.slope:+.2f} ± {each.margin:.2f}",
            "**grows**" if grows(each) else "noise",
        )
        for name, each in lines.items()
    ]
    measured = f"{soaked.minutes:.0f} minutes at {soaked.rate:.0f} events/s after {WARM_UP:.0f} of warming up"
    ended = ", ".join(f"{name} with code {code}" for name, code in soaked.ended)
    zeros = [(where, *count.numbers) for where, count in soaked.counts.items()]
    parts = [
        f"{measured}; {soaked.events:,} events in all.",
        READ,
        table(["what", "first", "last", "slope per hour", ""], rows),
        table(["looked at", "lost", "doubled", "reordered", "stuck"], zeros),
        f"Processes that ended of themselves: {ended or 'none'}.",
    ]
    return "\n\n".join(parts)


def grows(line: Line) -> bool:
    return line.slope - line.margin > 0


def _sample(rig: Rig) -> Iterator[tuple[str, float]]:
    for service in SERVICES:
        process = psutil.Process(rig.services[service].pid)
        yield f"{service}: memory (RSS), MiB", process.memory_info().rss / 2**20
        yield f"{service}: connections of the process", float(len(process.net_connections("tcp")))
        yield f"{service}: connections to PostgreSQL", float(rig.query(service, CONNECTIONS)[0]["number"])
        yield f"{service}: dead rows, %", float(rig.query(service, DEAD)[0]["share"] or 0)
        yield f"{service}: outbox and inbox, bytes per row", float(rig.query(service, PER_ROW)[0]["bytes"] or 0)


def _beyond_rows(rig: Rig) -> Iterator[tuple[str, float]]:
    for service in SERVICES:
        with psycopg.connect(rig.platform.urls[service].runners) as connection:
            connection.execute(NEW_TABLE)
            connection.execute(COPIED)
            row = connection.execute(BEYOND).fetchone()
        assert row is not None
        yield f"{service}: size of timers beyond their rows, MiB", float(row[0])
