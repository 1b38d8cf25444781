"""The pages of cases, behind the real doors, from the rows that the projection makes."""

import json
import time
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import itsdangerous
import pytest

from eligibility import pages
from eligibility.domain.assessment import Overall
from eligibility.domain.case import ApplicationType, Case, DwellingType, Outcome, ReferralStatus
from eligibility.domain.guideline import Strength
from eligibility.domain.logic import Result
from eligibility.domain.policy import Policy
from eligibility.messages import RecordDecision
from eligibility.projection import project
from eligibility.translation import words
from eligibility.translation.policy_files import policy
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import FakeStore, client, web_app
from tests.unit.eligibility.given import (
    APPLICATION,
    CANDIDATE,
    KEY,
    MIDTRE_GAULDAL,
    TYNSET,
    a_case,
    a_referred_case,
    facts,
    when,
)

PATHS = ("/", "/saker", f"/saker/{APPLICATION}", "/saker.css", f"/saker/{APPLICATION}/spor")
REGISTERED = {
    "id": "e1",
    "type": "application.registered",
    "cause": "c1",
    "time": "2019-04-01T09:00:00+00:00",
    "data": {},
}
READERS = ("boligansvarlig", "boligutvalg", "vedtakskontor", "leder")


@dataclass
class Cases(FakeStore):
    """Answers queries by the projection of one case, `count` times over, as the database would."""

    case: Case | None = None
    waits: bool = False
    count: int = 1
    unseen: int = 0

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        await super().rows(kommunenummer, sql, *args)
        if "from outbox" in sql or "from calls" in sql:
            return []
        rows = project(KEY, kommunenummer, self.case)["cases"] * self.count if self.case else []
        rows = rows if kommunenummer == MIDTRE_GAULDAL else []
        if "waiting from parked" in sql:
            return [{"waiting": self.unseen}]
        if "count(*)" in sql:
            return [{"cases": len(rows), "undecided": sum(row["decision"] is None for row in rows)}]
        if "limit" in sql:
            limit, offset = args
            rows = rows[offset : offset + limit]
        return [row | {"events_waiting": self.waits} for row in rows]

    async def states(self, kommunenummer: str, kind: str, ids: Any) -> dict[str, Any]:
        return {APPLICATION: self.case} if kommunenummer == MIDTRE_GAULDAL and APPLICATION in ids else {}


@pytest.fixture
def store() -> Cases:
    return Cases(case=a_case())


@dataclass
class Door:
    """Another service's, as the chassis asks it; `part` None: closed."""

    part: dict[str, Any] | None

    async def trail(self, key: str, **_: str) -> dict[str, Any] | None:
        return self.part


@pytest.fixture
def doors() -> dict[str, Door]:
    return {"intake": Door({"events": [REGISTERED], "calls": []}), "nav-bridge": Door({"events": [], "calls": []})}


@pytest.fixture
def browser(store: Cases, doors: dict[str, Door], tmp_path: Path) -> httpx.AsyncClient:
    app = web_app(store, FakeIssuer(), tmp_path, routers=[pages.router])
    app.state.elsewhere = doors
    return logged_in(client(app))


def logged_in(browser: httpx.AsyncClient, *roles: str, kommunenummer: str = MIDTRE_GAULDAL) -> httpx.AsyncClient:
    session = {"sub": "sub-1", "name": "Ola", "roles": roles or ["boligutvalg"], "kommunenummer": kommunenummer}
    content = b64encode(json.dumps({**session, "until": time.time() + 600}).encode())
    cookie = itsdangerous.TimestampSigner("x" * 40).sign(content).decode()
    browser.cookies.set("chassis_session", cookie)
    return browser


async def text_of(browser: httpx.AsyncClient, path: str) -> str:
    page = await browser.get(path)
    assert page.status_code == 200
    return page.text


async def test_the_list_tells_what_each_is_about_and_how_far_it_has_come(browser):
    page = await text_of(browser, "/saker")
    for text in ("BS-7F3K-2Q9M", "Kommunal bolig, gjennomgangsbolig", "1. april 2019", "Aktuell"):
        assert text in page
    assert "1 søknad, 1 om kommunal bolig uten vedtak" in page
    assert "GB-" not in page


async def test_the_list_says_why_there_is_no_assessment_and_how_it_goes_with_nav(browser, store):
    store.case = a_referred_case()
    page = await text_of(browser, "/saker")
    assert "NAV avgjør søknader om startlån og tilskudd." in page
    assert "Klar til NAV" in page


async def test_a_long_list_is_told_in_pages(browser, store):
    store.count = 120
    page = await text_of(browser, "/saker?side=3")
    assert page.count("<tr>") == 21
    assert "Side 3 av 3" in page
    assert 'href="/saker?side=2"' in page
    assert "Eldre saker" not in page


async def test_a_case_shows_each_criterion_with_its_result_and_its_source(browser):
    page = await text_of(browser, f"/saker/{APPLICATION}")
    assert page.count('class="criterion"') == 26
    assert "«Søker må ha lovlig opphold i Norge.»" in page
    assert "GB-01, skal. Grunnkrav for tildeling av gjennomgangsboliger, 1. punkt, linje 94." in page
    assert "Boligutvalget" in page
    assert "Ikke fattet" in page
    assert "Dette er ikke oppfylt" not in page


