"""The hand-off to NAV, as its OpenAPI document says: held against what nav-bridge sends and reads, and against what the
simulator takes and answers.
"""

import json
import re
from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid5

import httpx
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chassis.outputs import Outgoing
from demo.nav_simulator import Callbacks, Nav, build, keys
from demo.nav_simulator.callbacks import MANNERS
from demo.nav_simulator.nav import Accepted, Behaviour
from nav_bridge.domain import call_key
from nav_bridge.gateway import Callbacks as TakenCallbacks
from nav_bridge.gateway import NavHandIn, NavKeys, NavRecall, NavStatus, callback_door
from nav_bridge.gateway.callbacks import LARGEST, LONGEST_LIFE, MEDIA, REFUSALS, SIGNATURES, TYPE
from nav_bridge.translation import nav as words
from nav_bridge.translation.doors import Notice, Person, Referral
from tests.contract.tree import ROOT
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import web_app
from tests.unit.nav_bridge.test_callbacks import Deliveries

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "schemas/nav-hand-off.v1.openapi.yaml").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
ID = "9e079f93-2a56-5924-a35b-80f17614c5e6"
KEY = call_key(ID, 1)
PERSON = Person(status="found", name="Testperson Oppdiktet", national_id="01817012345", phone="99999999")
REFERRAL = Referral.model_validate(
    {
        "referral_id": ID,
        "revision": 1,
        "requested_on": "2019-05-02",
        "applicant": ID,
        "application_type": "startlan",
        "from_role": "boligansvarlig",
        "to_role": "startlan_saksbehandler",
        "to_unit": "NAV Tynset",
        "legal_basis": {"kind": "consent", "consent_id": "samtykke-1", "consented_at": "2019-05-01T12:00:00+02:00"},
        "purpose": "KJØP_STARTLÅN",
        "grounds": ["BARN_I_HUSSTAND"],
        "household": {"adults": 1, "children": 2},
        "tenancy": {"dwelling_id": "kobo-1", "lease_ends_on": "2020-05-01", "rent_ore": 745_000},
        "arrears_band": "SMALL",
        "needs_extended_help": True,
        "language": "so",
        "interpreter": True,
        "due_on": "2019-06-02",
        "priority": "high",
    }
)
NOTICE = Notice(
    notice_id=ID,
    revision=1,
    requested_on=date(2019, 2, 25),
    tenants=(ID,),
    from_role="boligansvarlig",
    as_of=date(2019, 2, 24),
    debt_ore=800_000,
    unpaid=({"due_on": date(2019, 1, 15), "open_ore": 800_000},),
    eviction_notice={"sent_on": date(2019, 2, 20), "deadline_on": date(2019, 3, 6)},
)


def faults(name: str, value: Any) -> list[str]:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    found = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(value)
    return [error.message for error in found]


class Written:
    """What the owner's door would tell, in NAV's words."""

    def __init__(self, message: dict[str, Any]) -> None:
        self._message = message

    async def message(self, _: Outgoing) -> dict[str, Any]:
        return self._message


MESSAGES = {
    "referral": ("Referral", words.henvisning(REFERRAL, PERSON, "3427")),
    "nav_notice": ("Notice", words.varsel(NOTICE, [PERSON], "3427", "NAV Tynset")),
}


def call(matter: str, key: Any = KEY) -> Outgoing:
    return Outgoing(key, "3427", {"referral": ID, "revision": 1, "matter": matter})


@cache
def templates() -> dict[str, str]:
    return {path.replace("{key}", str(KEY)): path for path in DOCUMENT["paths"]}


@pytest.mark.parametrize("matter", MESSAGES)
async def test_the_bridge_asks_for_what_the_document_has_and_sends_what_it_takes(matter):
    sent: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(503)

    nav = httpx.AsyncClient(transport=httpx.MockTransport(keep), base_url="http://nav")
    name, message = MESSAGES[matter]
    await NavHandIn(nav, {matter: Written(message)}).send(call(matter))
    await NavStatus(nav).send(call(matter))
    await NavRecall(nav).send(call(matter, uuid5(KEY, "recall")))

    operations = [DOCUMENT["paths"][templates()[each.url.path]][each.method.lower()] for each in sent]
    assert len(operations) == 3
    for request, operation in zip(sent, operations, strict=True):
        wanted = {each.get("$ref", "").rsplit("/", 1)[-1] for each in operation["parameters"]}
        if "IdempotencyKey" in wanted:
            assert faults("Id", request.headers["Idempotency-Key"]) == []
    assert faults(name, json.loads(sent[0].content)) == []


