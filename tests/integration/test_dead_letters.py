"""Dead letters as an operator meets them: groups, one letter, a replay; by function and by command line."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

import psycopg
import pytest
from pydantic import BaseModel

from chassis.clock import Clock
from chassis.consumer import Consumer
from chassis.database import Database
from chassis.envelope import Record
from chassis.settings import load
from chassis.store import Store
from demo.local.running import python_path
from notifications.app import build
from notifications.messages import TenancyStarted
from notifications.settings import Settings
from tests.integration.bench import NoKafka, record
from tests.integration.sample import Deposited

pytestmark = pytest.mark.integration

STARTED = TenancyStarted(
    public_id=str(uuid4()),
    account="1",
    tenants=[str(uuid4())],
    rent_ore=800_000,
    kid=None,
    started_on=date(2019, 1, 1),
    lease_ends_on=None,
)


async def fail(bench, *poisons: tuple[str, bytes]) -> None:
    """Poison as the first of each key, with a good one behind it."""
    consumer = await bench.reading()
    records: list[Record] = []
    for key, value in poisons:
        records += [replace(record(key, Deposited(amount=1), len(records)), value=value)]
        records += [record(key, Deposited(amount=2), len(records))]
    await consumer.process(records)


async def test_letters_are_grouped_by_cause_the_largest_first(bench):
    await fail(bench, ("a", b"{}"), ("b", b'{"amount": -1}'), ("c", b"{}"), ("d", b"{}"))

    first, second = await bench.letters.groups()

    assert (first["letters"], first["keys"], first["waiting"]) == (3, 3, 3)
    assert first["reason"].startswith("invalid")
    assert (second["letters"], second["reason"]) == (1, "negative: Beløpet er negativt.")
    members = await bench.letters.of_group(first["fingerprint"])
    assert [letter["parking_key"] for letter in members] == ["a", "c", "d"]


async def test_a_letter_is_shown_without_its_content(bench):
    await fail(bench, ("a", b'{"amount": "hemmelig"}'))

    shown = await bench.letters.show(1)

    assert (shown["topic"], shown["record_offset"], shown["parking_key"], shown["waiting"]) == (
        "deposits.v1",
        0,
        "a",
        1,
    )
    assert "hemmelig" not in str(shown)
    assert await bench.letters.show(99) is None


async def test_a_replay_stops_at_the_first_that_fails_again_and_goes_on_from_there(bench):
    await fail(bench, ("a", b'{"amount": -1}'), ("a", b'{"amount": -3}'))
    await bench.rows("update dead_letters set record_value = $1 where id = 1 returning 1", b'{"amount": 1}')

    stopped = await bench.letters.replay("a", "ola")
    assert (stopped.handled, stopped.stopped_by) == (2, "negative: Beløpet er negativt.")
    assert (await bench.account("a")).seen == (1, 2)
    assert await bench.value("select reason from dead_letters where id = 3") == stopped.stopped_by

    await bench.rows("update dead_letters set record_value = $1 where id = 3 returning 1", b'{"amount": 3}')
    ended = await bench.letters.replay("a", "kari")
    assert (ended.handled, ended.stopped_by) == (2, None)
    assert (await bench.account("a")).seen == (1, 2, 3, 2)
    handlers = await bench.rows("select handled_by from dead_letters order by id")
    assert [row["handled_by"] for row in handlers] == ["ola", "ola", "kari", "kari"]


async def test_a_replay_twice_or_of_a_key_that_is_not_parked_does_nothing(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    await bench.rows("update dead_letters set record_value = $1 where id = 1 returning 1", b'{"amount": 1}')
    await bench.letters.replay("a", "ola")

    assert (await bench.letters.replay("a", "ola")).handled == 0
    assert (await bench.letters.replay("nobody", "ola")).handled == 0
    assert (await bench.account("a")).seen == (1, 2)


class Stricter(BaseModel):
    """An earlier release of the reader, which can't make sense of what is sent today."""

    type: ClassVar[str] = TenancyStarted.type
    a_field_nobody_sends: int


@pytest.fixture
def run(platform, database, monkeypatch, tmp_path):
    """The command line of notifications, on a database of its own."""
    own = {"DATABASE_URL": database.runners, "PAGES_DATABASE_URL": database.pages}
    given = platform.service_environment("notifications") | own
    for name, value in (given | {"PYTHONPATH": python_path(), "COLUMNS": "200"}).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "notifications", *arguments]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)

    migrated = run("migrate")
    assert migrated.returncode == 0, migrated.stderr
    return run


async def set_aside(tenancy: str, reader: Any) -> None:
    """A tenancy's start that was not understood, and the same tenancy's next event behind it."""
    settings = load(Settings)
    service = build(settings)
    database = await Database.connect(settings.database_url, settings.pages_database_url)
    store = Store(database, Clock(), service.wiring, service.kinds, service.handlers)
    consumer = Consumer(database, store, service.readers | {reader.type: reader})
    await consumer.on_assigned(NoKafka(), {("tenancies.v1", 0)})
    for offset in (0, 1):
        await consumer.process([record(tenancy, STARTED, offset, topic="tenancies.v1")])
    await database.close()


async def test_the_command_line_of_a_real_service_lists_shows_and_replays(run):
    assert "Ingen ubehandlede" in run("dead-letters", "list").stdout
    tenancy = str(uuid4())
    await set_aside(tenancy, Stricter)

    (group,) = json.loads(run("dead-letters", "list", "--json").stdout)
    assert (group["letters"], group["waiting"]) == (1, 1)
    assert "invalid" in run("dead-letters", "list").stdout
    shown = json.loads(run("dead-letters", "show", str(group["example"])).stdout)
    assert (shown["parking_key"], shown["topic"]) == (tenancy, "tenancies.v1")
    assert run("dead-letters", "show", "999").returncode == 1
    assert run("dead-letters", "replay", "--by", "ola").returncode == 2

    replayed = run("dead-letters", "replay", "--by", "ola", "--fingerprint", group["fingerprint"])

    assert (replayed.returncode, cells(replayed.stdout)) == (0, [[tenancy, "2", ""]]), replayed.stderr
    assert json.loads(run("dead-letters", "list", "--json").stdout) == []


async def test_a_replay_that_stops_again_ends_with_an_error_code(run, database):
    tenancy = str(uuid4())
    await set_aside(tenancy, Stricter)
    with psycopg.connect(database.runners) as connection:
        connection.execute("update dead_letters set record_value = '\\xff' where reason is not null")

    done = run("dead-letters", "replay", "--by", "ola", "--key", tenancy)

    assert done.returncode == 1
    ((key, handled, stopped_by),) = cells(done.stdout)
    assert (key, handled, stopped_by.partition(":")[0]) == (tenancy, "0", "invalid")


async def test_the_projections_of_a_real_service_are_made_anew_by_one_command(run, database):
    await set_aside(str(uuid4()), TenancyStarted)
    with psycopg.connect(database.runners, autocommit=True) as connection:
        before = connection.execute("select * from tenancies").fetchall()
        connection.execute("truncate tenancies cascade")

        assert run("rebuild").returncode == 0

        assert connection.execute("select * from tenancies").fetchall() == before != []


def cells(table: str) -> list[list[str]]:
    """The rows of a printed table, without its headings."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if line.startswith("│")]
