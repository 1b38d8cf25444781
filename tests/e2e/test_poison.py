"""Records that nobody can read among a thousand: their keys wait in order, the others don't notice, and an operator's
correction ends where a clean run does.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from demo.local.running import python_path
from tests.e2e import waiting, wire
from tests.e2e.system import System, until
from tests.e2e.tokens import logged_in
from tests.e2e.waiting import query

pytestmark = pytest.mark.e2e

SPACE = UUID("b3b3d0a1-52a4-4d52-8f0b-51c36b7c2b0e")
TOPIC, KEYS, OF_EACH, POISONED = "arrears.v1", 100, 10, 5
LARGEST, LONG = 4 * 1024 * 1024, 2 * 1024 * 1024  # bytes
FIRST = date(2017, 1, 1)
POISONS = {
    "bad UTF-8": "invalid",
    "wrong type": "invalid",
    "next major version": "unknown_version",
    "bad UTF-8 in a header": "bad_header",
    "bad UTF-8 in the key": "key_is_not_subject",
    "null header": "missing_header",
    "null value": "invalid",
    "NUL character": "nul_character",
    "past bigint": "invalid",
    "two megabytes": "too_large",
}
DISCARDED, ALONE = "given up", "neither key nor subject reads"
STOPPED = POISONS | {DISCARDED: "invalid"}
KINDS = [*STOPPED, ALONE]
OF_KEY = "select * from dead_letters where parking_key = %s order by id"
OF_NO_KEY = "select * from dead_letters where parking_key is null"
STATE = "select data, sequences from states where key = %s"

Header = tuple[str, bytes | None]


@dataclass(frozen=True)
class Record:
    """The `number`th of its key, from 1, as it should be. Lines have the same ids under each key: states can be held
    against each other.
    """

    key: str
    number: int

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, f"{self.key}/{self.number}")

    @property
    def partition(self) -> int:
        partitions = list(range(4))
        found: int = DefaultPartitioner()(self.key.encode(), partitions, partitions)
        return found

    @property
    def content(self) -> dict[str, Any]:
        """Each power of two is an amount once, so that the sum tells which lines are in it."""
        day = FIRST + timedelta(days=self.number)
        common = {"line_id": str(uuid5(SPACE, str(self.number))), "dated_on": f"{day}"}
        if self.number == OF_EACH:
            return common | {"account": "poison", "as_of": f"{day}"}
        return common | {"amount_ore": 2**self.number, "due_on": f"{day}", "kid": None}

    @property
    def value(self) -> bytes:
        return json.dumps(self.content).encode()

    @property
    def headers(self) -> list[Header]:
        type = "ledger.closed" if self.number == OF_EACH else "invoice.issued"
        attributes = {
            "specversion": "1.0",
            "id": f"{self.id}",
            "source": "/no/kommune/3427/intake",
            "type": f"no.boligflyt.{type}.v1",
            "subject": self.key,
            "time": datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
            "dataschema": f"urn:boligflyt:schema:{type}.v1",
            "kommunenummer": "3427",
            "sequence": f"{self.number}",
            "dataclassification": "internal",
        }
        return [("content-type", b"application/json")] + [(f"ce_{n}", v.encode()) for n, v in attributes.items()]


@dataclass(frozen=True)
class Wire:
    """What is sent of a record."""

    key: bytes
    value: bytes | None
    headers: Sequence[Header]


def key_of(number: int) -> str:
    return str(uuid5(SPACE, f"key/{number}"))


def poisoned_key(kind: str) -> str:
    return key_of(7 * KINDS.index(kind))


CLEAN_KEYS = [key_of(number) for number in range(KEYS) if key_of(number) not in {poisoned_key(kind) for kind in KINDS}]


def spoilt(kind: str, good: Record) -> Wire:
    """The record with one thing wrong."""
    values = {
        "bad UTF-8": good.value.replace(b"20", b"2\xff", 1),
        "wrong type": altered(good, amount_ore="thirty-two"),
        DISCARDED: altered(good, amount_ore="thirty-two"),
        "null value": None,
        "NUL character": altered(good, kid="1\x00"),
        "past bigint": altered(good, amount_ore=2**63),
        "two megabytes": altered(good, more="x" * LONG),
    }
    headers = {
        "next major version": {"ce_type": b"no.boligflyt.invoice.issued.v2"},
        "bad UTF-8 in a header": {"ce_dataschema": b"urn:\xff\xfe"},
        "null header": {"ce_time": None},
        ALONE: {"ce_subject": b"\xfe"},
    }
    key = b"\xff\xfe" if kind in {"bad UTF-8 in the key", ALONE} else good.key.encode()
    return Wire(key, values.get(kind, good.value), [*(dict(good.headers) | headers.get(kind, {})).items()])


def altered(good: Record, **changes: Any) -> bytes:
    return json.dumps(good.content | changes).encode()


def correction(kind: str, good: Record, folder: Path) -> list[str]:
    """What an operator writes to put right the one thing that is wrong."""
    match kind:
        case "next major version":
            return ["--header", "ce_type=no.boligflyt.invoice.issued.v1"]
        case "bad UTF-8 in a header":
            return ["--header", "ce_dataschema=urn:boligflyt:schema:invoice.issued.v1"]
        case "bad UTF-8 in the key":
            return ["--key", good.key]
        case "null header":
            return ["--header", "ce_time=2026-01-01T00:00:00+00:00"]
        case "neither key nor subject reads":
            return ["--key", good.key, "--header", f"ce_subject={good.key}"]
        case _:
            (folder / "body.json").write_bytes(good.value)
            return ["--body", str(folder / "body.json")]


def thousand() -> list[tuple[Record, Wire]]:
    """Ten records of each of a hundred keys, each key's in order, all keys by turns; of some keys the fifth is bad."""
    kinds = {poisoned_key(kind): kind for kind in KINDS}
    return [
        (good, spoilt(kinds[key], good) if n == POISONED and key in kinds else as_it_is(good))
        for n in range(1, OF_EACH + 1)
        for key in map(key_of, range(KEYS))
        for good in [Record(key, n)]
    ]


