"""Migrations of intake that bring what stands to a new form, on a database where something stands."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import TypeAdapter

from chassis.database import migrate
from demo.local import Platform
from demo.local.databases import Urls
from demo.local.places import ROOT
from intake.domain.ledger.terms import Terms
from intake.domain.tenancies import Step, Tenancy

pytestmark = pytest.mark.integration

MIGRATIONS = ROOT / "services/intake/src/intake/migrations"
TENANCY = TypeAdapter(Tenancy)
KNOWN = {"format": 1, "account": "utleie", "standing": "started", "tenants": ["p"], "booked": 3}


class Older:
    """intake's database as an older version left it. `told`: events of tenancies, in the order told."""

    def __init__(self, urls: Urls, folder: Path) -> None:
        self.urls, self.folder = urls, folder

    def at(self, number: int) -> "Older":
        """Migrated up to that one."""
        for file in MIGRATIONS.glob("0*.py"):
            if int(file.name[:4]) <= number:
                shutil.copy(file, self.folder)
        migrate(self.urls.runners, self.urls.pages, [self.folder])
        return self

    def tenancy(self, key: str, kommunenummer: str = "3427", **state: Any) -> None:
        self._run(
            "insert into states (kind, key, kommunenummer, data) values ('tenancy', %s, %s, %s)",
            [key, kommunenummer, json.dumps(KNOWN | state)],
        )

    def booking(self, key: str) -> None:
        self._run(
            "insert into bookings (tenancy, kommunenummer, account, booked) values (%s, '3427', 'utleie', 3)", [key]
        )

    def told(self, key: str, kind: str, kommunenummer: str = "3427", **data: Any) -> None:
        headers, payload = {"ce_type": f"no.boligflyt.{kind}.v1"}, json.dumps(data).encode()
        self._run(
            "insert into outbox (event_id, topic, key, kommunenummer, headers, payload) "
            "values (gen_random_uuid(), 'arrears.v1', %s, %s, %s, %s)",
            [key, kommunenummer, json.dumps(headers), payload],
        )

    def forgotten(self, key: str) -> None:
        """An event whose content went with the person that it was about."""
        self.told(key, "reminder.sent")
        self._run("update outbox set payload = '' where key = %s", [key])

    def found(self, key: str) -> Tenancy:
        ((data,),) = self._run("select data from states where kind = 'tenancy' and key = %s", [key])
        return TENANCY.validate_python(data)

    def rows(self, sql: str) -> list[Any]:
        return self._run(sql, [])

    def _run(self, sql: str, values: list[Any]) -> list[Any]:
        with psycopg.connect(self.urls.runners) as connection:
            found = connection.execute(sql, values)
            return found.fetchall() if found.description else []


@pytest.fixture
def older(platform: Platform, tmp_path: Path) -> Iterator[Callable[[int], Older]]:
    name = f"test_{secrets.token_hex(6)}"
    urls = platform.databases.create([name])[name]
    yield Older(urls, tmp_path).at
    platform.databases.drop([name])


def test_the_steps_of_a_tenancy_are_those_that_its_events_told_in_their_order(older):
    database = older(6)
    for key, more in (("K-1", {}), ("K-2", {"vacant": True}), ("K-3", {}), ("K-4", {})):
        database.tenancy(key, **more)
    notice = {"line_id": "n", "dated_on": "2019-03-01", "amount_ore": 800000, "deadline_on": "2019-03-20"}
    for key in ("K-1", "K-2"):
        database.told(key, "invoice.issued", line_id="f", dated_on="2019-02-01", amount_ore=800000)
        database.told(key, "eviction_notice.sent", **notice, written_on="2019-02-28", received_on=None)
        database.told(key, "enforcement.scheduled", line_id="e", dated_on="2019-02-15", scheduled_on="2019-05-01")
        database.told(key, "payment_plan.ended", line_id="p", dated_on="2019-04-01", amends="plan")
    database.told("K-1", "reminder.sent", kommunenummer="5027", line_id="r", dated_on="2019-01-01")
    database.forgotten("K-3")

    database.at(7)
    assert database.found("K-1").steps == (
        Step(
            id="n",
            kind="eviction_notice.sent",
            dated_on=date(2019, 3, 1),
            amount_ore=800000,
            until=date(2019, 3, 20),
            written_on=date(2019, 2, 28),
        ),
        Step(id="e", kind="enforcement.scheduled", dated_on=date(2019, 2, 15), until=date(2019, 5, 1)),
        Step(id="p", kind="payment_plan.ended", dated_on=date(2019, 4, 1), amends="plan"),
    )
    assert [database.found(key).steps for key in ("K-2", "K-3", "K-4")] == [(), (), ()]
    assert database.found("K-1").tenants == ("p",)


def test_what_is_agreed_of_a_tenancy_is_what_its_newest_events_told(older):
    database = older(7)
    for key in ("K-1", "K-2", "K-3"):
        database.tenancy(key)
        database.booking(key)
    for key in ("K-1", "K-2"):
        database.told(key, "tenancy.started", kid="26", lease_ends_on="2019-12-31", rent_ore=800000)
        database.told(key, "tenancy.changed", kid=None, rent_ore=810000)
    database.told("K-1", "tenancy.changed", kid="34", rent_ore=None)
    database.told("K-1", "tenancy.renewed", lease_ends_on="2022-12-31")
    database.told("K-2", "tenancy.renewed", lease_ends_on=None)
    database.told("K-3", "tenancy.started", kommunenummer="5027", kid="42", lease_ends_on=None)

    database.at(8)
    assert [database.found(key).terms for key in ("K-1", "K-2", "K-3")] == [
        Terms(kid="34", lease_ends_on=date(2022, 12, 31)),
        Terms(kid="26"),
        Terms(),
    ]
    assert database.rows("select distinct standing, register from bookings") == [("started", "")]


def test_who_lives_where_since_and_until_when_is_what_the_events_told(older):
    database = older(8)
    for key, more in (("K-1", {"tenants": ["p", "q"]}), ("K-2", {}), ("K-3", {"tenants": []}), ("K-4", {})):
        database.tenancy(key, **more)
    for key in ("K-1", "K-2", "K-3"):
        database.told(key, "tenancy.started", started_on="2018-01-01", rent_ore=800000)
    database.told("K-1", "tenancy.ended", ended_on="2019-03-31")
    database.told("K-2", "tenancy.ended", ended_on="2018-06-30")
    database.told("K-2", "tenancy.started", started_on="2018-09-01", rent_ore=800000)

    database.at(9)
    began, ended = date(2018, 1, 1), date(2019, 3, 31)
    found = [database.found(key) for key in ("K-1", "K-2", "K-3", "K-4")]
    assert [(each.started_on, each.ended_on) for each in found] == [
        (began, ended),
        (date(2018, 9, 1), None),
        (began, None),
        (None, None),
    ]
    assert database.rows("select tenancy, tenant, started_on, ended_on from tenants order by 1, 2") == [
        ("K-1", "p", began, ended),
        ("K-1", "q", began, ended),
        ("K-2", "p", date(2018, 9, 1), None),
    ]
