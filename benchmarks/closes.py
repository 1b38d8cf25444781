"""How long it takes to judge a bank file's closes: one `ledger.closed` for each of so many tenancies.

Real Kafka and PostgreSQL; notifications runs in so many processes, each with a share of the partitions. Every
tenancy has two years of rent behind it; one in ten is behind with it. Time is from the first record's sending until
the last is handled; memory is the largest that a process had. The processors' time is told as well, as it is nearly the
same however busy the machine is with other work.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import psutil
import psycopg
from confluent_kafka import Producer
from pydantic import TypeAdapter

from chassis.envelope import encode
from chassis.outputs import Key
from chassis.testing import decide
from demo.local.children import Child
from demo.local.kafka import LocalKafka
from demo.local.platform import Platform
from demo.player.services import ready, start_partners
from notifications import messages as m
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from tests.e2e.system import until

GOAL = 60.0  # seconds
TENANCIES = 115_000  # every municipal dwelling in Norway
MONTHS, RENT = 24, 800_000
BEHIND, SHAPES = 10, 40  # every tenth; so many different histories
FIRST, NAMES = date(2017, 1, 1), UUID("6f1a3c9e-0000-5000-8000-0000000be9c4")
MUNICIPALITY, ACCOUNT = "3427", "benchmark"
STATE = TypeAdapter(Tenancy)
PUT_IN = """
insert into states (kind, key, kommunenummer, data) select 'tenancy', key, %s, shapes.unnest
from unnest(%s::text[]) with ordinality as keys(key, n) join shapes on shapes.ordinality = keys.n %% %s + 1
"""
HANDLED = "select sum(next) as next from positions where topic = 'arrears.v1'"


def history(shape: int) -> Iterator[object]:
    """Rent and payments, some days late as that tenant does; who is behind left the last two unpaid."""
    late = shape % 7
    unpaid = 2 if shape % BEHIND == 0 else 0
    for number in range(MONTHS):
        due = date(FIRST.year + number // 12, number % 12 + 1, 1)
        line = str(uuid5(NAMES, f"{shape} invoice {number}"))
        yield m.InvoiceIssued(line_id=line, dated_on=due - timedelta(days=14), amount_ore=RENT, due_on=due)
        if number < MONTHS - unpaid:
            paid = due + timedelta(days=late)
            id = str(uuid5(NAMES, f"{shape} payment {number}"))
            yield m.PaymentRegistered(line_id=id, dated_on=paid, amount_ore=RENT)
        yield m.LedgerClosed(account=ACCOUNT, as_of=due + timedelta(days=15))


def state_of(shape: int) -> str:
    key = Key("tenancy", str(uuid5(NAMES, f"shape {shape}")))
    states: Mapping[Key, Any] = {key: Tenancy(account=ACCOUNT, started_on=FIRST, rent_ore=RENT)}
    for message in history(shape):
        states = decide(HANDLERS, states, key.id, message, kommunenummer=MUNICIPALITY).states
    fields = json.loads(STATE.dump_json(states[key]))
    return json.dumps({"format": getattr(Tenancy, "FORMAT", 1), **fields})


def tenancy(number: int) -> str:
    return str(uuid5(NAMES, f"tenancy {number}"))


def put_in(platform: Platform, number: int) -> None:
    states = [state_of(shape) for shape in range(SHAPES)]
    with psycopg.connect(platform.urls["notifications"].runners) as connection:
        connection.execute(
            "create temporary table shapes as select * from unnest(%s::jsonb[]) with ordinality", [states]
        )
        connection.execute(PUT_IN, [MUNICIPALITY, [tenancy(n) for n in range(number)], SHAPES])
        connection.commit()
        connection.autocommit = True
        connection.execute("analyze")


def close_all(platform: Platform, number: int) -> None:
    producer = Producer(platform.kafka.connection("intake").confluent() | {"linger.ms": 20, "acks": "all"})
    data = m.LedgerClosed(account=ACCOUNT, as_of=date(2019, 1, 2))
    for n in range(number):
        key = tenancy(n)
        headers, value = encode(
            data,
            id=uuid5(NAMES, f"close {n}"),
            source=f"/no/kommune/{MUNICIPALITY}/intake",
            subject=key,
            time=datetime.now(UTC),
            kommunenummer=MUNICIPALITY,
            sequence=1,
            correlation="benchmark",
            causation="benchmark",
            traceparent="",
            classification="internal",
        )
        producer.produce("arrears.v1", value, key=key, headers=list(headers.items()))
        producer.poll(0)
    producer.flush(60)


def run(platform: Platform, processes: int) -> list[Child]:
    children = []
    for n in range(processes):
        given = platform.service_environment("notifications")
        if n:
            given |= {"HTTP_PORT": str(platform.spare_port())}
        children.append(
            platform.spawn(f"notifications-{n}-{time.monotonic_ns()}", ["-m", "notifications", "run"], given)
        )
    until(lambda: ready(platform, "notifications"), "notifications ready")
    return children


def handled(platform: Platform) -> int:
    with psycopg.connect(platform.urls["notifications"].runners) as connection:
        (number,) = connection.execute(HANDLED).fetchone() or (0,)
    return int(number or 0)


def worked(pids: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """The processors' time of programs with all of their children, those that have ended too. In seconds."""
    found = {}
    for name, each in pids.items():
        roots = [psutil.Process(pid) for pid in each]
        times = [process.cpu_times() for root in roots for process in (root, *root.children(recursive=True))]
        found[name] = sum(t.user + t.system for t in times)
        found[name] += sum(t.children_user + t.children_system for t in (root.cpu_times() for root in roots))
    return found


def measure(number: int, processes: int) -> tuple[float, float, dict[str, float]]:
    with Platform() as platform:
        start_partners(platform)
        for child in run(platform, 1):
            child.terminate()
        put_in(platform, number)
        children = run(platform, processes)
        programs = {"notifications": [child.pid for child in children]}
        if isinstance(platform.kafka, LocalKafka):
            programs["Kafka"] = [platform.kafka.child.pid]
        if platform.postgres:
            programs["PostgreSQL"] = [platform.postgres.child.pid]
        before = worked(programs)
        began, largest = time.monotonic(), 0.0
        close_all(platform, number)
        print(f"sent after {time.monotonic() - began:.1f} s", flush=True)
        while (done := handled(platform)) < number:
            if not all(child.alive for child in children):
                raise SystemExit(f"a process of notifications ended after {done:,} closes")
            largest = max([largest, *(psutil.Process(c.pid).memory_info().rss / 2**20 for c in children)])
            print(f"{time.monotonic() - began:6.1f} s  {done:,}", flush=True)
            time.sleep(1)
        seconds = time.monotonic() - began
        return seconds, largest, {name: each - before[name] for name, each in worked(programs).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenancies", type=int, default=TENANCIES)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args(arguments)
    seconds, memory, work = measure(given.tenancies, given.processes)
    pace = f"{given.tenancies / seconds:,.0f}/s, {memory:.0f} MiB at most"
    print(f"{given.tenancies:,} tenancies in {seconds:.1f} s: {pace}")
    for name, each in work.items():
        print(f"{name}: {each / given.tenancies * 1000:.2f} ms of a processor per close")
    print(f"goal: {TENANCIES:,} in under {GOAL:.0f} s")
    return int(seconds * TENANCIES / given.tenancies >= GOAL)


if __name__ == "__main__":
    sys.exit(main())