def as_it_is(good: Record) -> Wire:
    return Wire(good.key.encode(), good.value, good.headers)


async def produce(system: System, records: Sequence[tuple[Record, Wire]]) -> None:
    """As intake would, past intake."""
    connection = system.subscribers["intake"]
    async with AIOKafkaProducer(**connection, enable_idempotence=True, max_request_size=LARGEST) as producer:
        sent = [
            await producer.send(TOPIC, each.value, key=each.key, headers=[*each.headers], partition=good.partition)
            for good, each in records
        ]
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
    place = {"PYTHONPATH": python_path(), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "notifications", "dead-letters", *arguments],
        env={**os.environ, **system.platform.service_environment("notifications"), **place},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def handled(system: System) -> dict[str, set[int]]:
    """Which records of each key have had their effect."""
    ids = {row["id"] for row in query(system, "notifications", "select id from inbox")}
    numbers = range(1, OF_EACH + 2)
    return {key: {n for n in numbers if Record(key, n).id in ids} for key in map(key_of, range(KEYS))}


def outstanding(system: System, key: str) -> int | None:
    """By the books, on the last day."""
    sql = "select outstanding_ore from balances where tenancy = %s order by as_of desc"
    rows = query(system, "notifications", sql, key)
    return rows[0]["outstanding_ore"] if rows else None


def states(system: System, *keys: str) -> list[dict[str, Any]]:
    return [alike(query(system, "notifications", STATE, key)[0]) for key in keys]


def alike(state: dict[str, Any]) -> dict[str, Any]:
    """Without what must differ between keys: the ids made from the key, and when mail went out and goes out next: in
    office hours that is the moment of the alert, at night and on Sundays the same morning for all.
    """
    for mail in state["data"]["mails"]:
        del mail["key"], mail["alert_id"]
        mail["attempts"] = [outcome for _, outcome in mail["attempts"]]
    for episode in state["data"]["episodes"]:
        care = episode["care"]
        care["sent"] = [sent[1:] for sent in care["sent"]]
        care["next"] = care["next"] and care["next"][::2]  # the step and its number
        del care["told_at"]
    return state


