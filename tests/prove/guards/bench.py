"""The bank as processes from one tree, on real Kafka and PostgreSQL, each part twice, and what a ledger sees."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from psycopg import sql
from psycopg.rows import dict_row

from demo.local.children import Child
from demo.local.platform import Platform
from tests.e2e import counting, wire
from tests.e2e.counting import Count, Seen
from tests.prove import versions
from tests.prove.guards.book import Book, Entry
from tests.prove.guards.partner import Partner
from tests.prove.supervisor import Supervisor
from tests.prove.waiting import until

PARTITIONS = 4
READERS, RUNNERS = ("consumer-a", "consumer-b"), ("runners-a", "runners-b")
PARTS = {
    **dict.fromkeys(READERS, ("consumer",)),
    **dict.fromkeys(RUNNERS, ("relay", "timers", "calls")),
}
OWN = """
select (select count(*) from outbox where position is null) as unsent, (select count(*) from timers where told) as told,
       (select count(*) from calls where status = 'open') as calls, (select count(*) from parked) as parked,
       (select count(*) from timers where not told and due < now()) as due
"""
LOG = "select topic, key, headers ->> 'ce_sequence' as sequence, position from outbox order by position"


class Bank:
    """`book`: what is put in. `waits`: seconds within which all that was put in must have had its effect."""

    def __init__(self, platform: Platform, tree: Path, waits: float) -> None:
        self.platform, self.tree, self.waits, self.book = platform, tree, waits, Book()
        self._name = f"bank_{secrets.token_hex(4)}"
        self.urls = platform.databases.create([self._name])[self._name]
        self._let_deadlocks_stand()
        kafka = platform.admin_kafka()
        self._topic_in, self._topic_out = f"in-{self._name}", f"out-{self._name}"
        topics = [NewTopic(self._topic_in, PARTITIONS), NewTopic(self._topic_out, PARTITIONS)]
        admin = AdminClient(kafka.confluent())
        for made in admin.create_topics(topics).values():
            made.result(30)
        self._producer = Producer(kafka.confluent() | {"enable.idempotence": True, "linger.ms": 2})
        self._watch = Consumer(kafka.confluent() | {"group.id": f"watch-{self._name}"})
        self._out: list[Seen] = []
        self._read_to: dict[wire.Place, int] = {}
        self.partner = Partner()
        self._env = platform.service_environment("intake") | {
            "DATABASE_URL": self.urls.runners,
            "PAGES_DATABASE_URL": self.urls.pages,
            "KAFKA_USERNAME": kafka.username,
            "KAFKA_PASSWORD": kafka.password,
            "BANK": self._name,
            "TOPIC_IN": self._topic_in,
            "TOPIC_OUT": self._topic_out,
            "PARTNER_URL": self.partner.url,
            "PYTHONPATH": versions.path(tree),
        }
        self.command("migrate")
        self.supervisor = Supervisor()
        platform.on_death(self.supervisor.died)
        self.members = {name: self._spawn(name, parts) for name, parts in PARTS.items()}
        self.supervisor.watch(*self.members.values())
        until(self._reads, "the bank reads", 60)

    def _let_deadlocks_stand(self) -> None:
        """PostgreSQL would break one after a second; here it stands for longer than anybody waits, and is seen."""
        stands = sql.SQL("alter role {} set deadlock_timeout = '10min'").format(sql.Identifier(self._name))
        with psycopg.connect(self.platform.databases._admin_url, autocommit=True) as admin:
            admin.execute(stands)

    def _spawn(self, name: str, parts: Iterable[str]) -> Child:
        only = [word for part in parts for word in ("--only", part)]
        return self.platform.spawn(f"{self._name}-{name}", ["-m", "tests.prove.bank", "run", *only], self._env)

    def _reads(self) -> bool:
        return len(self.query("select 1 from positions")) == PARTITIONS

    def command(self, *arguments: str, **more: str) -> None:
        """One of the bank's own commands, from its own tree."""
        argv = [sys.executable, "-m", "tests.prove.bank", *arguments]
        env = {**os.environ, **self._env, **more}
        done = subprocess.run(argv, env=env, cwd=self.tree, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{arguments}: {done.stdout[-1000:]}{done.stderr[-2000:]}")

    def query(self, statement: str, *arguments: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.urls.runners, row_factory=dict_row) as connection:
            return connection.execute(statement, arguments).fetchall()

    def put_in(self, *entries: Entry) -> None:
        """Onto Kafka, in this order; returns when the broker has them."""
        for entry in entries:
            while True:
                try:
                    self._producer.produce(self._topic_in, key=entry.account, value=entry.value, headers=entry.headers)
                    break
                except BufferError:
                    self._producer.poll(0.1)
        if self._producer.flush(60):
            raise TimeoutError("Kafka doesn't take what is put in")

    def signal(self, number: int, *members: str) -> None:
        for name in members:
            with contextlib.suppress(ProcessLookupError):
                if self.members[name].alive:
                    os.kill(self.members[name].pid, number)

    def stop(self, *members: str) -> None:
        """At once: what ends slowly goes on reading and ringing meanwhile."""
        for name in members:
            self.supervisor.let_go(self.members[name], at_once=True)

    def start(self, *members: str) -> None:
        for name in members:
            self.supervisor.take_back(self.members[name])

    def unread(self) -> int:
        read = {row["partition"]: row["next"] for row in self.query("select partition, next from positions")}
        left = 0
        for partition in range(PARTITIONS):
            _, end = self._watch.get_watermark_offsets(TopicPartition(self._topic_in, partition), timeout=10)
            left += max(0, end - read.get(partition, 0))
        return left

    def left(self) -> dict[str, int]:
        return {"on Kafka": self.unread(), **self.query(OWN)[0]}

    def rest(self) -> bool:
        """Whether all that was put in has had its effect within the time for it."""
        deadline = time.monotonic() + self.waits
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg.Error, KafkaException):
                if not any(self.left().values()):
                    return True
            time.sleep(0.1)
        return False

    def count(self) -> Count:
        """The ledger, now that all rests or has had its time."""
        rows = self.query("select key, data from states")
        numbers = list(self.partner.taken.values())
        billed = [number for lists in self.book.expected.values() for number in lists["paid"]]
        return (
            self.book.on_states({row["key"]: row["data"] for row in rows})
            + self.book.on_the_wire(self._on_wire())
            + counting.event_log((r["topic"], r["key"], int(r["sequence"]), r["position"]) for r in self.query(LOG))
            + counting.once_each(billed, numbers, "the partner's record")
            + counting.waits(self.left())
        )

    def _on_wire(self) -> list[Seen]:
        given = self.platform.admin_kafka().aiokafka()
        for record in wire.read(given, [self._topic_out], self._read_to):
            self._read_to[record.topic, record.partition] = record.offset + 1
            headers = {name: value.decode() for name, value in record.headers}
            fact, at = json.loads(record.value)["number"], (record.partition, headers["ce_source"])
            self._out.append(Seen("out", *at, record.key.decode(), headers["ce_id"], int(headers["ce_sequence"]), fact))
        return self._out

    def back_up(self) -> None:
        """A copy of its files, as of a moment at which nobody is connected."""
        copy = sql.SQL("create database {} template {}")
        self._alone(lambda admin: admin.execute(copy.format(self._as("_backup"), self._as(""))))

    def restore(self) -> None:
        """The backup takes the database's place under whoever still runs."""
        rename = sql.SQL("alter database {} rename to {}")

        def swap(admin: psycopg.Connection) -> None:
            with admin.transaction():
                admin.execute(rename.format(self._as(""), self._as("_lost")))
                admin.execute(rename.format(self._as("_backup"), self._as("")))

        self._alone(swap)
        self._alone(lambda admin: admin.execute(sql.SQL("drop database {} with (force)").format(self._as("_lost"))))

    def _as(self, suffix: str) -> sql.Identifier:
        return sql.Identifier(self._name + suffix)

    def _alone(self, work: Callable[[psycopg.Connection], object]) -> None:
        """By the administrator, tried until nobody else is on the database; the runners, who always are, are frozen."""
        self.signal(signal.SIGSTOP, *RUNNERS)
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"

        def tried() -> bool:
            try:
                admin.execute(ended, [self._name])
                work(admin)
            except psycopg.errors.ObjectInUse:
                return False
            return True

        try:
            with psycopg.connect(self.platform.databases._admin_url, autocommit=True) as admin:
                until(tried, "nobody is on the database", 30)
        finally:
            self.signal(signal.SIGCONT, *RUNNERS)

    def close(self) -> None:
        self.supervisor.end()
        for child in self.members.values():
            child.kill()
        self.partner.close()
        self._watch.close()