async def test_a_case_says_what_stands_against_it_what_is_open_and_what_a_person_may_weigh(browser, store):
    answers = {**CANDIDATE, "GB-01": "no", "GB-07": "unknown", "GB-16": "yes"}
    store.case = a_case(body=facts(answers=answers))
    page = await text_of(browser, f"/saker/{APPLICATION}")
    for heading in ("Dette er ikke oppfylt", "Dette må avklares", "Dette kan et menneske legge vekt på"):
        assert heading in page
    assert "Ikke aktuell" in page
    assert "Søker må ha lovlig opphold i Norge. (GB-01)" in page
    assert "kan avvises" in page


async def test_a_case_says_of_which_criteria_one_is_enough(browser, store):
    assert "Ett av disse er nok" not in await text_of(browser, f"/saker/{APPLICATION}")
    store.case = a_case(body=facts(answers=CANDIDATE | {"GB-03": "no"}))
    assert "Ett av disse er nok: GB-03, GB-04, GB-05, GB-06." in await text_of(browser, f"/saker/{APPLICATION}")


async def test_a_decided_case_shows_the_decision_beside_the_advice(browser, store):
    store.case = when(a_case(), RecordDecision(outcome="refused", decided_by="u", roles=("boligutvalg",))).states[KEY]
    page = await text_of(browser, f"/saker/{APPLICATION}")
    assert "Avslag 2. mai 2019" in page
    assert "Aktuell" in page


async def test_a_case_without_assessment_says_why(browser, store):
    store.case = a_case("startlan", None, facts(legal_basis=None))
    page = await text_of(browser, f"/saker/{APPLICATION}")
    assert "NAV avgjør søknader om startlån og tilskudd." in page
    assert "Henvisningen til NAV venter" in page
    assert "Alle punktene" not in page


async def test_what_waits_is_flagged_in_the_list_and_on_the_case(browser, store):
    store.waits = True
    for path in ("/saker", f"/saker/{APPLICATION}"):
        assert "Ufullstendig, hendelser venter" in await text_of(browser, path)


async def test_what_waits_before_there_is_a_case_is_counted_on_the_list(browser, store):
    assert "vises ikke i listen" not in await text_of(browser, "/saker")
    store.unseen = 2
    assert "2 søknader er ufullstendige og vises ikke i listen: hendelser venter." in await text_of(browser, "/saker")


async def test_an_empty_list_says_so(browser, store):
    store.case = None
    assert "Ingen søknader ennå." in await text_of(browser, "/saker")


@pytest.mark.parametrize("path", [f"/saker/{APPLICATION}", f"/saker/{APPLICATION}/spor"])
async def test_a_case_that_is_not_there_or_anothers_does_not_exist(browser, path):
    assert (await logged_in(browser, kommunenummer=TYNSET).get(path)).status_code == 404


async def test_the_walk_is_one_click_from_the_case_and_tells_what_each_service_knows(browser):
    assert f'href="/saker/{APPLICATION}/spor"' in await text_of(browser, f"/saker/{APPLICATION}")
    page = await text_of(browser, f"/saker/{APPLICATION}/spor")
    assert "1. Søknaden er registrert" in page
    assert "svarer ikke" not in page


async def test_a_service_that_is_away_is_named_and_the_rest_is_told(browser, doors):
    doors["nav-bridge"].part = None
    page = await text_of(browser, f"/saker/{APPLICATION}/spor")
    assert "Broen til NAV svarer ikke akkurat nå." in page
    assert "Søknaden er registrert" in page


@pytest.mark.parametrize("path", PATHS)
async def test_who_has_not_logged_in_is_sent_to_do_so(browser, path):
    browser.cookies.clear()
    assert (await browser.get(path)).headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", [*READERS, "servicetorg", "okonomi"])
async def test_a_page_admits_those_who_handle_and_decide_cases_alone(browser, path, role):
    assert ((await logged_in(browser, role).get(path)).status_code != 403) == (role in READERS)


async def test_the_front_page_is_the_list(browser):
    assert (await browser.get("/")).headers["location"] == "/saker"


def test_everything_that_can_be_shown_has_a_word():
    def of(literal: Any) -> set[Any]:
        return set(literal.__args__)

    def deciders(policy: Policy) -> set[str]:
        return {role for each in policy.municipalities.values() for role in each.deciding_roles.values()}

    assert of(ApplicationType) == words.TYPES.keys()
    assert of(DwellingType) == words.DWELLINGS.keys()
    assert of(Outcome) == words.OUTCOMES.keys()
    assert of(ReferralStatus) == words.REFERRALS.keys()
    assert of(Strength) == words.STRENGTHS.keys()
    assert of(Overall) == words.OVERALL.keys()
    assert of(Overall) | {result.value for result in Result} == words.COLOURS.keys()
    assert deciders(policy()) == words.DECIDERS.keys()