@dataclass
class Seen:
    """All that is asked of a moment, so that no test depends on what another one did."""

    handled: dict[str, set[int]]
    outstanding: dict[str, int | None]
    states: dict[str, dict[str, Any]]
    letters: dict[str, list[dict[str, Any]]]
    answers: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)

    @classmethod
    def now(cls, system: System) -> "Seen":
        keys = [key_of(number) for number in range(KEYS)]
        letters = {kind: query(system, "notifications", OF_KEY, poisoned_key(kind)) for kind in STOPPED}
        return cls(
            handled(system),
            {key: outstanding(system, key) for key in keys},
            dict(zip(keys, states(system, *keys), strict=True)),
            letters | {ALONE: query(system, "notifications", OF_NO_KEY)},
        )


@pytest.fixture(scope="module")
def large(system) -> Iterator[None]:
    """The topic takes records that a broker by its own limit doesn't."""
    admin = AdminClient(system.platform.admin_kafka().confluent())

    def limit(operation: AlterConfigOpType) -> None:
        entry = ConfigEntry("max.message.bytes", str(LARGEST), incremental_operation=operation)
        resource = ConfigResource(ConfigResource.Type.TOPIC, TOPIC, incremental_configs=[entry])
        for done in admin.incremental_alter_configs([resource]).values():
            done.result(30)

    limit(AlterConfigOpType.SET)
    yield
    limit(AlterConfigOpType.DELETE)


@pytest.fixture(scope="module")
def poisoned(system, played, large) -> Seen:
    """A thousand records with each kind of poison, read, and not yet seen to."""
    waiting.until_still(system)
    asyncio.run(produce(system, thousand()))
    until_read(system)
    metrics = system.url("notifications") + "/metrics"
    until(lambda: f"boligflyt_parked_keys {len(STOPPED)}.0" in httpx.get(metrics).text, "the metric tells")
    seen = Seen.now(system)
    seen.answers["list"] = dead_letters(system, "list", "--json")
    _, waits, *_ = seen.letters[DISCARDED]
    seen.answers["discard one that waits"] = dead_letters(
        *(system, "discard", str(waits["id"])), *("--by", "vakt", "--because", "nei")
    )
    with closing(logged_in(system, "notifications", "boligansvarlig-3427")) as caseworker:
        for kind in STOPPED:
            seen.pages[kind] = caseworker.get(f"/leieforhold/{poisoned_key(kind)}").text
    with closing(logged_in(system, "notifications", "leder-3427")) as leader:
        seen.pages["drift"] = leader.get("/drift").text
    return seen


@pytest.fixture(scope="module")
def repaired(system, poisoned, tmp_path_factory) -> Seen:
    """After an operator has seen to each; what the commands said, by kind."""
    folder, answers = tmp_path_factory.mktemp("corrections"), {}
    answers["replay"] = dead_letters(system, "replay", "--key", poisoned_key("wrong type"), "--by", "vakt")
    for kind in KINDS:
        letter, good = str(poisoned.letters[kind][0]["id"]), Record(poisoned_key(kind), POISONED)
        why = ("--by", "vakt", "--because", "avsenderens feil")
        verb = ["discard", letter] if kind == DISCARDED else ["correct", letter, *correction(kind, good, folder)]
        answers[kind] = dead_letters(system, *verb, *why)
    seen = Seen.now(system)
    seen.answers = answers
    late = [Record(poisoned_key(kind), OF_EACH + 1) for kind in KINDS]
    asyncio.run(produce(system, [(record, as_it_is(record)) for record in late]))
    until_read(system)
    seen.handled = handled(system)
    return seen


def test_every_other_key_completes(poisoned):
    assert len(CLEAN_KEYS) == KEYS - len(KINDS)
    assert all(poisoned.handled[key] == set(range(1, OF_EACH + 1)) for key in CLEAN_KEYS)
    assert {poisoned.outstanding[key] for key in CLEAN_KEYS} == {sum(2**n for n in range(1, OF_EACH))}


@pytest.mark.parametrize("kind", STOPPED)
def test_the_first_four_of_its_key_are_handled_and_the_later_ones_wait_in_order(poisoned, kind):
    key, letters = poisoned_key(kind), poisoned.letters[kind]
    assert poisoned.handled[key] == {1, 2, 3, 4}
    waiting_ids = [dict(letter["record_headers"])["ce_id"] for letter in letters]
    assert waiting_ids == [encoded(Record(key, n).id) for n in range(POISONED, OF_EACH + 1)]
    assert [bool(letter["reason"]) for letter in letters] == [True] + [False] * (OF_EACH - POISONED)
    assert letters[0]["reason"].startswith(f"{STOPPED[kind]}: ")
    assert poisoned.outstanding[key] is None


