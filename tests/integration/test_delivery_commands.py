"""`python -m nav_bridge deliveries …` on a real database: what an operator sees, and takes in hand."""

import asyncio
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from chassis.calls import Calls
from chassis.clock import Clock
from chassis.database import Database
from chassis.outputs import Answer, Outgoing
from chassis.settings import load
from chassis.store import Store
from nav_bridge.__main__ import app
from nav_bridge.app import build
from nav_bridge.messages import ReferralRequested
from nav_bridge.settings import Settings
from tests.integration.bench import message

pytestmark = pytest.mark.integration

REFERRALS = [f"9e079f93-2a56-5924-a35b-80f17614c5e{n}" for n in range(3)]
CASES = [f"0f4f6f0e-3f0c-5b3c-8f0e-2f6c1f1f000{n}" for n in range(3)]
MUNICIPALITIES = ("3427", "3427", "5027")


class NoOffice:
    """Every call is withheld for the same reason."""

    async def send(self, call: Outgoing) -> Answer:
        return Answer("refused", {"code": "no_office"})


@pytest.fixture
def run(platform, database, monkeypatch, tmp_path) -> Callable[..., Result]:
    """The command line of nav-bridge, on a database of its own."""
    own = {"DATABASE_URL": database.runners, "PAGES_DATABASE_URL": database.pages, "COLUMNS": "250"}
    for name, value in (platform.service_environment("nav-bridge") | own).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments])

    migrated = run("migrate")
    assert migrated.exit_code == 0, migrated.output
    return run


@pytest.fixture
def stopped(run: Callable[..., Result]) -> None:
    """Three referrals of two municipalities, all stopped as there is no office."""
    asyncio.run(_stop_all())


async def _stop_all() -> None:
    settings = load(Settings)
    service = build(settings)
    database = await Database.connect(settings.database_url, settings.pages_database_url)
    store = Store(database, Clock(), service.wiring, service.kinds, service.handlers)
    for referral, case, of in zip(REFERRALS, CASES, MUNICIPALITIES, strict=True):
        asked = ReferralRequested(
            referral_id=referral, revision=1, public_id=str(uuid4()), legal_basis="law", requested_on=date(2019, 5, 2)
        )
        await store.command(message(case, asked, of=of), request_hash=b"")
    calls = Calls(database, store, Clock(), {"nav": NoOffice()})
    async with database.runner() as connection:
        await connection.execute("insert into destinations (destination) values ('nav')")
    for _ in REFERRALS:
        taken = await calls.take("nav")
        assert taken is not None
        await calls.carry(taken)
    await database.close()


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_deliveries_of_all_municipalities_are_listed_by_state_and_age(run, stopped):
    listed = rows(run("deliveries", "list", "--status", "parked", "--json"))
    assert [(row["referral_id"], row["kommunenummer"]) for row in listed] == [
        *zip(REFERRALS, MUNICIPALITIES, strict=True)
    ]
    assert "Stanset" in run("deliveries", "list").stdout
    assert rows(run("deliveries", "list", "--older-than", "40000", "--json")) == []
    assert "Ingen leveringer" in run("deliveries", "list", "--status", "sent").stdout
    assert run("deliveries", "list", "--status", "borte").exit_code == 2


def test_one_delivery_is_told_in_words_with_what_may_be_done_and_what_somebody_did(run, stopped):
    told = run("deliveries", "show", REFERRALS[0]).stdout
    for text in (
        "Henvisning, utgave 1",
        "Stanset. Det er ikke lagt inn hvilket NAV-kontor som tar imot.",
        "Ikke overlevert, eller avvist av NAV",
        "Kan nå: retry",
    ):
        assert text in told
    retried = run("deliveries", "retry", REFERRALS[0], "--reason", "cause_removed", "--by", "Kari")
    assert (retried.exit_code, retried.stdout) == (0, "Prøvd på nytt for hånd. Sendes nå.\n")
    assert "Prøvd på nytt for hånd (Årsaken er rettet, av Kari)" in run("deliveries", "show", REFERRALS[0]).stdout
    assert run("deliveries", "show", CASES[0]).exit_code == 1


def test_what_cannot_be_done_is_said_and_ends_with_an_error(run, stopped):
    refused = run("deliveries", "recall", REFERRALS[0], "--reason", "content_wrong", "--by", "Kari")
    assert (refused.exit_code, "Ingenting ble kalt tilbake" in refused.output) == (1, True)
    wrong = run("deliveries", "retry", REFERRALS[0], "--reason", "content_wrong", "--by", "Kari")
    assert (wrong.exit_code, "cause_removed, nav_asked" in wrong.output) == (1, True)
    assert run("deliveries", "park", REFERRALS[0], "--reason", "handled_otherwise").exit_code == 2


def test_a_group_is_retried_in_all_municipalities_at_once(run, stopped):
    (group,) = rows(run("deliveries", "groups", "--json"))
    assert (group["code"], group["deliveries"]) == ("no_office", 3)
    retried = run("deliveries", "retry-group", "no_office", "--reason", "nav_asked", "--by", "Kari")
    assert (retried.exit_code, "3 av 3 prøves på nytt." in retried.stdout) == (0, True)
    assert "Ingen leveringer er stanset" in run("deliveries", "groups").stdout
    assert {row["status"] for row in rows(run("deliveries", "list", "--json"))} == {"sending"}
    (nav, *others) = rows(run("deliveries", "destinations", "--json"))
    assert (nav["name"], nav["per_second"], nav["open"], nav["failures"]) == ("nav", 50.0, 3, 0)
    assert not any(each["open"] for each in others)
