"""One record that nobody can read among a thousand: its key waits in order, the others don't notice."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from aiokafka import AIOKafkaProducer

from demo.local.running import python_path
from tests.e2e import waiting, wire
from tests.e2e.system import System, until
from tests.e2e.waiting import query

pytestmark = pytest.mark.e2e

SPACE = UUID("b3b3d0a1-52a4-4d52-8f0b-51c36b7c2b0e")
TOPIC, KEYS, OF_EACH, POISONED = "arrears.v1", 100, 10, 5
POISONS = {"bad UTF-8": "invalid", "wrong type": "invalid", "next major version": "unknown_version"}
FIRST = date(2017, 1, 1)
LETTERS = "select * from dead_letters where parking_key = %s order by id"

Header = tuple[str, bytes]


@dataclass(frozen=True)
class Record:
    """The `number`th of its key, from 1."""

    kind: str
    key: str
    number: int

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, f"{self.key}/{self.number}")

    @property
    def day(self) -> date:
        return FIRST + timedelta(days=self.number)

    @property
    def is_poison(self) -> bool:
        return self.number == POISONED and self.key == poisoned_key(self.kind)

    @property
    def ore(self) -> int:
        """Each power of two once, so that the sum tells which lines are in it."""
        return 2**self.number

    @property
    def content(self) -> dict[str, Any]:
        common = {"line_id": str(self.id), "dated_on": f"{self.day}"}
        if self.number == OF_EACH:
            return common | {"account": f"poison-{self.kind[:3]}", "as_of": f"{self.day}"}
        return common | {"amount_ore": self.ore, "due_on": f"{self.day}", "kid": None}

    @property
    def value(self) -> bytes:
        content = self.content
        if self.is_poison and self.kind == "wrong type":
            content["amount_ore"] = "thirty-two"
        raw = json.dumps(content).encode()
        return raw.replace(b"20", b"2\xff", 1) if self.is_poison and self.kind == "bad UTF-8" else raw

    @property
    def headers(self) -> list[Header]:
        type = "ledger.closed" if self.number == OF_EACH else "invoice.issued"
        major = "v2" if self.is_poison and self.kind == "next major version" else "v1"
        attributes = {
            "specversion": "1.0",
            "id": f"{self.id}",
            "source": "/no/kommune/3427/intake",
            "type": f"no.boligflyt.{type}.{major}",
            "subject": self.key,
            "time": datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
            "dataschema": f"urn:boligflyt:schema:{type}.{major}",
            "kommunenummer": "3427",
            "sequence": f"{self.number}",
            "dataclassification": "internal",
        }
        return [("content-type", b"application/json")] + [(f"ce_{n}", v.encode()) for n, v in attributes.items()]


def key_of(kind: str, number: int) -> str:
    return str(uuid5(SPACE, f"{kind}/{number}"))


def poisoned_key(kind: str) -> str:
    return key_of(kind, 42)


def thousand(kind: str) -> list[Record]:
    """Ten records of each of a hundred keys, each key's in order, all keys by turns."""
    return [Record(kind, key_of(kind, key), n) for n in range(1, OF_EACH + 1) for key in range(KEYS)]


async def produce(system: System, records: Sequence[Record]) -> None:
    """As intake would, past intake."""
    async with AIOKafkaProducer(**system.subscribers["intake"], enable_idempotence=True) as producer:
        sent = [await producer.send(TOPIC, r.value, key=r.key.encode(), headers=r.headers) for r in records]
        await asyncio.gather(*sent)


def until_read(system: System) -> None:
    """Notifications has passed the present end of the topic."""
    ends = wire.ends(system.admin, [TOPIC])

    def read() -> bool:
        rows = query(system, "notifications", "select * from positions where topic = %s", TOPIC)
        positions = {(row["topic"], row["partition"]): row["next"] for row in rows}
        return all(positions.get(place, 0) >= end for place, end in ends.items())

    until(read, "everything is read")


