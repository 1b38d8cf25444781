"""The page of what would have been raised before go-live."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifications import pages
from notifications.domain.policy import Policies
from notifications.pages.go_live import BY_MONTH
from notifications.translation import policies
from tests.unit.chassis.web import FakeIssuer, FakeStore, client, web_app
from tests.unit.notifications.given import TENANCY, TENANT, on
from tests.unit.notifications.test_pages import Door, logged_in

LIVE = on("2019-02-01").toordinal()
ROW = {
    "tenancy": TENANCY,
    "tenants": json.dumps([TENANT]),
    "raised_as_of": on("2018-11-23"),
    "level": 2,
    "peak_level": 3,
    "rules": json.dumps(["E1"]),
    "live_since": None,
    "resolved_as_of": on("2018-12-20"),
    "resolution": "cured",
}
MONTH = {"month": "2018-11-01", "raised": 1, "grave": 1, "cured": 1}


@dataclass
class Before(FakeStore):
    """What stood before go-live, of municipality 3427."""

    row: dict[str, Any] | None = None

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        await super().rows(kommunenummer, sql, *args)
        if self.row is None or kommunenummer != "3427":
            return []
        return [MONTH] if sql == BY_MONTH else [self.row]


def browser(store: FakeStore, judging: Policies, folder: Path, *roles: str) -> httpx.AsyncClient:
    app = web_app(store, FakeIssuer(), folder, routers=[pages.router])
    app.state.people = Door({TENANT: {"status": "found", "name": "Kari Nordmann"}})
    app.state.policies = judging
    return logged_in(client(app), *roles)


def live() -> Policies:
    judging = policies()
    return replace(judging, own={**judging.own, "3427": replace(judging.of("3427"), go_live=LIVE)})


async def test_a_leader_sees_what_would_have_been_raised_and_what_became_of_it(tmp_path):
    text = (await browser(Before(row=ROW), live(), tmp_path, "leder").get("/oppstart")).text
    for part in ("1. februar 2019", "november 2018", "Kari Nordmann", "E1", "Alvorlig", "Løst ved betaling, 20. des"):
        assert part in text


async def test_what_still_stood_says_that_it_was_raised_at_go_live(tmp_path):
    row = {**ROW, "live_since": on("2019-02-01"), "resolved_as_of": None, "resolution": None}
    text = (await browser(Before(row=row), live(), tmp_path, "leder").get("/oppstart")).text
    assert "Varslet ved oppstart, 1. februar 2019" in text


async def test_without_a_date_it_says_that_every_day_raises(tmp_path):
    text = (await browser(Before(), policies(), tmp_path, "leder").get("/oppstart")).text
    assert "alle dager i reskontroen gir varsler" in text


@pytest.mark.parametrize("role", ["boligansvarlig", "okonomi"])
async def test_it_is_the_leader_s_page(tmp_path, role):
    assert (await browser(Before(row=ROW), live(), tmp_path, role).get("/oppstart")).status_code == 403
