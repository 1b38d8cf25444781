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
from chassis.errors import Reject
from chassis.operations.content import Content, overlaid
from chassis.operations.letters import Replayed
from chassis.outputs import Handler
from chassis.settings import load
from chassis.store import Store
from demo.local.running import python_path
from notifications.app import build
from notifications.messages import TenancyStarted
from notifications.settings import Settings
from tests.integration import sample
from tests.integration.bench import NoKafka, record
from tests.integration.sample import Deposited, Transfer

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


async def corrected(bench, id: int, amount: int, by: str = "ola", **more: Any) -> Replayed:
    """By an operator, who sees what the amount should have been."""
    value = json.dumps({"amount": amount}).encode()
    return await bench.letters.correct(id, by, "feil beløp", lambda came: replace(came, value=value), **more)


async def history(bench, id: int) -> list[tuple[str, str | None, str | None]]:
    return [(row["action"], row["by"], row["reason"]) for row in (await bench.letters.show(id))["history"]]


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

    stopped = await corrected(bench, 1, 1)
    assert (stopped.handled, stopped.stopped_by) == (2, "negative: Beløpet er negativt.")
    assert (await bench.account("a")).seen == (1, 2)
    assert await bench.value("select reason from dead_letters where id = 3") == stopped.stopped_by

    ended = await corrected(bench, 3, 3, by="kari")
    assert (ended.handled, ended.stopped_by) == (2, None)
    assert (await bench.account("a")).seen == (1, 2, 3, 2)
    handlers = await bench.rows("select handled_by from dead_letters order by id")
    assert [row["handled_by"] for row in handlers] == ["ola", "ola", "kari", "kari"]


