"""The gateway against NAV's simulator, and against doors of ours that tell what they are told to."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from structlog.testing import capture_logs

from chassis.outputs import Answer, Outgoing
from demo import nav_simulator
from demo.nav_simulator import Behaviour, Nav
from nav_bridge.domain import again, call_key
from nav_bridge.gateway import NavHandIn, NavRecall, NavStatus, Referrals
from nav_bridge.gateway.doors import PATIENCE

REFERRAL = "9e079f93-2a56-5924-a35b-80f17614c5e6"
APPLICANT = "b397b7b5-6303-568f-8ef7-1a2ca02e1fc1"
KEY = call_key(REFERRAL, 1)
RECEIVED = datetime(2019, 5, 2, 7, 0, 4, tzinfo=UTC)

REFERRAL_TOLD: dict[str, Any] = {
    "referral_id": REFERRAL,
    "revision": 1,
    "requested_on": "2019-05-02",
    "applicant": APPLICANT,
    "application_type": "startlan",
    "from_role": "boligansvarlig",
    "to_role": "startlan_saksbehandler",
    "to_unit": "NAV Tynset",
    "legal_basis": {"kind": "consent", "consented_at": "2019-05-01T12:00:00+02:00"},
    "purpose": "KJØP_STARTLÅN",
    "grounds": ["BARN_I_HUSSTAND"],
    "household": {"adults": 1, "children": 2},
}
PERSON = {
    "status": "found",
    "name": "Testperson Oppdiktet",
    "address": "Oppdiktet vei 1",
    "phone": "99999999",
    "email": None,
}


@dataclass
class Doors:
    """Eligibility's and intake's doors: what they tell, and how they were asked."""

    referral: dict[str, Any] = field(default_factory=lambda: dict(REFERRAL_TOLD))
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    eligibility_status: int = 200
    intake_status: int = 200
    asked: list[httpx.Request] = field(default_factory=list)

    def eligibility(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.eligibility_status, json=self.referral)

    def intake(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        (wanted,) = json.loads(request.content)["ids"]
        return httpx.Response(self.intake_status, json={"persons": {wanted: self.person}})


@dataclass
class Wire:
    """What went over to NAV, and the simulator on the other side."""

    nav: Nav = field(default_factory=lambda: Nav(hang_seconds=0, now=lambda: RECEIVED))
    sent: list[httpx.Request] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(nav_simulator.build(self.nav)),
            base_url="http://nav",
            event_hooks={"request": [self.keep]},
        )

    async def keep(self, request: httpx.Request) -> None:
        self.sent.append(request)


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://partner")


def call(revision: int = 1, attempt: int = 1) -> Outgoing:
    ref = {"referral": REFERRAL, "revision": revision}
    return Outgoing(call_key(REFERRAL, revision), "3427", ref, attempt, traceparent="00-11-22-01")


async def hand_in(doors: Doors, nav: httpx.AsyncClient, outgoing: Outgoing | None = None) -> Answer:
    gateway = NavHandIn(nav, {"referral": Referrals(answering(doors.eligibility), answering(doors.intake))})
    return await gateway.send(outgoing or call())


@pytest.fixture
def doors() -> Doors:
    return Doors()


@pytest.fixture
def wire() -> Wire:
    return Wire()


async def test_nav_takes_what_the_gateway_sends_under_the_calls_key(doors: Doors, wire: Wire) -> None:
    answer = await hand_in(doors, wire.client())
    (request,) = wire.sent
    assert request.headers["Idempotency-Key"] == str(KEY)
    assert answer.outcome == "accepted"
    assert datetime.fromisoformat(answer.body["received_at"]) == RECEIVED
    assert list(wire.nav.accepted) == [KEY]


async def test_the_proof_is_the_hash_of_the_exact_bytes(doors: Doors, wire: Wire) -> None:
    answer = await hand_in(doors, wire.client())
    assert answer.body["proof"] == hashlib.sha256(wire.sent[0].content).hexdigest()
    assert answer.body["proof"] == wire.nav.accepted[KEY].body_hash


async def test_the_same_facts_make_the_same_bytes_so_that_a_repeat_is_taken_once(doors: Doors, wire: Wire) -> None:
    first = await hand_in(doors, wire.client())
    again = await hand_in(doors, wire.client(), call(attempt=2))
    assert again.body == {**first.body, "attempt": 2}
    assert len(wire.nav.accepted) == 1


async def test_the_answer_holds_nothing_of_the_content(doors: Doors, wire: Wire) -> None:
    with capture_logs() as logged:
        answer = await hand_in(doors, wire.client())
    for value in ("Testperson", "Oppdiktet", "99999999", APPLICANT):
        assert value not in repr((answer, logged))


async def test_the_doors_are_told_for_whom_and_why(doors: Doors, wire: Wire) -> None:
    await hand_in(doors, wire.client())
    assert [request.url.path for request in doors.asked] == [f"/referrals/{REFERRAL}", "/persons/lookup"]
    for request in doors.asked:
        assert request.headers["Kommunenummer"] == "3427"
        assert request.headers["Acting-User"] == "system"
        assert request.headers["Purpose"] == "nav_referral"


async def test_our_own_pseudonym_stays_with_us(doors: Doors, wire: Wire) -> None:
    await hand_in(doors, wire.client())
    assert APPLICANT.encode() not in wire.sent[0].content


async def test_the_national_id_goes_along_where_intake_gives_it(doors: Doors, wire: Wire) -> None:
    await hand_in(doors, wire.client())
    doors.person |= {"national_id": "00000000000"}
    wire.nav.accepted.clear()
    answer = await hand_in(doors, wire.client())
    without, with_it = (json.loads(request.content)["identitet"] for request in wire.sent)
    assert ("fødselsnummer" in without, with_it["fødselsnummer"]) == (False, "00000000000")
    assert answer.outcome == "accepted"


@pytest.mark.parametrize(
    ("status", "code"), [("protected", "protected"), ("erased", "person_erased"), ("unknown", "person_unknown")]
)
async def test_a_person_who_may_not_be_sent_by_machine_is_not_sent(
    doors: Doors, wire: Wire, status: str, code: str
) -> None:
    doors.person = {"status": status}
    assert await hand_in(doors, wire.client()) == Answer("refused", {"code": code})
    assert not wire.sent


async def test_a_person_without_name_or_number_is_not_sent(doors: Doors, wire: Wire) -> None:
    doors.person = {"status": "found", "name": None}
    assert (await hand_in(doors, wire.client())).body == {"code": "identity_missing"}


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "FERIE"},
        {"grounds": ["NOE_NYTT"]},
        {"to_role": "noe_annet"},
        {"arrears_band": "LARGE"},
        {"legal_basis": {"kind": "guess"}},
    ],
)
async def test_a_code_that_nav_has_no_word_for_is_never_guessed(
    doors: Doors, wire: Wire, change: dict[str, Any]
) -> None:
    doors.referral |= change
    assert (await hand_in(doors, wire.client())).body == {"code": "referral_incomplete"}
    assert not wire.sent


async def test_a_referral_that_has_become_another_revision_is_not_sent_as_the_old_one(doors: Doors, wire: Wire) -> None:
    doors.referral |= {"revision": 2}
    assert (await hand_in(doors, wire.client())).body == {"code": "superseded"}
    assert not wire.sent


@pytest.mark.parametrize(
    ("status", "code"), [(404, "referral_unknown"), (409, "missing_legal_basis"), (410, "withdrawn")]
)
async def test_what_eligibility_may_not_tell_is_not_sent(doors: Doors, wire: Wire, status: int, code: str) -> None:
    doors.eligibility_status = status
    assert await hand_in(doors, wire.client()) == Answer("refused", {"code": code})
    assert not wire.sent


async def test_a_referral_without_a_recipient_is_not_sent(doors: Doors, wire: Wire) -> None:
    doors.referral |= {"to_role": None, "to_unit": None}
    assert (await hand_in(doors, wire.client())).body == {"code": "referral_incomplete"}


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
@pytest.mark.parametrize("closed", ["eligibility_status", "intake_status"])
async def test_a_closed_door_of_ours_is_tried_again_with_nothing_sent(
    doors: Doors, wire: Wire, closed: str, status: int
) -> None:
    setattr(doors, closed, status)
    assert (await hand_in(doors, wire.client())).outcome == "unreachable"
    assert not wire.sent


async def test_an_answer_that_got_lost_is_unknown_and_keeps_its_proof(doors: Doors, wire: Wire) -> None:
    wire.nav.behaviour = Behaviour(timeout_after_accept_next=1)
    answer = await hand_in(doors, wire.client(), call(attempt=3))
    assert (answer.outcome, answer.body["attempt"]) == ("unknown", 3)
    assert answer.body["proof"] == wire.nav.accepted[KEY].body_hash


async def test_a_nav_that_is_down_is_unreachable_and_says_when_to_come_again(doors: Doors, wire: Wire) -> None:
    wire.nav.behaviour = Behaviour(down=True, retry_after=7)
    answer = await hand_in(doors, wire.client())
    assert (answer.outcome, answer.retry_after) == ("unreachable", 7)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("UGYLDIG_MELDING", "invalid_message"),
        ("UKJENT_PERSON", "person_unknown_to_nav"),
        ("FEIL_ENHET", "unknown_recipient"),
        ("MANGLER_RETTSGRUNNLAG", "missing_legal_basis"),
        ("SAMTYKKE_TRUKKET", "consent_withdrawn"),
        ("NOE_NYTT", "unknown_answer"),
    ],
)
async def test_navs_refusals_come_back_in_our_words(doors: Doors, wire: Wire, word: str, code: str) -> None:
    wire.nav.behaviour = Behaviour(refuse_next=1, refuse_with=word)
    answer = await hand_in(doors, wire.client())
    assert (answer.outcome, answer.body["code"]) == ("refused", code)


async def test_other_content_under_a_used_key_is_a_conflict(doors: Doors, wire: Wire) -> None:
    await hand_in(doors, wire.client())
    doors.person |= {"phone": "99999998"}
    assert (await hand_in(doors, wire.client())).body["code"] == "key_conflict"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_nav_that_does_not_let_us_in_is_tried_again(doors: Doors, status: int) -> None:
    assert (await hand_in(doors, answering(lambda _: httpx.Response(status)))).outcome == "unreachable"


@pytest.mark.parametrize(("status", "outcome"), [(401, "unreachable"), (403, "refused"), (422, "refused")])
async def test_whatever_nav_says_beside_a_401_it_has_not_heard_us(doors: Doors, status: int, outcome: str) -> None:
    nav = answering(lambda _: httpx.Response(status, json={"kode": "MANGLER_RETTSGRUNNLAG"}))
    assert (await hand_in(doors, nav)).outcome == outcome


@pytest.mark.parametrize("kvittering", [None, {}, {"mottatt": "i dag"}, {"mottatt": "2019-05-02T09:00:00"}, "ja"])
async def test_a_receipt_that_cannot_be_read_is_no_receipt(doors: Doors, kvittering: Any) -> None:
    told = {"status": "MOTTATT", "kvittering": kvittering}
    answer = await hand_in(doors, answering(lambda _: httpx.Response(201, json=told)))
    assert (answer.outcome, answer.body["received_at"]) == ("accepted", None)


async def test_a_look_up_finds_what_nav_took_under_the_referrals_key(doors: Doors, wire: Wire) -> None:
    await hand_in(doors, wire.client())
    asking = Outgoing(UUID(int=1), "3427", {"referral": REFERRAL, "revision": 1})
    answer = await NavStatus(wire.client()).send(asking)
    assert answer.body == {"found": True, "received_at": RECEIVED.isoformat(), "outcome": None, "number": 1}


async def test_a_look_up_of_what_nav_never_got_says_so(wire: Wire) -> None:
    assert await NavStatus(wire.client()).send(call()) == Answer("accepted", {"found": False})


async def test_a_question_that_gets_no_answer_is_given_up_after_a_while_as_others_of_the_case_wait_for_it():
    asking = NavStatus(answering(lambda _: httpx.Response(500)))

    assert await asking.send(call()) == Answer("unreachable")
    assert await asking.send(call(attempt=PATIENCE)) == Answer("unknown")


async def test_what_is_withheld_at_a_later_attempt_says_so_as_an_earlier_one_may_have_been_sent(wire: Wire):
    doors = Doors(eligibility_status=410)

    first, later = [await hand_in(doors, wire.client(), call(attempt=attempt)) for attempt in (1, 2)]
    assert first == Answer("refused", {"code": "withdrawn"})
    assert later == Answer("refused", {"code": "withdrawn", "attempt": 2})


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("OPPRETTET", None),
        ("SENDT", None),
        ("MOTTATT", None),
        ("KONTAKTET", "contacted"),
        ("SØKNAD_SENDT", "application_sent"),
        ("INNVILGET", "granted"),
        ("AVSLÅTT", "refused"),
        ("TRUKKET", "withdrawn"),
        ("UTLØPT", "expired"),
    ],
)
async def test_navs_statuses_come_back_as_outcomes(status: str, outcome: str | None) -> None:
    nav = answering(lambda _: httpx.Response(200, json={"status": status}))
    answer = await NavStatus(nav).send(call())
    assert answer.body == {"found": True, "received_at": None, "outcome": outcome}


async def test_a_status_in_an_unknown_word_comes_back_for_a_person() -> None:
    nav = answering(lambda _: httpx.Response(200, json={"status": "HENLAGT"}))
    assert (await NavStatus(nav).send(call())).body["code"] == "outcome_unknown"


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
async def test_a_question_without_an_answer_is_asked_again(status: int) -> None:
    nav = answering(lambda _: httpx.Response(status, json={}))
    assert (await NavStatus(nav).send(call())).outcome == "unreachable"


def recalling() -> Outgoing:
    return Outgoing(uuid5(KEY, "recall"), "3427", call().ref)


async def test_nav_lets_be_what_is_recalled_under_a_key_of_its_own(doors: Doors, wire: Wire) -> None:
    await hand_in(doors, wire.client())
    assert await NavRecall(wire.client()).send(recalling()) == Answer("accepted")
    assert (wire.sent[-1].url.path, wire.sent[-1].headers["Idempotency-Key"]) == (
        f"/referrals/{KEY}/recall",
        str(uuid5(KEY, "recall")),
    )
    assert (await NavStatus(wire.client()).send(call())).body["outcome"] == "withdrawn"


async def test_what_is_tried_again_is_to_nav_the_same_message_under_the_same_key(doors: Doors, wire: Wire) -> None:
    for each in (call(), replace(call(), key=again(KEY, 1))):
        assert (await hand_in(doors, wire.client(), each)).outcome == "accepted"
    await NavRecall(wire.client()).send(replace(recalling(), key=again(recalling().key, 1)))
    keys = [request.headers["Idempotency-Key"] for request in wire.sent]
    assert keys == [str(KEY), str(KEY), str(recalling().key)]


async def test_a_recall_of_what_nav_never_got_says_so(wire: Wire) -> None:
    assert await NavRecall(wire.client()).send(recalling()) == Answer("refused", {"code": "lost_by_nav"})


@pytest.mark.parametrize(
    ("status", "word", "answer"),
    [
        (409, "AVGJORT", Answer("refused", {"code": "decided"})),
        (409, "SENERE", Answer("refused", {"code": "unknown_answer"})),
        (403, "", Answer("unreachable")),
        (500, "", Answer("unknown")),
    ],
)
async def test_navs_answers_to_a_recall_are_in_our_words(status: int, word: str, answer: Answer) -> None:
    nav = answering(lambda _: httpx.Response(status, json={"kode": word}))
    assert await NavRecall(nav).send(recalling()) == answer
