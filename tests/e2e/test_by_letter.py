"""nav-bridge as it runs for a municipality that reaches NAV by letter: over real HTTP to the simulated SvarUt and back.

The service is a process of its own on real Kafka and PostgreSQL, and so is SvarUt. Eligibility's and intake's doors are
stood in for, as they have nothing to do with how a letter goes.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import expect

from chassis.envelope import Record, encode
from demo.local import Platform
from demo.pictures.browsing import a_browser
from eligibility.messages import ReferralRequested, ReferralWithdrawn
from tests.e2e.browser import Visitor
from tests.e2e.svarut import a_svarut
from tests.e2e.system import until
from tests.integration.wire import produce, read_all
from tests.unit.nav_bridge.test_gateway import APPLICANT, PERSON, REFERRAL_TOLD

pytestmark = pytest.mark.e2e


@dataclass
class Street:
    """The bridge and SvarUt, up."""

    platform: Platform
    svarut: str
    record: Any

    def url(self, service: str) -> str:
        return self.platform.addresses.url(service)

    def ask(self, case: str) -> Any:
        return httpx.get(
            f"{self.url('nav-bridge')}/deliveries/{case}",
            headers={"Authorization": f"Bearer {self.platform.token('boligansvarlig-3427')}"},
            timeout=10,
        )

    def delivery(self, case: str) -> dict[str, Any]:
        answer = self.ask(case)
        return dict(answer.json()[0]) if answer.status_code == 200 else {}

    def behave(self, **behaviour: Any) -> None:
        httpx.post(f"{self.svarut}/simulator/behaviour", json=behaviour, timeout=10).raise_for_status()

    def tell(self, case: str, *events: Any) -> None:
        records = [_record(case, number, event) for number, event in enumerate(events, 1)]
        _aside(produce(self.platform.kafka.connection("eligibility"), "referrals.v1", records))

    def noted(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def told(self, case: str) -> list[str]:
        records = _aside(read_all(self.platform.admin_kafka(), "deliveries.v1"))
        mine = [each for each in records if each.key == case.encode()]
        return [dict(each.headers)["ce_type"].decode().split(".", 2)[2] for each in mine]


def _aside(work: Coroutine[Any, Any, Any]) -> Any:
    """In another thread, as the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def _record(case: str, sequence: int, data: Any) -> Record:
    told = {"source": "urn:boligflyt:eligibility", "subject": case, "time": datetime.now(UTC), "kommunenummer": "3427"}
    more = {"correlation": "", "causation": "", "traceparent": "", "classification": "restricted"}
    headers, value = encode(data, id=uuid5(NAMESPACE_OID, f"{case}:{sequence}"), sequence=sequence, **told, **more)
    return Record("referrals.v1", 0, 0, case.encode(), value, [(name, text.encode()) for name, text in headers.items()])


def doors() -> FastAPI:
    """Any referral, of a person who is known; and nothing to reconcile."""
    app = FastAPI()

    @app.get("/referrals/{id}")
    async def referral(id: str) -> dict[str, Any]:
        return REFERRAL_TOLD | {"referral_id": id}

    @app.post("/persons/lookup")
    async def persons() -> dict[str, Any]:
        return {"persons": {APPLICANT: PERSON}}

    return app


