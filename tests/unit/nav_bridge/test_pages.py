"""The pages of deliveries, behind the real doors, from the rows that the projection makes."""

import json
import re
import time
from base64 import b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import httpx
import itsdangerous
import pytest

from chassis.errors import Reject
from chassis.outputs import Key
from nav_bridge import pages
from nav_bridge.domain import NOT_WITH_NAV, REASONS, REJECTIONS, Case, Channel, Note, Status
from nav_bridge.gateway.doors import NO_NOTICE, NO_REFERRAL, NOT_SENT
from nav_bridge.handlers import HANDLERS
from nav_bridge.projection import project
from nav_bridge.translation import page_words as words
from nav_bridge.translation.history import history
from nav_bridge.translation.nav import OUTCOMES
from nav_bridge.translation.svarut import FAILED
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import SAME_SITE, FakeStore, client, web_app
from tests.unit.nav_bridge.test_deciders import APPLICATION, CALL_KEY, NOW, PROOF, PUBLIC, RECEIPTED, REFERRAL

PARKED = replace(RECEIPTED, status="parked", code="outcome_unknown")
LETTER = replace(RECEIPTED, channel="letter", letter_id="7d2f0a3e-1c4b-4f5a-8b6c-0d1e2f3a4b5c", recipient="NAV Tynset")
RECALLED_BY_HAND = replace(RECEIPTED, status="recalling", notes=(Note("recall", "content_wrong", "sub-9", NOW),))
ONE = f"/leveringer/{APPLICATION}"
FORM = {
    "referral_id": REFERRAL,
    "revision": "1",
    "act": "recall",
    "reason": "content_wrong",
    "seen": RECEIPTED.seen,
    "idempotency_key": "form-1",
}
TOLD = {
    "id": "e1",
    "type": "no.boligflyt.delivery.sent.v1",
    "time": "2019-05-02T09:00:00+02:00",
    "cause": "c1",
    "correlation": "c0",
    "sent": True,
    "data": json.dumps({"referral_id": REFERRAL, "revision": 1}),
}
CALLED = {
    "id": str(CALL_KEY),
    "destination": "nav",
    "status": "accepted",
    "attempts": 3,
    "cause": "c0",
    "correlation": "c0",
    "time": NOW,
    "closed_at": NOW,
}


@dataclass
class Deliveries(FakeStore):
    state: Case | None = None

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        await super().rows(kommunenummer, sql, *args)
        if "from outbox" in sql:
            return [TOLD]
        if "from calls" in sql:
            return [CALLED]
        known = self.state if kommunenummer == "3427" else None
        rows = project(Key("delivery", APPLICATION), "3427", known)["deliveries"] if known else []
        if "group by" in sql:
            return [
                {"status": row["status"], "deliveries": 1, "oldest": row["requested_on"], "silent": 0, "unreachable": 0}
                for row in rows
            ]
        return [row for row in rows if args[0] in {None, row["status"]}]

    async def states(self, kommunenummer: str, kind: str, ids: Any) -> dict[str, Any]:
        return {APPLICATION: self.state} if kommunenummer == "3427" and self.state and APPLICATION in ids else {}


@pytest.fixture
def store() -> Deliveries:
    return Deliveries(state=Case(PUBLIC, (RECEIPTED,)))


@pytest.fixture
def browser(store: Deliveries, tmp_path: Path) -> httpx.AsyncClient:
    return logged_in(client(web_app(store, FakeIssuer(), tmp_path, routers=[pages.router])))


def logged_in(browser: httpx.AsyncClient, role: str = "boligansvarlig", kommunenummer: str = "3427") -> Any:
    session = {"sub": "sub-1", "name": "Ola", "roles": [role], "kommunenummer": kommunenummer}
    content = b64encode(json.dumps({**session, "until": time.time() + 600}).encode())
    browser.cookies.set("chassis_session", itsdangerous.TimestampSigner("x" * 40).sign(content).decode())
    return browser


async def test_the_list_tells_the_state_of_each_and_says_that_the_way_is_our_proposal(browser, store):
    store.state = Case(PUBLIC, (PARKED, replace(RECEIPTED, revision=2, silences=1)))
    page = (await browser.get("/leveringer")).text
    for text in ("Stanset", "eldste fra 2. mai 2019", "NAV har ikke svart siden", "boligflyts eget forslag", ONE):
        assert text in page
    assert "Ingen" not in page


