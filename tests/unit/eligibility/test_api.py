"""The doors of eligibility: who may come in, and what they get. Behind them a store that only remembers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.access import Door, Principal
from chassis.http import Problem
from eligibility.api import router
from eligibility.domain.case import Case
from eligibility.messages import ApplicationWithdrawn, FetchFacts, RecordDecision
from eligibility.projection import project
from tests.unit.eligibility.given import APPLICATION, KEY, MIDTRE_GAULDAL, a_case, a_referred_case, facts, told, when

EVERYONE = ("servicetorg", "boligansvarlig", "boligutvalg", "vedtakskontor", "okonomi", "leder", "tjeneste")
ROLES = {
    ("GET", "/cases"): {"boligansvarlig", "boligutvalg", "vedtakskontor", "leder"},
    ("GET", "/cases/{application}"): {"boligansvarlig", "boligutvalg", "vedtakskontor", "leder"},
    ("POST", "/cases/{application}/decisions"): {"boligutvalg", "vedtakskontor"},
    ("POST", "/cases/{application}/facts"): {"boligansvarlig"},
    ("GET", "/referrals/{referral_id}"): {"tjeneste"},
}


@dataclass
class Behind:
    """One municipality's case or none, as the door's store would answer."""

    case: Case | None
    subject: str = "u-17"
    parked: bool = False
    sent: list[tuple[Any, str]] = field(default_factory=list)


class DoorTo(Door):
    """The real door with the store left out."""

    def __init__(self, behind: Behind, request: Request, response: Response) -> None:
        roles = frozenset({"boligutvalg", "boligansvarlig"})
        principal = Principal(behind.subject, roles, MIDTRE_GAULDAL, "", False, behind.subject, "referral")
        super().__init__(principal, request, response)
        self.behind = behind

    async def send(self, body: Any, subject: str, *, status: int = 200) -> dict[str, Any]:
        self.behind.sent.append((body, subject))
        self.response.status_code = status
        return {"application": subject}

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        if self.behind.case is None:
            return []
        rows = project(KEY, MIDTRE_GAULDAL, self.behind.case)
        if "from referrals" in sql:
            return [row for row in rows["referrals"] if row["referral_id"] == args[0]]
        return [row | {"events_waiting": self.behind.parked} for row in rows["cases"]]

    async def states(self, kind: str, ids: Any) -> dict[str, Any]:
        return {KEY.id: self.behind.case} if self.behind.case and kind == KEY.kind and KEY.id in ids else {}


class Tokens:
    """The issuer's part: a bearer token is the name of its one role."""

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        return {"sub": "u-17", "roles": [token], "kommunenummer": MIDTRE_GAULDAL}


def routes_and_doors() -> list[tuple[str, str, Any]]:
    return [
        (method, route.path, dependency.call)
        for route in router.routes
        for method in route.methods
        for dependency in route.dependant.dependencies
    ]


def app_before(behind: Behind | None) -> FastAPI:
    """With the real doors, or with the case behind them."""
    app = FastAPI(exception_handlers={Problem: lambda _, problem: JSONResponse(problem.document(), problem.status)})
    app.include_router(router)
    app.state.issuer, app.state.audience = Tokens(), "eligibility"

    def admitted(request: Request, response: Response) -> Door:
        assert behind
        return DoorTo(behind, request, response)

    if behind:
        app.dependency_overrides = {door: admitted for _, _, door in routes_and_doors()}
    return app


async def ask(behind: Behind | None, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app_before(behind), raise_app_exceptions=behind is not None)
    async with httpx.AsyncClient(transport=transport, base_url="http://eligibility") as client:
        return await client.request(method, path, **more)


def test_every_route_has_a_door():
    assert {(method, path) for method, path, _ in routes_and_doors()} == set(ROLES)
    assert len(router.routes) == len(ROLES)


@pytest.mark.parametrize(("method", "path"), ROLES)
@pytest.mark.parametrize("role", EVERYONE)
async def test_a_route_admits_its_roles_alone(method, path, role):
    asked = path.format(application=APPLICATION, referral_id=APPLICATION)
    headers = {"Authorization": f"Bearer {role}", "Kommunenummer": "5027", "Acting-User": "system", "Purpose": "test"}

    answer = await ask(None, method, asked, headers=headers, json={"outcome": "granted"})

    assert (answer.status_code != 403) == (role in ROLES[method, path])


