"""NAV's callbacks on a real database: each counts once, whichever process gets it, in its delivery's municipality."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from chassis.clock import Clock
from chassis.database import Database, migrate
from chassis.outputs import Message
from chassis.service import Service
from chassis.store import Store
from demo.local import Platform
from demo.local.databases import Urls
from demo.local.places import ROOT
from demo.nav_simulator import Callbacks as NavCallbacks
from demo.nav_simulator import Nav, keys
from demo.nav_simulator.nav import Accepted
from nav_bridge.app import build
from nav_bridge.domain import call_key
from nav_bridge.gateway import Callbacks, NavKeys, callback_door
from nav_bridge.messages import ReferralRequested
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import client, web_app
from tests.unit.nav_bridge.test_app import settings

pytestmark = pytest.mark.integration

MIGRATIONS = ROOT / "services/nav-bridge/src/nav_bridge/migrations"


@pytest.fixture
def urls(platform: Platform) -> Iterator[Urls]:
    name = f"test_{secrets.token_hex(6)}"
    yield platform.databases.create([name])[name]
    platform.databases.drop([name])


class Bridge:
    """One process of nav-bridge with its door for NAV."""

    def __init__(self, database: Database, service: Service, folder: Path) -> None:
        self.database = database
        self.store = Store(database, Clock(), service.wiring, service.kinds, service.handlers)
        door = callback_door(Callbacks(NavKeys(str(folder / "jwks.json")), "nav", "nav-bridge"))
        self.web = client(web_app(self.store, FakeIssuer(), folder, routers=[door]))

    async def asked_for(self, kommunenummer: str = "5027") -> Accepted:
        """A referral that is on its way to NAV, as NAV has it."""
        case, referral = str(uuid4()), str(uuid4())
        asked = ReferralRequested(
            referral_id=referral, revision=1, public_id=str(uuid4()), legal_basis="law", requested_on=date(2019, 5, 2)
        )
        now = self.store.clock.now()
        message = Message(uuid4(), asked.type, case, kommunenummer, now, asked, "x")
        await self.store.command(message, request_hash=b"x")
        return Accepted(call_key(referral, 1), "", referral, 1, now)

    async def tell(self, token: str) -> int:
        headers = {"Content-Type": "application/jose"}
        return (await self.web.post("/nav/callbacks", content=token, headers=headers)).status_code


@pytest.fixture
async def two(urls: Urls, tmp_path: Path) -> AsyncIterator[list[Bridge]]:
    await asyncio.to_thread(migrate, urls.runners, urls.pages, [MIGRATIONS])
    service = build(settings(tmp_path))
    databases = [await Database.connect(urls.runners, urls.pages) for _ in range(2)]
    yield [Bridge(database, service, tmp_path) for database in databases]
    for database in databases:
        await database.close()


@pytest.fixture
def nav(tmp_path: Path) -> NavCallbacks:
    return NavCallbacks(Nav(seed=7, outcome_delay=3600), "", keys(tmp_path))


def told(nav: NavCallbacks, taken: Accepted) -> str:
    return nav.signed(taken, nav.nav.standing(taken))


async def test_the_same_callback_counts_once_however_many_processes_get_it_at_the_same_time(two, nav, urls):
    first, second = two
    taken = await first.asked_for()
    token = told(nav, taken)
    answers = await asyncio.gather(*(bridge.tell(token) for _ in range(10) for bridge in (first, second)))
    assert sorted(answers) == [202] + [409] * 19
    assert [(row["key"], row["kommunenummer"]) for row in events(urls, "delivery.sent")] == [(only_case(urls), "5027")]


async def test_two_callbacks_of_one_standing_tell_others_once(two, nav, urls):
    first, second = two
    taken = await first.asked_for()
    answers = await asyncio.gather(*(bridge.tell(told(nav, taken)) for bridge in (first, second)))
    assert answers == [202, 202]
    assert len(events(urls, "delivery.sent")) == len(events(urls, "delivery.received")) == 1


async def test_a_delivery_is_followed_to_its_end_without_a_question(two, nav, urls):
    taken = await two[0].asked_for()
    assert await two[0].tell(told(nav, taken)) == 202
    nav.nav.outcome_delay = 0
    assert await two[1].tell(told(nav, taken)) == 202
    assert [row["status"] for row in rows(urls, "select status from deliveries")] == ["closed"]
    assert [row["destination"] for row in rows(urls, "select destination from calls")] == ["nav"]
    assert rows(urls, "select from timers") == []


async def test_a_callback_of_what_isnt_there_leaves_nothing_behind(two, nav, urls):
    unknown = Accepted(call_key(str(uuid4()), 1), "", str(uuid4()), 1, two[0].store.clock.now())
    token = told(nav, unknown)
    assert [await two[0].tell(token), await two[1].tell(token)] == [404, 404]
    assert rows(urls, "select from inbox") == rows(urls, "select from states") == []


async def test_one_municipalitys_callback_touches_no_other(two, nav, urls):
    taken, other = await two[0].asked_for("5027"), await two[0].asked_for("3427")
    assert await two[1].tell(told(nav, taken)) == 202
    found = rows(urls, "select nav_key, status from deliveries order by kommunenummer")
    assert [(row["nav_key"], row["status"]) for row in found] == [(other.key, "sending"), (taken.key, "received")]


def test_deliveries_that_stand_get_the_key_that_nav_has_them_under(urls, tmp_path):
    for file in MIGRATIONS.glob("000[1234]_*.py"):
        shutil.copy(file, tmp_path)
    migrate(urls.runners, urls.pages, [tmp_path])
    ids = [str(uuid4()) for _ in range(3)]
    with psycopg.connect(urls.runners) as connection:
        for number, id in enumerate(ids):
            connection.execute(
                "insert into deliveries (referral_id, revision, application, kommunenummer, legal_basis, requested_on, "
                "status, attempts) values (%s, %s, 'a', '3427', 'law', '2019-05-02', 'sent', 1)",
                [id, number + 1],
            )
        connection.execute(
            "insert into deliveries (referral_id, revision, application, kommunenummer, legal_basis, requested_on, "
            "status, attempts, channel) values ('by letter', 1, 'a', '3427', 'law', '2019-05-02', 'sent', 1, 'letter')"
        )
    migrate(urls.runners, urls.pages, [MIGRATIONS])
    found = {row["referral_id"]: row["nav_key"] for row in rows(urls, "select referral_id, nav_key from deliveries")}
    assert found == {id: call_key(id, number + 1) for number, id in enumerate(ids)} | {"by letter": None}


def rows(urls: Urls, sql: str) -> list[dict]:
    with psycopg.connect(urls.runners, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(sql).fetchall()


def events(urls: Urls, type: str) -> list[dict]:
    found = rows(urls, "select key, kommunenummer, headers->>'ce_type' as type from outbox")
    return [row for row in found if row["type"] == f"no.boligflyt.{type}.v1"]


def only_case(urls: Urls) -> str:
    (row,) = rows(urls, "select key from states")
    return row["key"]