def test_the_bridge_has_a_word_for_each_of_the_documents_and_no_other():
    refusals = set(SCHEMAS["HandInRefusal"]["properties"]["kode"]["enum"])
    assert refusals == set(words.REFUSALS)
    assert set(SCHEMAS["Status"]["enum"]) == words.OPEN | set(words.OUTCOMES)
    recalls = [SCHEMAS[name]["properties"]["kode"]["enum"] for name in ("RecallRefusal", "NotFoundRefusal")]
    assert {word for found in recalls for word in found} == set(words.RECALL_REFUSALS)
    fields = SCHEMAS["Referral"]["properties"]
    assert set(fields["formål"]["enum"]) == set(words.PURPOSES.values())
    assert set(fields["grunnlag"]["items"]["enum"]) == set(words.GROUNDS.values())
    assert set(fields["prioritet"]["enum"]) == set(words.PRIORITIES.values())
    assert set(fields["restanse"]["enum"]) == set(words.ARREARS.values())


def test_the_document_refuses_what_is_no_message():
    _, message = MESSAGES["referral"]
    assert faults("Referral", {**message, "fritekst": "noe om noen"})
    assert faults("Referral", {**message, "ordning": "STARTLÅN"})
    assert faults("Referral", {name: value for name, value in message.items() if name != "rettsgrunnlag"})


def test_every_page_of_it_says_that_it_is_a_proposal():
    assert "forslag" in DOCUMENT["info"]["title"]
    assert "ikke et grensesnitt som NAV har" in DOCUMENT["info"]["description"]


api = schemathesis.openapi.from_dict(DOCUMENT)
api.app = build(Nav(seed=7))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@api.parametrize()
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_simulator_answers_whatever_comes_as_the_document_says(case):
    case.validate_response(case.call(), checks=CHECKS)


@pytest.mark.parametrize("matter", MESSAGES)
async def test_a_revision_beyond_the_documents_largest_is_no_message(matter):
    at_nav = httpx.AsyncClient(transport=httpx.ASGITransport(build(Nav(seed=7))), base_url="http://nav")
    name, message = MESSAGES[matter]
    too_large = {**message, "versjon": 2**31}
    answer = await at_nav.post(words.PATHS[matter], json=too_large, headers={"Idempotency-Key": str(KEY)})

    assert faults(name, too_large)
    assert answer.json()["kode"] == "UGYLDIG_MELDING"


@pytest.mark.parametrize("matter", MESSAGES)
async def test_the_simulator_takes_looks_up_and_lets_be_as_the_document_says(matter):
    at_nav = httpx.AsyncClient(transport=httpx.ASGITransport(build(Nav(seed=7))), base_url="http://nav")
    _, message = MESSAGES[matter]
    path, key, recall = (
        words.PATHS[matter],
        {"Idempotency-Key": str(KEY)},
        {"Idempotency-Key": str(uuid5(KEY, "recall"))},
    )
    taken = await at_nav.post(path, json=message, headers=key)
    known = await at_nav.get(f"{path}/{KEY}")
    recalled = await at_nav.post(f"{path}/{KEY}/recall", headers=recall)

    assert [answer.status_code for answer in (taken, known, recalled)] == [201, 200, 200]
    assert (
        faults("Taken", taken.json()) == faults("Standing", known.json()) == faults("Standing", recalled.json()) == []
    )


CALLBACK = DOCUMENT["webhooks"]["standing"]["post"]
SIGNED = CALLBACK["requestBody"]["content"]["application/jose"]["schema"]