@pytest.fixture(scope="module")
def street(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    port = platform.spare_port()
    server = uvicorn.Server(uvicorn.Config(doors(), port=port, log_level="warning"))
    running = threading.Thread(target=server.run)
    running.start()
    folder = tmp_path_factory.mktemp("letters")
    svarut = a_svarut(platform, folder, "--read-delay", "0.2", "--hang-seconds", "0.1")
    environment = platform.service_environment("nav-bridge") | {
        **svarut.environment,
        "ELIGIBILITY_URL": f"http://127.0.0.1:{port}",
        "INTAKE_URL": f"http://127.0.0.1:{port}",
        "OUTCOME_POLL_SECONDS": "0.2",
    }
    bridge = platform.spawn("nav-bridge-of-letters", ["-m", "nav_bridge", "run"], environment)
    here = Street(platform, svarut.url, svarut.record)
    try:
        until(lambda: _answers(f"{here.url('nav-bridge')}/readyz"), "nav-bridge ready")
        until(lambda: _answers(f"{here.svarut}/"), "SvarUt ready")
        here.behave(fate="LEST")
        yield here
    finally:
        bridge.terminate()
        svarut.child.terminate()
        server.should_exit = True
        running.join(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def case() -> str:
    """Another one for each test."""
    return str(uuid5(NAMESPACE_OID, f"letter case {time.monotonic_ns()}"))


@pytest.fixture(params=[1280, 360])
def visitor(street: Street, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """With a wide screen, and with a narrow one."""
    with a_browser() as browser:
        session = browser.new_context(viewport={"width": request.param, "height": 800}, locale="nb-NO")
        yield Visitor(street.platform, session.new_page())  # type: ignore[arg-type]


def requested(case: str) -> ReferralRequested:
    of = {
        "referral_id": str(uuid5(NAMESPACE_OID, case)),
        "revision": 1,
        "public_id": str(uuid5(NAMESPACE_OID, case + "p")),
    }
    return ReferralRequested(**of, legal_basis="consent", requested_on=datetime.now(UTC).date())


def status(street: Street, case: str, wanted: str) -> Callable[[], bool]:
    return lambda: street.delivery(case).get("status") == wanted


def test_a_referral_goes_by_letter_is_read_and_closed_by_the_outcome_that_a_person_enters(
    street: Street, case: str, visitor: Visitor
):
    street.tell(case, requested(case))
    until(status(street, case, "received"), "NAV has read the letter")
    delivery = street.delivery(case)
    (letter,) = [line for line in street.noted() if line["what"] == "accepted" and _is_of(line, delivery)]

    assert (delivery["channel"], delivery["recipient"]) == ("letter", "NAV Tynset")
    assert (letter["organisation"], letter["of"]) == ("974760673", "tynset")
    assert letter["paper_sha256"] == delivery["proof_hash"]

    page = visitor.log_in("boligansvarlig-3427", f"/leveringer/{case}", "nav-bridge").page
    expect(page.get_by_text("Brev over KS SvarUt")).to_be_visible()
    expect(page.get_by_text("Spurt SvarUt hvordan det går med brevet").last).to_be_visible()
    seen = {"read": (visitor.overflow, visitor.barriers())}
    page.get_by_label("Utfall hos NAV").select_option("Innvilget")
    page.get_by_label("Hvor det er kjent fra").select_option("NAV har skrevet det")
    page.get_by_role("button", name="Registrer utfall").click()
    expect(page.get_by_text("Utfall registrert for hånd (NAV har skrevet det")).to_be_visible()
    expect(page.get_by_role("button", name="Registrer utfall")).to_have_count(0)
    seen["closed"] = (visitor.overflow, visitor.barriers())
    page.get_by_role("link", name="Bevis for det som er sendt").click()
    for shown in (letter["key"], letter["paper_sha256"], "NAV Tynset", "etter SvarUts klokke"):
        expect(page.get_by_text(shown)).to_be_visible()
    seen["proof"] = (visitor.overflow, visitor.barriers())

    assert seen == dict.fromkeys(seen, (0, []))
    assert (street.delivery(case)["status"], street.delivery(case)["outcome"]) == ("closed", "granted")
    until(lambda: len(street.told(case)) == 3, "all is told")
    assert street.told(case) == ["delivery.sent.v1", "delivery.received.v1", "delivery.outcome.v1"]


def test_an_answer_that_gets_lost_makes_no_second_letter(street: Street, case: str):
    street.behave(fate="LEST", timeout_after_accept_next=1)
    street.tell(case, requested(case))
    until(status(street, case, "received"), "NAV has read the letter")
    delivery = street.delivery(case)

    mine = [line for line in street.noted() if line["what"] == "accepted" and _is_of(line, delivery)]
    assert len(mine) == 1
    assert "answer_lost" in {line["what"] for line in street.noted() if line["key"] == mine[0]["key"]}
    assert [line["found"] for line in street.noted() if line["what"] == "lookup"][-1] == 1


def test_an_outage_is_waited_out(street: Street, case: str):
    street.behave(fate="LEST", fail_next=3)
    street.tell(case, requested(case))

    until(status(street, case, "received"), "SvarUt is back and NAV has read the letter")


def test_what_is_withdrawn_after_it_was_sent_is_recalled_by_a_second_letter_which_is_followed(
    street: Street, case: str
):
    street.behave(fate="KLAR_FOR_MOTTAK")
    asked = requested(case)
    street.tell(case, asked)
    until(status(street, case, "sent"), "SvarUt has the letter")
    street.tell(
        case, asked, ReferralWithdrawn(referral_id=asked.referral_id, revision=1, withdrawn_on=asked.requested_on)
    )
    until(status(street, case, "recalled"), "NAV has got the second letter")

    titles = [line["title"] for line in street.noted() if line["what"] == "accepted"][-2:]
    assert titles == ["Henvisning til NAV", "Henvisningen er trukket"]
    street.behave(fate="IKKE_LEVERT")
    until(status(street, case, "parked"), "a person is told that NAV never got the second letter")


def test_a_word_that_nobody_knows_is_for_a_person(street: Street, case: str):
    street.behave(fate="SENDT_TIL_MÅNEN")
    street.tell(case, requested(case))
    until(status(street, case, "parked"), "a person is asked")

    assert street.delivery(case)["code"] == "outcome_unknown"


def _is_of(line: dict[str, Any], delivery: dict[str, Any]) -> bool:
    return bool(line["paper_sha256"] == delivery["proof_hash"])