async def test_a_replay_twice_or_of_a_key_that_is_not_parked_does_nothing(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    await corrected(bench, 1, 1)

    assert (await bench.letters.replay("a", "ola")).handled == 0
    assert (await bench.letters.replay("nobody", "ola")).handled == 0
    assert (await bench.account("a")).seen == (1, 2)


NEGATIVE = "negative: Beløpet er negativt."


async def test_a_letter_tells_when_it_first_failed_who_tried_it_again_and_what_came_of_it(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    await bench.letters.replay("a", "ola")
    await corrected(bench, 1, -2, by="kari")
    await bench.letters.content(1, "kari")
    await corrected(bench, 1, 5, by="kari")

    assert await history(bench, 1) == [
        ("stopped", None, NEGATIVE),
        ("stopped", "ola", NEGATIVE),
        ("corrected", "kari", "feil beløp"),
        ("stopped", "kari", NEGATIVE),
        ("seen", "kari", None),
        ("corrected", "kari", "feil beløp"),
        ("handled", "kari", None),
    ]
    shown = await bench.letters.show(1)
    assert shown["replays"] == 3
    assert shown["first_failed"] == shown["history"][0]["at"]
    assert await bench.value("select record_value from dead_letters where id = 1") == b'{"amount": -1}'
    assert await history(bench, 2) == [("handled", "kari", None)]


async def test_a_record_that_waited_and_then_failed_says_when_that_was(bench):
    await fail(bench, ("a", b'{"amount": -1}'), ("a", b'{"amount": -3}'))
    assert (await bench.letters.show(3))["first_failed"] is None

    await corrected(bench, 1, 1)

    assert await history(bench, 3) == [("stopped", "ola", NEGATIVE)]


async def test_a_corrected_header_counts_and_all_else_stays_as_it_came(bench):
    good = record("a", Deposited(amount=7), 0)
    headers = [(n, b"no.boligflyt.money.deposited.v2" if n == "ce_type" else v) for n, v in good.headers]
    await (await bench.reading()).process([replace(good, headers=headers)])

    def mend(came: Content) -> Content:
        return overlaid(came, headers={"ce_type": "no.boligflyt.money.deposited.v1"})

    assert (await bench.letters.correct(1, "ola", "feil versjon", mend)).handled == 1
    assert (await bench.account("a")).seen == (7,)


async def test_a_letter_that_somebody_changed_meanwhile_is_not_overwritten(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    seen = (await bench.letters.show(1))["version"]
    await bench.letters.content(1, "kari")
    await bench.letters.replay("a", "kari")

    for act in (corrected(bench, 1, 5, version=seen), bench.letters.discard(1, "ola", "nei", seen)):
        with pytest.raises(Reject, match="Ingenting ble lagret"):
            await act
    assert "corrected" not in [action for action, *_ in await history(bench, 1)]
    assert (await corrected(bench, 1, 5, version=(await bench.letters.show(1))["version"])).handled == 2


async def test_what_only_waits_or_is_handled_or_is_not_there_can_be_neither_corrected_nor_discarded(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    for id in (2, 99):
        with pytest.raises(Reject):
            await corrected(bench, id, 1)
        with pytest.raises(Reject):
            await bench.letters.discard(id, "ola", "nei")
    await corrected(bench, 1, 1)
    with pytest.raises(Reject, match="behandlet"):
        await corrected(bench, 1, 2)
    assert (await bench.account("a")).seen == (1, 2)


async def test_a_correction_that_changes_nothing_is_refused(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    with pytest.raises(Reject, match="Ingenting er rettet"):
        await corrected(bench, 1, -1)


async def test_a_discarded_letter_lets_those_behind_it_go_on(bench):
    await fail(bench, ("a", b'{"amount": -1}'))

    done = await bench.letters.discard(1, "ola", "prøvedata fra avsenderen")

    assert (done.handled, done.stopped_by) == (1, None)
    assert (await bench.account("a")).seen == (2,)
    assert await bench.rows("select * from parked") == []
    assert (await history(bench, 1))[-1] == ("discarded", "ola", "prøvedata fra avsenderen")


async def test_a_group_is_replayed_key_by_key_each_to_its_first_failure(bench):
    await fail(bench, ("a", b'{"amount": -1}'), ("b", b'{"amount": -2}'), ("c", b"{}"), ("a", b'{"amount": -9}'))
    bench.store.handlers[Deposited.type] = Handler(Deposited.type, "account", mended_deposit)
    (group,) = [each for each in await bench.letters.groups() if each["reason"] == NEGATIVE]

    done = await bench.letters.replay_group(group["fingerprint"], "ola")

    assert [(each.key, each.handled, each.stopped_by) for each in done] == [
        ("a", 2, "too_low: For lavt."),
        ("b", 2, None),
    ]
    assert await bench.rows("select key from parked order by key") == [{"key": "a"}, {"key": "c"}]


def mended_deposit(account, message, context):
    """The decider after its mend, which still refuses what is far below zero."""
    if message.data.amount < -5:
        raise Reject("too_low", "For lavt.")
    return sample.with_amount(account, message.data.amount), []


async def test_a_correction_that_gives_a_record_to_a_parked_key_makes_it_wait_there(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    lost = replace(record("a", Deposited(amount=4), 2), key=b"\xff")
    lost = replace(lost, headers=[(n, b"\xff" if n == "ce_subject" else v) for n, v in lost.headers])
    await (await bench.reading()).process([lost])
    whole = record("a", Deposited(amount=4), 2)

    done = await bench.letters.correct(3, "ola", "feil", lambda came: Content(whole.key, whole.value, whole.headers))

    assert (done.key, done.handled, done.stopped_by) == (None, 0, None)
    assert (await history(bench, 3))[-1] == ("waits", "ola", "bak a")
    await corrected(bench, 1, 1)
    assert (await bench.account("a")).seen == (1, 2, 4)


async def test_a_municipality_sees_and_touches_its_own_letters_alone(bench):
    await fail(bench, ("a", b'{"amount": -1}'))
    mine, others = bench.letters.within("3427"), bench.letters.within("5027")

    assert (await others.groups(), await others.parked(), await others.show(1)) == ([], [], None)
    assert (await others.replay("a", "ola")).handled == 0
    for act in (others.content(1, "ola"), others.discard(1, "ola", "nei"), others.replay_letter(1, "ola")):
        with pytest.raises(Reject, match="Ingen hendelse med nummer 1"):
            await act
    (parked,) = await mine.parked()
    assert (parked["key"], parked["waiting"], parked["letter"]) == ("a", 2, 1)
    value = b'{"amount": 1}'
    assert (await mine.correct(1, "ola", "feil", lambda came: replace(came, value=value))).handled == 2
    assert (await bench.account("a")).seen == (1, 2)


async def test_a_letter_of_no_municipality_is_counted_for_all_and_shown_to_none(bench):
    nowhere = replace(record("a", Deposited(amount=1), 0), headers=[("ce_kommunenummer", b"\xff")])
    await (await bench.reading()).process([nowhere])

    assert await bench.letters.within("3427").groups() == []
    assert await bench.letters.within("3427").of_nobody() == 1
    assert len(await bench.letters.groups()) == 1


async def test_a_timer_that_failed_can_have_its_body_corrected_and_nothing_else(bench):
    await bench.command("a", sample.Remind(seconds=1, amount=-1))
    bench.time.pass_by(seconds=2)
    await bench.timers().carry_due()
    packed = json.loads(await bench.value("select record_value from dead_letters where id = 1"))
    packed["data"]["amount"] = 8

    with pytest.raises(Reject, match="bare innholdet"):
        await bench.letters.correct(1, "ola", "feil", lambda came: replace(came, key=b"b"))
    value = json.dumps(packed).encode()
    broken = await bench.letters.correct(1, "ola", "feil", lambda came: replace(came, value=value[:-1]))
    assert broken.stopped_by == "invalid: innholdet er ingen melding som tjenesten kjenner"
    await bench.letters.correct(1, "ola", "feil", lambda came: replace(came, value=value))

    assert (await bench.account("a")).rung == (8,)


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


async def set_aside(tenancy: str, reader: Any, spoilt: bytes = b"") -> None:
    """A tenancy's start that was not understood, or is spoilt, and the same tenancy's next event behind it."""
    settings = load(Settings)
    service = build(settings)
    database = await Database.connect(settings.database_url, settings.pages_database_url)
    store = Store(database, Clock(), service.wiring, service.kinds, service.handlers)
    consumer = Consumer(database, store, service.readers | {reader.type: reader})
    await consumer.on_assigned(NoKafka(), {("tenancies.v1", 0)})
    first, second = (record(tenancy, STARTED, offset, topic="tenancies.v1") for offset in (0, 1))
    await consumer.process([replace(first, value=spoilt or first.value)])
    await consumer.process([second])
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


async def test_the_command_line_shows_the_content_to_who_says_who_they_are_and_corrects_it(run, database, tmp_path):
    tenancy = str(uuid4())
    await set_aside(tenancy, TenancyStarted, spoilt=b"\xff")
    assert run("dead-letters", "content", "1").returncode == 2
    shown = run("dead-letters", "content", "1", "--by", "ola").stdout
    assert "ce_subject: " + tenancy in shown
    assert "\\xff" in shown
    body = tmp_path / "body.json"
    body.write_text(STARTED.model_dump_json())
    given = ("--by", "ola", "--because", "avsenderens feil")
    assert run("dead-letters", "correct", "1", *given, "--header", "nonsense").returncode == 2
    assert run("dead-letters", "correct", "77", *given, "--key", "x").stderr.strip() == "Ingen hendelse med nummer 77."

    done = run("dead-letters", "correct", "1", *given, "--body", str(body))

    assert (done.returncode, cells(done.stdout)) == (0, [[tenancy, "2", ""]]), done.stderr
    told = json.loads(run("dead-letters", "show", "1").stdout)["history"]
    assert [(row["action"], row["by"]) for row in told] == [
        ("stopped", None),
        ("seen", "ola"),
        ("corrected", "ola"),
        ("handled", "ola"),
    ]
    original = run("dead-letters", "content", "1", "--by", "ola", "--original").stdout
    assert "\\xff" in original


async def test_the_command_line_gives_a_letter_up_with_a_reason_and_lets_the_rest_go_on(run):
    tenancy = str(uuid4())
    await set_aside(tenancy, TenancyStarted, spoilt=b"\xff")
    assert run("dead-letters", "discard", "1", "--by", "ola").returncode == 2

    done = run("dead-letters", "discard", "1", "--by", "ola", "--because", "prøvedata")

    assert (done.returncode, cells(done.stdout)) == (0, [[tenancy, "1", ""]]), done.stderr
    again = run("dead-letters", "discard", "1", "--by", "ola", "--because", "prøvedata")
    assert (again.returncode, "ikke stanset" in again.stderr) == (1, True)


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


async def test_a_record_that_needs_a_parked_key_waits_behind_it_under_its_own_key(bench):
    consumer = await bench.reading()
    bodies = [
        ("giver", Deposited(amount=9)),
        ("taker", Deposited(amount=-1)),  # parked
        ("giver", Transfer(to="taker", amount=4)),
        ("giver", Deposited(amount=1)),
        ("other", Deposited(amount=5)),
    ]
    await consumer.process([record(key, body, offset) for offset, (key, body) in enumerate(bodies)])

    assert (await bench.account("giver")).seen == (9,)
    assert (await bench.account("other")).seen == (5,)
    letters = await bench.rows("select parking_key, reason is null as waits from dead_letters order by id")
    assert [tuple(each.values()) for each in letters] == [("taker", False), ("giver", True), ("giver", True)]
    told = await bench.letters.replay("giver", "ola")
    assert (told.handled, told.stopped_by) == (0, "den trenger en annen nøkkel, som er parkert")


async def test_what_waited_for_a_key_that_it_needs_goes_on_when_that_is_let_through(bench):
    consumer = await bench.reading()
    bodies = [("giver", Deposited(amount=9)), ("taker", Deposited(amount=-1))]
    await consumer.process([record(key, body, offset) for offset, (key, body) in enumerate(bodies)])
    bodies = [("giver", Transfer(to="taker", amount=4)), ("giver", Deposited(amount=1))]
    await consumer.process([record(key, body, offset) for offset, (key, body) in enumerate(bodies, 2)])

    (letter,) = await bench.rows("select id from dead_letters where reason is not null")
    await bench.letters.discard(letter["id"], "ola", "feil beløp")

    giver, taker = await bench.account("giver"), await bench.account("taker")
    assert (giver.total, giver.seen, taker.seen) == (6, (9, 1), (4,))
    assert await bench.rows("select * from parked") == []


async def test_a_door_needs_no_key_to_be_unparked(bench):
    await bench.command("giver", Deposited(amount=9))
    await (await bench.reading()).process([record("taker", Deposited(amount=-1), 0)])

    assert await bench.command("giver", Transfer(to="taker", amount=4)) == {"left": 5}