def test_where_neither_key_nor_subject_reads_that_record_alone_is_set_aside(poisoned):
    (letter,) = poisoned.letters[ALONE]
    assert letter["reason"].startswith("bad_header: ")
    assert poisoned.handled[poisoned_key(ALONE)] == set(range(1, OF_EACH + 1)) - {POISONED}


@pytest.mark.parametrize("kind", STOPPED)
def test_the_page_of_the_people_whose_case_it_is_says_that_events_wait(poisoned, kind):
    assert "Ufullstendig, hendelser venter" in poisoned.pages[kind]


def test_the_operator_is_shown_what_stopped_and_how_much_waits_behind(poisoned):
    groups = json.loads(poisoned.answers["list"].stdout)
    found = {group["reason"].partition(":")[0]: (group["letters"], group["waiting"]) for group in groups}
    codes, behind = list(STOPPED.values()), OF_EACH - POISONED
    expected = {code: (codes.count(code), behind * codes.count(code)) for code in codes}
    assert found == expected | {"bad_header": (2, behind)}
    assert all(poisoned_key(kind) in poisoned.pages["drift"] for kind in STOPPED)
    assert all(f">{group['reason'].partition(':')[0]}: " in poisoned.pages["drift"] for group in groups)


def test_a_letter_that_only_waits_is_not_discarded(poisoned):
    assert poisoned.answers["discard one that waits"].returncode == 1


def test_a_replay_of_what_nobody_has_mended_stops_at_the_poison(repaired):
    stopped = repaired.answers["replay"]
    assert stopped.returncode == 1
    assert "invalid" in stopped.stdout


@pytest.mark.parametrize("kind", POISONS)
def test_after_a_correction_the_keys_state_equals_a_clean_runs(poisoned, repaired, kind):
    answer, key = repaired.answers[kind], poisoned_key(kind)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    clean = [repaired.states[each] for each in CLEAN_KEYS]
    assert all(state == clean[0] for state in clean)
    assert repaired.states[key] == clean[0] != poisoned.states[key]
    assert repaired.outstanding[key] == repaired.outstanding[CLEAN_KEYS[0]]


@pytest.mark.parametrize("kind", POISONS)
def test_what_waited_is_handled_in_order_and_by_whom_and_the_original_is_kept(poisoned, repaired, kind):
    letters = repaired.letters[kind]
    times = [letter["handled_at"] for letter in letters]
    assert times == sorted(set(times))
    assert len(times) == OF_EACH - POISONED + 1
    assert {letter["handled_by"] for letter in letters} == {"vakt"}
    original = ("record_key", "record_value", "record_headers")
    assert [letters[0][part] for part in original] == [poisoned.letters[kind][0][part] for part in original]


def test_the_record_that_stood_alone_has_its_effect_late_and_in_full(repaired):
    assert repaired.answers[ALONE].returncode == 0, repaired.answers[ALONE].stderr
    assert repaired.outstanding[poisoned_key(ALONE)] == repaired.outstanding[CLEAN_KEYS[0]]


def test_what_is_given_up_is_missing_and_nothing_else(repaired):
    answer, key = repaired.answers[DISCARDED], poisoned_key(DISCARDED)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert repaired.letters[DISCARDED][0]["handled_by"] == "forkastet av vakt"
    assert repaired.handled[key] == set(range(1, OF_EACH + 2)) - {POISONED}
    assert repaired.outstanding[key] == sum(2**n for n in range(1, OF_EACH) if n != POISONED)


@pytest.mark.parametrize("kind", POISONS)
def test_a_key_that_is_let_through_goes_on_without_waiting(system, repaired, kind):
    assert repaired.handled[poisoned_key(kind)] == set(range(1, OF_EACH + 2))
    assert query(system, "notifications", "select * from parked where key = %s", poisoned_key(kind)) == []


def encoded(id: UUID) -> str:
    """As a dead letter keeps a header."""
    return base64.b64encode(str(id).encode()).decode()