async def test_one_state_is_shown_by_itself(browser):
    assert "Vis alle" in (await browser.get("/leveringer?status=parked")).text
    assert ONE not in (await browser.get("/leveringer?status=parked")).text


async def test_a_delivery_is_told_from_its_sending_on(browser, store):
    store.state = Case(PUBLIC, (RECALLED_BY_HAND,))
    page = (await browser.get(ONE)).text
    for text in ("NAV har tatt imot", "Overlevert NAV (tatt imot, 3 forsøk)", "Kalt tilbake for hånd", "av sub-9"):
        assert text in page


@pytest.mark.parametrize(
    ("destination", "status", "told"),
    [
        ("nav", "refused", "Ikke overlevert, eller avvist av NAV, 3 forsøk"),
        ("nav", "open", "Forsøkes overlevert NAV, prøves ennå, 3 forsøk"),
        ("nav-lookup", "accepted", "Spurt NAV om den er kommet fram, NAV svarte, 3 forsøk"),
        ("nav-recall", "refused", "Bedt NAV la den falle, NAV lot den ikke falle, 3 forsøk"),
        ("nav-recall", "unknown", "Bedt NAV la den falle, uten svar, 3 forsøk"),
    ],
)
def test_a_call_is_told_as_what_is_known_of_it(destination, status, told):
    tried = replace(RECEIPTED, lookups=1, retries=1)
    ids = {"nav": tried.sending_call, "nav-lookup": tried.lookup_key, "nav-recall": tried.recalling_call}
    called = CALLED | {"id": str(ids[destination]), "destination": destination, "status": status}

    (step,) = history(tried, {"events": [], "calls": [called]})
    assert f"{step.what}, {step.more}" == told


async def test_what_may_be_done_now_is_offered_and_nothing_else(browser, store):
    assert set(re.findall(r'name="act" value="(\w+)"', (await browser.get(ONE)).text)) == {"recall", "park"}
    store.state = Case(PUBLIC, (PARKED,))
    assert set(re.findall(r'name="act" value="(\w+)"', (await browser.get(ONE)).text)) == {
        *("recall", "retry", "outcome")
    }


async def test_who_may_have_asked_for_a_recall_is_the_tenant_where_it_is_a_notice(browser, store):
    assert "Søkeren ber om det" in (await browser.get(ONE)).text
    asked = Note("recall", "applicant_asked", "sub-9", NOW)
    store.state = Case(deliveries=(replace(RECEIPTED, matter="nav_notice", notes=(asked,)),))
    page = (await browser.get(ONE)).text
    assert page.count("Leietakeren ber om det") == 2
    assert "Søkeren" not in page


async def test_a_form_names_the_delivery_as_the_page_shows_it(browser):
    assert set(re.findall(r'name="seen" value="([^"]+)"', (await browser.get(ONE)).text)) == {RECEIPTED.seen}


async def test_a_form_is_carried_out_for_who_sent_it_with_what_they_saw(browser, store):
    answer = await browser.post(ONE, data=FORM, headers=SAME_SITE)
    ((message, _),) = store.commands
    assert (answer.status_code, answer.headers["location"]) == (303, ONE)
    assert (message.subject, message.data.act, message.data.seen, message.data.by) == (
        APPLICATION,
        "recall",
        RECEIPTED.seen,
        "sub-1",
    )


