"""A reader whose heartbeat is answered with an error, while records wait for it."""

import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from confluent_kafka import Producer

from demo.local.children import Child
from demo.local.platform import Platform
from tests.prove import versions
from tests.prove.guards.book import Book
from tests.prove.heartbeats.mock_cluster import MockCluster
from tests.prove.waiting import until

CODES = {
    14: "COORDINATOR_LOAD_IN_PROGRESS",
    30: "GROUP_AUTHORIZATION_FAILED",
    44: "POLICY_VIOLATION",
    82: "FENCED_INSTANCE_ID",
}
LIMIT = 30.0  # seconds from the error
PATIENCE = 60.0  # seconds
TOPIC, EACH = "deposits", 20


@dataclass(frozen=True, slots=True)
class Seen:
    """`seconds` from the heartbeat's answer until it read again, or until it had ended with `code`; None: neither."""

    seconds: float | None
    code: int | None
    rest_read: bool

    @property
    def holds(self) -> bool:
        return self.seconds is not None and self.seconds <= LIMIT and self.code != 0 and self.rest_read


class Trial:
    """One reader run from a tree, one mock cluster, one database. Waits end by what is there to be seen."""

    def __init__(self, platform: Platform, tree: Path = versions.ROOT) -> None:
        self._platform, self._cluster, self._book = platform, MockCluster(), Book()
        self._cluster.create_topic(TOPIC, 1)
        self._producer = Producer({"bootstrap.servers": self._cluster.bootstrap, "log_level": 0})
        name = f"hearts_{secrets.token_hex(4)}"
        self._urls = platform.databases.create([name])[name]
        self._env = platform.service_environment("intake") | {
            "DATABASE_URL": self._urls.runners,
            "PAGES_DATABASE_URL": self._urls.pages,
            "BANK": name,
            "TOPIC_IN": TOPIC,
            "TOPIC_OUT": "counts",
            "PARTNER_URL": "http://127.0.0.1:9",
            "PYTHONPATH": versions.path(tree),
        }
        argv = [sys.executable, "-m", "tests.prove.bank", "migrate"]
        subprocess.run(argv, env=self._env, cwd=versions.ROOT, check=True, capture_output=True, timeout=60)
        argv = ["-m", "tests.prove.heartbeats.reader", self._cluster.bootstrap]
        self._ended: list[int] = []
        platform.on_death(lambda death: self._ended.append(death.code) if death.name == name else None)
        self._child: Child = platform.spawn(name, argv, self._env)

    def of(self, code: int) -> Seen:
        self._put_in()
        until(lambda: self._read() == EACH, "the reader reads", PATIENCE)
        self._cluster.forget_requests()
        self._cluster.answer_heartbeat(code)
        until(self._cluster.heartbeats, "a heartbeat is answered with the error", PATIENCE)
        began = time.monotonic()
        time.sleep(0.1)  # seconds that the reader has to take the answer in, before anything waits for it
        self._put_in()
        try:
            until(lambda: self._read() == 2 * EACH or self._ended, "it reads again or ends", LIMIT + 10)
            seconds = time.monotonic() - began
        except TimeoutError:
            seconds = None
        return Seen(seconds, self._ended[0] if self._ended else None, self._rest_read())

    def _rest_read(self) -> bool:
        """By another process, where that one has ended or stands still."""
        if self._read() == 2 * EACH:
            return True
        if self._child.alive:
            self._child.kill()
        self._child.start()
        try:
            until(lambda: self._read() == 2 * EACH, "all is read", PATIENCE)
        except TimeoutError:
            return False
        return True

    def _put_in(self) -> None:
        for _ in range(EACH):
            entry = self._book.deposit("account")
            self._producer.produce(TOPIC, key=entry.account, value=entry.value, headers=entry.headers)
        if self._producer.flush(30):
            raise TimeoutError("the mock cluster doesn't take what is put in")

    def _read(self) -> int:
        with psycopg.connect(self._urls.runners) as connection:
            (number,) = connection.execute("select coalesce(sum(next), 0) from positions").fetchone() or (0,)
        return int(number)

    def close(self) -> None:
        self._child.kill()
        self._cluster.close()