@pytest.mark.parametrize(("method", "path"), ROLES)
async def test_no_one_comes_in_without_a_token(method, path):
    asked = path.format(application=APPLICATION, referral_id=APPLICATION)

    assert (await ask(None, method, asked, json={"outcome": "granted"})).status_code == 401


async def test_the_list_tells_overall_and_reasons_and_no_criteria():
    answer = await ask(Behind(a_case("startlan", None, facts(legal_basis=None)), parked=True), "GET", "/cases")

    (row,) = answer.json()
    assert (row["absent_reason"], row["events_waiting"]) == ("financing_is_navs", True)
    assert row["absent_sentence"].startswith("NAV avgjør")
    assert row["not_referred_sentence"].startswith("Henvisningen til NAV venter")
    assert "GB-" not in answer.text


async def test_a_case_is_shown_with_its_criteria_and_their_citations():
    answer = await ask(Behind(a_case()), "GET", f"/cases/{APPLICATION}")

    seen = answer.json()
    assert (answer.status_code, seen["assessment"]["overall"], seen["version"]) == (200, "candidate", 3)
    assert seen["assessment"]["criteria"][4]["citation"].endswith("1. punkt, linje 94")


async def test_a_case_that_is_not_there_or_anothers_is_not_found():
    answer = await ask(Behind(None), "GET", f"/cases/{APPLICATION}")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")


async def test_a_decision_goes_to_the_handler_with_who_decided_and_all_of_their_roles():
    behind = Behind(a_case())

    answer = await ask(behind, "POST", f"/cases/{APPLICATION}/decisions", json={"outcome": "dismissed", "version": 2})

    command = RecordDecision(outcome="dismissed", decided_by="u-17", roles=("boligansvarlig", "boligutvalg"), version=2)
    assert (answer.status_code, behind.sent) == (201, [(command, APPLICATION)])


@pytest.mark.parametrize("body", [{"outcome": "maybe"}, {}, {"outcome": "granted", "note": "fri tekst"}])
async def test_a_decision_has_an_outcome_and_no_free_text(body):
    behind = Behind(a_case())

    assert (await ask(behind, "POST", f"/cases/{APPLICATION}/decisions", json=body)).status_code == 422
    assert behind.sent == []


@pytest.mark.parametrize("subject", ["kari@kommune.no", "Kari Nordmann", ""])
async def test_who_decided_must_be_a_code_as_it_goes_out_in_an_event(subject):
    behind = Behind(a_case(), subject=subject)

    answer = await ask(behind, "POST", f"/cases/{APPLICATION}/decisions", json={"outcome": "granted"})

    assert (answer.status_code, answer.json()["code"], behind.sent) == (403, "subject_not_opaque", [])


async def test_facts_are_fetched_anew_on_a_persons_word():
    behind = Behind(a_case())

    answer = await ask(behind, "POST", f"/cases/{APPLICATION}/facts")

    assert (answer.status_code, behind.sent) == (202, [(FetchFacts(), APPLICATION)])


async def test_nav_bridge_gets_a_referrals_content_by_pseudonym():
    case = a_referred_case()

    answer = await ask(Behind(case), "GET", f"/referrals/{case.referral.referral_id}")

    content = answer.json()
    assert (answer.status_code, content["applicant"]) == (200, case.applicant)
    assert content["legal_basis"]["kind"] == "consent"


async def test_a_referral_whose_consent_was_withdrawn_is_not_handed_out():
    case = when(a_referred_case(), told(body=facts(legal_basis=None))).states[KEY]

    answer = await ask(Behind(case), "GET", f"/referrals/{case.referral.referral_id}")

    assert (answer.status_code, answer.json()["code"]) == (409, "legal_basis_missing")


async def test_a_referral_of_a_withdrawn_application_is_not_handed_out():
    case = when(a_referred_case(), ApplicationWithdrawn(withdrawn_on=date(2019, 5, 2))).states[KEY]

    answer = await ask(Behind(case), "GET", f"/referrals/{case.referral.referral_id}")

    assert (answer.status_code, answer.json()["code"]) == (410, "referral_withdrawn")


async def test_a_referral_that_is_not_there_is_not_found():
    answer = await ask(Behind(a_case()), "GET", f"/referrals/{APPLICATION}")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_referral")
