from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from nav_bridge import api
from nav_bridge.domain import Case, Delivery
from tests.unit.chassis.fake_issuer import FakeIssuer, bearer
from tests.unit.chassis.web import FakeStore, client, web_app

APPLICATION = "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0001"
ROW = {"referral_id": "9e079f93-2a56-5924-a35b-80f17614c5e6", "revision": 1, "application": APPLICATION}
TRIED_AGAIN = Delivery(str(ROW["referral_id"]), 1, "law", date(2019, 5, 2), retries=1)
CASEWORKER = {"roles": ["boligansvarlig"]}


class Deliveries(FakeStore):
    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        await super().rows(kommunenummer, sql, *args)
        if "from calls" in sql or "from outbox" in sql:
            return []
        return [ROW] if kommunenummer == "3427" else []

    async def states(self, kommunenummer: str, kind: str, ids: Any) -> dict[str, Any]:
        return {APPLICATION: Case(deliveries=(TRIED_AGAIN,))} if kommunenummer == "3427" else {}


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries()


@pytest.fixture
def web(deliveries: Deliveries, tmp_path: Path) -> httpx.AsyncClient:
    return client(web_app(deliveries, FakeIssuer(), tmp_path, routers=[api.router]))


@pytest.mark.parametrize("role", ["boligansvarlig", "leder"])
@pytest.mark.parametrize("path", ["/deliveries", f"/deliveries/{APPLICATION}"])
async def test_who_handles_the_case_sees_its_deliveries(web: httpx.AsyncClient, role: str, path: str) -> None:
    answer = await web.get(path, headers=bearer(roles=[role]))
    assert (answer.status_code, answer.json()) == (200, [ROW])


@pytest.mark.parametrize("role", ["servicetorg", "boligutvalg", "vedtakskontor", "okonomi"])
@pytest.mark.parametrize("path", ["/deliveries", f"/deliveries/{APPLICATION}"])
async def test_others_see_none(web: httpx.AsyncClient, role: str, path: str) -> None:
    assert (await web.get(path, headers=bearer(roles=[role]))).status_code == 403


async def test_nobody_gets_in_without_a_token(web: httpx.AsyncClient) -> None:
    assert (await web.get("/deliveries")).status_code == 401


async def test_a_case_of_another_municipality_is_answered_like_one_that_does_not_exist(web: httpx.AsyncClient) -> None:
    answer = await web.get(f"/deliveries/{APPLICATION}", headers=bearer(**CASEWORKER, kommunenummer="5027"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_delivery")


async def test_deliveries_can_be_asked_for_by_status(web: httpx.AsyncClient, deliveries: Deliveries) -> None:
    await web.get("/deliveries?status=parked&limit=5", headers=bearer(**CASEWORKER))
    assert deliveries.queries == [("3427", api.NEWEST_FIRST, "parked", 5, 0)]


@pytest.mark.parametrize("path", ["/deliveries?status=lost", "/deliveries?limit=0", "/deliveries/noe"])
async def test_a_question_that_makes_no_sense_is_refused(web: httpx.AsyncClient, path: str) -> None:
    assert (await web.get(path, headers=bearer(**CASEWORKER))).status_code == 422


ON_BEHALF = {"Kommunenummer": "3427", "Acting-User": "sub-1", "Purpose": "causation"}


async def test_a_service_is_told_what_came_of_the_cases_referrals(web: httpx.AsyncClient) -> None:
    headers = bearer(roles=["tjeneste"], kommunenummer=None) | ON_BEHALF
    answer = await web.get(f"/causation/{APPLICATION}", headers=headers)
    told = ROW | {"call": str(TRIED_AGAIN.sending_call)}
    assert (answer.status_code, answer.json()) == (200, {"events": [], "calls": [], "deliveries": [told]})
    elsewhere = headers | {"Kommunenummer": "5027"}
    assert (await web.get(f"/causation/{APPLICATION}", headers=elsewhere)).status_code == 404


@pytest.mark.parametrize("role", ["boligansvarlig", "leder"])
async def test_the_walk_is_told_to_services_alone(web: httpx.AsyncClient, role: str) -> None:
    assert (await web.get(f"/causation/{APPLICATION}", headers=bearer(roles=[role]))).status_code == 403
