"""Where the bank lives and dies: one database, two topics, the partner; and what the ledger reads of them."""

import contextlib
import json
import secrets
import time
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from psycopg.rows import dict_row

from chassis.database import migrate
from demo.local import Platform
from tests.e2e import counting
from tests.e2e.counting import Count, Seen
from tests.prove import bank
from tests.prove.guards.partner import Partner
from tests.prove.lines.dying import Line
from tests.prove.lines.input import Input
from tests.prove.lines.life import Life, live

PARTITIONS = 2
PATIENCE = 45.0  # seconds
REST = """
select coalesce((select sum(next) from positions), 0) as read,
       (select count(*) from outbox where position is null) as unsent, (select count(*) from timers) as timers,
       (select count(*) from calls where status = 'open') as calls,
       (select count(*) from inbox where id = any(%s)) as commands
"""
LETTERS = "select parking_key, record_headers from dead_letters where parking_key like %s order by id"
LOG = (
    "select topic, key, headers ->> 'ce_sequence' as sequence, position from outbox where key like %s order by position"
)


class World:
    def __init__(self, platform: Platform, folder: Path) -> None:
        self._folder = folder
        name = f"lines_{secrets.token_hex(4)}"
        self._urls = platform.databases.create([name])[name]
        migrate(self._urls.runners, self._urls.pages, [Path(bank.__file__).parent / "migrations"])
        self._kafka = platform.admin_kafka()
        self._in, self._out = f"in-{name}", f"out-{name}"
        topics = [NewTopic(self._in, PARTITIONS), NewTopic(self._out, PARTITIONS)]
        admin = AdminClient(self._kafka.confluent())  # its requests end with it
        for made in admin.create_topics(topics).values():
            made.result(30)
        self._producer = Producer(self._kafka.confluent() | {"enable.idempotence": True, "linger.ms": 2})
        self._watch = Consumer(self._kafka.confluent() | {"group.id": name})
        self._watch.assign([TopicPartition(self._out, number, 0) for number in range(PARTITIONS)])
        self._seen: list[Seen] = []
        self._database = psycopg.connect(self._urls.runners, autocommit=True, row_factory=dict_row)
        self._partner = Partner()
        self._put = 0
        self._fork = get_context("forkserver")
        self._fork.set_forkserver_preload(["tests.prove.lines.life"])

    def put_in(self, given: Input) -> None:
        for entry in given.entries:
            self._producer.produce(self._in, key=entry.account, value=entry.value, headers=entry.headers)
        self._put += len(given.entries)
        if self._producer.flush(30):
            raise TimeoutError("Kafka doesn't take what is put in")

    def start(
        self, given: Input, group: str, target: Line | None = None, nth: int = 1, notes: Path | None = None
    ) -> BaseProcess:
        """A life of the bank, in which the round's commands are given."""
        places = self._urls, self._kafka, self._in, self._out, self._partner.url, self._folder / "bank.log"
        own = f"{self._in}-{group}"
        process = self._fork.Process(target=live, args=[Life(*places, own, given.commands, target, nth, notes)])
        process.start()
        return process

    def rests(self, given: Input) -> bool:
        """Whether all that was put in has had its effect."""
        return not any(self.left(given).values())

    def left(self, given: Input) -> dict[str, int]:
        row = dict(self._rows(REST, [command.id for command in given.commands])[0])
        return row | {"read": self._put - int(row["read"]), "commands": len(given.commands) - row["commands"]}

    def has_begun(self, given: Input) -> bool:
        return self.left(given)["read"] < len(given.entries)

    def cut_connections(self, those: str = "true") -> bool:
        """Whether there were any. `those`: a condition on `pg_stat_activity`."""
        found = self._rows(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            f"where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and {those}"
        )
        return bool(found)

    def count(self, given: Input, prefix: str) -> Count:
        """The ledger of a round. `prefix`: of its accounts."""
        states = self._rows("select key, data from states where key like %s", prefix + "%")
        aside = defaultdict[str, list[str]](list)
        for letter in self._rows(LETTERS, prefix + "%"):
            headers = {name: b64decode(value).decode() for name, value in letter["record_headers"]}
            aside[letter["parking_key"]].append(headers["ce_id"])
        log = [(r["topic"], r["key"], int(r["sequence"]), r["position"]) for r in self._rows(LOG, prefix + "%")]
        billed = [number for lists in given.book.expected.values() for number in lists["paid"]]
        taken = [number for number in self._partner.taken.values() if number // 1000 == min(billed) // 1000]
        return (
            given.book.on_states({row["key"]: row["data"] for row in states})
            + given.book.on_the_wire(each for each in self._on_wire() if each.subject.startswith(prefix))
            + given.on_letters(aside)
            + counting.event_log(log)
            + counting.once_each(billed, taken, "the partner's record")
            + counting.waits(self.left(given))
        )

    def _on_wire(self) -> list[Seen]:
        places = [TopicPartition(self._out, number) for number in range(PARTITIONS)]
        ends = {place.partition: self._watch.get_watermark_offsets(place, timeout=10)[1] for place in places}
        deadline = time.monotonic() + PATIENCE
        while (
            any(at.offset < ends[at.partition] for at in self._watch.position(places)) and time.monotonic() < deadline
        ):
            for record in self._watch.consume(500, timeout=0.2):
                headers = {name: value.decode() for name, value in record.headers()}
                about = record.partition(), headers["ce_source"], record.key().decode(), headers["ce_id"]
                fact = json.loads(record.value())["number"]
                self._seen.append(Seen("out", *about, int(headers["ce_sequence"]), fact))
        return self._seen

    def _rows(self, statement: str, *arguments: Any) -> list[dict[str, Any]]:
        return self._database.execute(statement, arguments).fetchall()

    def close(self) -> None:
        self._database.close()
        self._watch.close()
        self._partner.close()


def until(condition: Callable[[], bool], seconds: float = PATIENCE, pause: float = 0.02) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


@contextlib.contextmanager
def ended(process: BaseProcess):
    """Killed at the end, whatever happens."""
    try:
        yield process
    finally:
        process.kill()
        process.join()