class Bridge:
    """NAV's simulator with an address to call back to: the bridge's own door, in the same process."""

    def __init__(self, folder: Path, matter: str) -> None:
        self.nav = Nav(seed=7, record=folder / "nav.jsonl")
        self.taken = Accepted(KEY, "", ID, 1, datetime(2019, 6, 3, 9, tzinfo=UTC), matter)
        self.nav.accepted[KEY] = self.taken
        self.store, self.sent = Deliveries(), list[httpx.Request]()
        read = NavKeys(str(folder / "keys" / "jwks.json"))
        door = callback_door(TakenCallbacks(read, "nav", "nav-bridge"))
        app = web_app(self.store, FakeIssuer(), folder, routers=[door])
        self.callbacks = Callbacks(self.nav, "http://bridge/nav/callbacks", keys(folder / "keys"), self._to(app))

    def _to(self, app: Any) -> httpx.AsyncBaseTransport:
        through, sent = httpx.ASGITransport(app), self.sent

        class Kept(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                sent.append(request)
                return await through.handle_async_request(request)

        return Kept()

    @property
    def answers(self) -> list[int]:
        assert self.nav.record
        lines = [json.loads(line) for line in self.nav.record.read_text(encoding="utf-8").splitlines()]
        return [line["answer"] for line in lines if line["what"] == "called_back"]


def parts(request: httpx.Request) -> tuple[Any, Any]:
    header, claims, _ = request.content.decode().split(".")
    return tuple(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (header, claims))  # type: ignore[return-value]


ANSWERS = {"twice": [202, 409], "anew": [202, 202], "forged": [401, 202], "backwards": [202, 202]}


@pytest.mark.parametrize("matter", MESSAGES)
@pytest.mark.parametrize("manner", ["", *MANNERS])
async def test_the_simulator_calls_back_as_the_document_says_and_the_bridge_takes_it_so(tmp_path, manner, matter):
    bridge = Bridge(tmp_path, matter)
    await bridge.callbacks.tell(bridge.taken, manner)

    assert bridge.answers == ANSWERS.get(manner, [202])
    assert {str(status) for status in bridge.answers} <= CALLBACK["responses"].keys()
    for request in bridge.sent:
        header, claims = parts(request)
        assert request.headers["Content-Type"] in CALLBACK["requestBody"]["content"]
        assert re.fullmatch(SIGNED["pattern"], request.content.decode())
        assert faults("CallbackHeader", header) == []
        assert bool(faults("CallbackClaims", claims)) == (manner == "puzzling")


async def test_a_callback_says_what_a_question_would_be_answered_with(tmp_path):
    bridge = Bridge(tmp_path, "referral")
    await bridge.callbacks.tell(bridge.taken)
    at_nav = httpx.AsyncClient(transport=httpx.ASGITransport(build(bridge.nav)), base_url="http://nav")
    answered = (await at_nav.get(f"/referrals/{KEY}")).json()
    _, claims = parts(bridge.sent[0])
    key, standing = words.told(claims)

    assert key == KEY
    assert standing | {"found": True, "received_at": standing["received_at"].isoformat()} == words.standing(answered)


def test_the_bridge_refuses_with_the_documents_statuses_and_asks_for_its_header():
    header = SCHEMAS["CallbackHeader"]["properties"]
    assert {str(status) for status, _ in REFUSALS.values()} | {"202", "503"} == CALLBACK["responses"].keys()
    assert (header["alg"]["enum"], header["typ"]["enum"]) == (SIGNATURES.allowed, [TYPE])
    assert (list(CALLBACK["requestBody"]["content"]), SIGNED["maxLength"]) == ([MEDIA], LARGEST)
    assert f"høyst {LONGEST_LIFE // 60}" in SCHEMAS["CallbackClaims"]["description"]


@pytest.mark.parametrize(
    "spoiled", [{"navn": "noen"}, {"løpenummer": 0}, {"nøkkel": "x"}, {"status": "NOE_NYTT"}, {"jti": ""}]
)
async def test_the_document_refuses_claims_that_say_more_or_something_else(tmp_path, spoiled):
    bridge = Bridge(tmp_path, "referral")
    await bridge.callbacks.tell(bridge.taken)
    _, claims = parts(bridge.sent[0])

    assert faults("CallbackClaims", claims) == []
    assert faults("CallbackClaims", claims | spoiled)


async def test_a_share_of_all_callbacks_goes_wrong_and_in_the_same_way_for_the_same_seed(tmp_path):
    drawn = []
    for _ in range(2):
        callbacks = Callbacks(Nav(seed=7, behaviour=Behaviour(callbacks_misbehaving=0.3)), "", keys(tmp_path))
        drawn.append([callbacks.manner() for _ in range(1000)])
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {"", *MANNERS}
    assert 250 < sum(map(bool, drawn[0])) < 350