def dead_letters(system: System, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As an operator calls it."""
    return subprocess.run(
        [sys.executable, "-m", "notifications", "dead-letters", *arguments],
        env={**os.environ, **system.platform.service_environment("notifications"), "PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def handled(system: System, kind: str) -> dict[str, set[int]]:
    """Which records of each key have had their effect."""
    ids = {row["id"] for row in query(system, "notifications", "select id from inbox")}
    found: dict[str, set[int]] = {key_of(kind, key): set() for key in range(KEYS)}
    for record in thousand(kind):
        if record.id in ids:
            found[record.key].add(record.number)
    return found


def outstanding(system: System, key: str) -> int | None:
    """By the books, the day after the last line."""
    rows = query(system, "notifications", "select outstanding_ore from balances where tenancy = %s", key)
    return rows[0]["outstanding_ore"] if rows else None


@pytest.fixture(scope="module")
def poisoned(system, played) -> System:
    """A thousand records with each kind of poison, read."""
    waiting.until_still(system)
    for kind in POISONS:
        asyncio.run(produce(system, thousand(kind)))
    until_read(system)
    return system


@pytest.mark.parametrize("kind", POISONS)
def test_the_other_99_keys_complete(poisoned, kind):
    done = handled(poisoned, kind)
    del done[poisoned_key(kind)]
    assert len(done) == KEYS - 1
    assert all(numbers == set(range(1, OF_EACH + 1)) for numbers in done.values())
    assert {outstanding(poisoned, key) for key in done} == {sum(2**n for n in range(1, OF_EACH))}


@pytest.mark.parametrize("kind", POISONS)
def test_the_first_four_of_its_key_are_handled_and_the_later_ones_wait_in_order(poisoned, kind):
    assert handled(poisoned, kind)[poisoned_key(kind)] == {1, 2, 3, 4}
    letters = query(poisoned, "notifications", LETTERS, poisoned_key(kind))
    waiting_ids = [dict(letter["record_headers"])["ce_id"] for letter in letters]
    assert waiting_ids == [encoded(Record(kind, poisoned_key(kind), n).id) for n in range(POISONED, OF_EACH + 1)]
    assert [bool(letter["reason"]) for letter in letters] == [True] + [False] * (OF_EACH - POISONED)
    assert letters[0]["reason"].startswith(f"{POISONS[kind]}: ")
    assert outstanding(poisoned, poisoned_key(kind)) is None


def test_the_operator_is_shown_what_stopped_and_how_much_waits_behind(poisoned):
    groups = json.loads(dead_letters(poisoned, "list", "--json").stdout)
    found = {group["reason"].partition(":")[0]: (group["letters"], group["waiting"]) for group in groups}
    behind = OF_EACH - POISONED
    assert found == {"invalid": (2, 2 * behind), "unknown_version": (1, behind)}


def test_a_letter_that_only_waits_is_not_discarded(poisoned):
    _, waiting_one, *_ = query(poisoned, "notifications", LETTERS, poisoned_key("wrong type"))
    assert dead_letters(poisoned, "discard", str(waiting_one["id"]), "--by", "vakt").returncode == 1


@pytest.mark.parametrize("kind", POISONS)
def test_a_replay_stops_at_the_poison_and_after_it_is_discarded_the_later_ones_are_handled_in_order(poisoned, kind):
    key = poisoned_key(kind)
    stopped = dead_letters(poisoned, "replay", "--key", key, "--by", "vakt")
    assert stopped.returncode == 1
    assert f"0 behandlet, stoppet av {POISONS[kind]}" in " ".join(stopped.stdout.split())
    assert handled(poisoned, kind)[key] == {1, 2, 3, 4}

    poison, *_ = query(poisoned, "notifications", LETTERS, key)
    assert dead_letters(poisoned, "discard", str(poison["id"]), "--by", "vakt").returncode == 0
    done = dead_letters(poisoned, "replay", "--key", key, "--by", "vakt")
    assert done.returncode == 0, done.stdout + done.stderr

    assert handled(poisoned, kind)[key] == set(range(1, OF_EACH + 1)) - {POISONED}
    poison, *letters = query(poisoned, "notifications", LETTERS, key)
    assert poison["handled_by"] == "forkastet av vakt"
    times = [letter["handled_at"] for letter in letters]
    assert times == sorted(times)
    assert len(set(times)) == len(times) == OF_EACH - POISONED
    assert {letter["handled_by"] for letter in letters} == {"vakt"}
    assert outstanding(poisoned, key) == sum(2**n for n in range(1, OF_EACH) if n != POISONED)
    assert query(poisoned, "notifications", "select * from parked where key = %s", key) == []


def test_a_key_that_is_let_through_goes_on_without_waiting(poisoned):
    """After the tests above: what comes now is handled at once, and nothing is left."""
    late = [Record(kind, poisoned_key(kind), OF_EACH + 1) for kind in POISONS]
    asyncio.run(produce(poisoned, late))
    until_read(poisoned)
    ids = {row["id"] for row in query(poisoned, "notifications", "select id from inbox")}
    assert {record.id for record in late} <= ids
    assert query(poisoned, "notifications", "select * from parked") == []


def encoded(id: UUID) -> str:
    """As a dead letter keeps a header."""
    return base64.b64encode(str(id).encode()).decode()