async def test_what_could_not_be_done_is_said_above_what_stands_now(browser, store):
    store.fails = Reject("delivery_changed", "Leveringen er endret siden siden ble åpnet.", status=409)
    answer = await browser.post(ONE, data=FORM, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "Leveringen er endret siden siden ble åpnet. Dette er leveringene slik de er nå." in answer.text


async def test_the_proof_says_what_was_sent_when_with_its_hash_and_receipt(browser):
    page = (await browser.get(f"{ONE}/bevis")).text
    for text in (PROOF, str(CALL_KEY), "2. mai 2019 kl. 09.00", "etter NAVs klokke"):
        assert text in page


async def test_what_nav_has_is_on_the_proof_page_though_its_hash_was_lost(browser, store):
    store.state = Case(PUBLIC, (replace(RECEIPTED, proof=""),))
    page = (await browser.get(f"{ONE}/bevis")).text
    assert str(CALL_KEY) in page
    assert "Ikke kjent" in page
    assert "Ingenting i saken er sendt til NAV" not in page


async def test_the_proof_says_by_which_channel_and_to_whom_it_went(browser, store):
    assert "Mottaker</dt><dd>Ikke kjent" in (await browser.get(f"{ONE}/bevis")).text
    store.state = Case(PUBLIC, (replace(RECEIPTED, recipient="NAV Tynset"),))
    page = (await browser.get(f"{ONE}/bevis")).text
    assert "Sendt som</dt><dd>Grensesnitt som er boligflyts forslag" in page
    assert "Mottaker</dt><dd>NAV Tynset" in page

    store.state = Case(PUBLIC, (LETTER,))
    page = (await browser.get(f"{ONE}/bevis")).text
    for text in ("Brev over KS SvarUt", "NAV Tynset", LETTER.letter_id, "SHA-256 av brevet", "etter SvarUts klokke"):
        assert text in page
    assert "NAVs kvittering" not in page


async def test_a_letter_is_shown_as_one_and_its_outcome_is_asked_for(browser, store):
    store.state = Case(PUBLIC, (LETTER,))
    page = (await browser.get(ONE)).text
    for text in ("Brev over KS SvarUt", "NAV Tynset", "Lest av NAV", "Registrer utfall", "NAV har skrevet det"):
        assert text in page
    assert "NAV får et nytt brev om å se bort fra den" in page
    assert re.findall(r'<option value="(\w+)">Innvilget', page) == ["granted"]


async def test_an_outcome_is_entered_for_who_sent_it(browser, store):
    form = FORM | {"act": "outcome", "reason": "nav_told", "outcome": "granted"}
    assert (await browser.post(ONE, data=form, headers=SAME_SITE)).status_code == 303
    ((message, _),) = store.commands
    assert (message.data.act, message.data.reason, message.data.outcome) == ("outcome", "nav_told", "granted")


async def test_an_outcome_that_nobody_knows_is_refused_at_the_door(browser, store):
    form = FORM | {"act": "outcome", "reason": "nav_told", "outcome": "kanskje"}
    assert (await browser.post(ONE, data=form, headers=SAME_SITE)).status_code == 422
    assert store.commands == []


@pytest.mark.parametrize("role", ["servicetorg", "boligutvalg", "vedtakskontor", "okonomi"])
@pytest.mark.parametrize("path", ["/leveringer", ONE, f"{ONE}/bevis"])
async def test_others_than_the_cases_owner_and_leaders_see_none(browser, role, path):
    assert (await logged_in(browser, role).get(path)).status_code == 403


async def test_a_case_of_another_municipality_is_answered_like_one_that_does_not_exist(browser):
    assert (await logged_in(browser, kommunenummer="5027").get(ONE)).status_code == 404


def test_every_state_reason_code_and_outcome_has_its_word():
    assert set(words.STATUSES) == set(words.COLOURS) == set(get_args(Status))
    assert set(words.REASONS) == {reason for reasons in REASONS.values() for reason in reasons}
    assert set(words.OUTCOMES) == set(OUTCOMES.values())
    doors = {*NO_REFERRAL.values(), *NO_NOTICE.values(), *NOT_SENT.values()}
    assert REJECTIONS | doors | NOT_WITH_NAV | {*FAILED.values(), "unprintable"} <= set(words.CODES)
    assert set(words.ACTS) == set(words.DONE) == set(words.EXPLAINED) == set(REASONS)
    assert set(words.CHANNELS) == set(get_args(Channel))
    assert set(words.CALLS) == {handler.on.removeprefix("answered:") for handler in HANDLERS if ":" in handler.on}
    assert set(words.STATUSES_OF_LETTERS) <= set(words.STATUSES)
    assert set(words.EVENTS_OF_LETTERS) <= set(words.EVENTS)
    assert set(words.EXPLAINED_OF_LETTERS) <= set(words.EXPLAINED)
