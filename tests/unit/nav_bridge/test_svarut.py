"""The letters' gateway against SvarUt's simulator, and against answers that SvarUt may give one day."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from chassis.outputs import Answer, Outgoing
from demo import svarut_simulator
from demo.svarut_simulator import Behaviour, SvarUt
from nav_bridge.domain import call_key, recall_key
from nav_bridge.gateway import LetterHandIn, LetterLookup, LetterRecall, LetterReserve, LetterStatus, Post, Referrals
from nav_bridge.gateway.doors import PATIENCE, Source, withheld
from nav_bridge.translation import svarut as words
from nav_bridge.translation.offices import Office
from tests.unit.nav_bridge.letters import NOTICE_MESSAGE
from tests.unit.nav_bridge.test_gateway import APPLICANT, REFERRAL, Doors, answering
from tests.unit.nav_bridge.test_offices import GOOD
from tests.unit.nav_bridge.test_paper import text

RECEIVED = datetime(2019, 5, 2, 7, 0, 4, tzinfo=UTC)
KEY, RECALL_KEY = call_key(REFERRAL, 1), recall_key(REFERRAL, 1)
POSTS = {"3427": Post(Office(**GOOD), "tynset", "hemmelig-1")}


@dataclass
class Wire:
    """What went over to SvarUt, and the simulator on the other side."""

    svarut: SvarUt = field(
        default_factory=lambda: SvarUt({"tynset": "hemmelig-1"}, hang_seconds=0, now=lambda: RECEIVED)
    )
    sent: list[httpx.Request] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(svarut_simulator.build(self.svarut))
        return httpx.AsyncClient(transport=transport, base_url="http://svarut", event_hooks={"request": [self.keep]})

    async def keep(self, request: httpx.Request) -> None:
        self.sent.append(request)

    async def reserved(self) -> str:
        answer = await LetterReserve(self.client(), POSTS).send(outgoing())
        return str(answer.body["letter"])

    async def hand_in(self, call: Outgoing, source: Source | None = None) -> Answer:
        return await LetterHandIn(self.client(), POSTS, sources(source)).send(call)


@dataclass
class Told:
    """An owner's door that tells this."""

    said: Any

    async def message(self, call: Outgoing) -> dict[str, Any]:
        if isinstance(self.said, str):
            raise withheld(self.said)
        return dict(self.said)


def sources(source: Source | None = None) -> Any:
    doors = Doors()
    own = source or Referrals(answering(doors.eligibility), answering(doors.intake))
    return {"referral": own, "nav_notice": own}


def outgoing(letter: str = "", kommunenummer: str = "3427", **ref: Any) -> Outgoing:
    told = {"referral": REFERRAL, "revision": 1, "letter": letter, **ref}
    return Outgoing(KEY, kommunenummer, told, 1, traceparent="00-11-22-01")


@pytest.fixture
def wire() -> Wire:
    return Wire()


async def test_an_id_is_reserved_by_the_municipalitys_own_sender(wire: Wire) -> None:
    answer = await LetterReserve(wire.client(), POSTS).send(outgoing())

    assert (answer.outcome, wire.svarut.reserved) == ("accepted", {answer.body["letter"]: "tynset"})
    assert wire.sent[0].headers["Authorization"] == httpx.BasicAuth("tynset", "hemmelig-1")._auth_header
    assert wire.sent[0].headers["traceparent"] == "00-11-22-01"


async def test_svarut_takes_the_letter_with_metadata_under_the_key_as_reference(wire: Wire) -> None:
    id = await wire.reserved()
    answer = await wire.hand_in(outgoing(id))
    letter = wire.svarut.letters[id]

    assert answer.outcome == "accepted"
    assert (letter.reference, letter.organisation, letter.title) == (str(KEY), "974760673", "Henvisning til NAV")
    assert answer.body == {"attempt": 1, "proof": letter.paper_sha256, "recipient": "NAV Tynset"}


async def test_the_proof_is_the_hash_of_the_exact_letter_and_the_letter_tells_what_the_doors_told(wire: Wire) -> None:
    id = await wire.reserved()
    answer = await wire.hand_in(outgoing(id))
    content = wire.sent[-1].content
    paper = content[content.index(b"%PDF-") : content.rindex(b"%%EOF") + 6]

    assert hashlib.sha256(paper).hexdigest() == answer.body["proof"]
    for told in ("Testperson Oppdiktet", "Kjøp av bolig med startlån", f"Referanse: {KEY}", "Tynset kommune"):
        assert told in text(paper)


async def test_the_same_facts_make_the_same_letter_so_that_a_repeat_is_taken_once(wire: Wire) -> None:
    id = await wire.reserved()
    first, again = [await wire.hand_in(outgoing(id)) for _ in range(2)]

    assert again == first
    assert len(wire.svarut.letters) == 1


async def test_the_metadata_names_no_person_and_marks_the_letter_as_confidential(wire: Wire) -> None:
    await wire.hand_in(outgoing(await wire.reserved()))
    content = wire.sent[-1].content
    metadata = json.loads(content[content.index(b"{") : content.index(b"\r\n--", content.index(b"{"))])

    assert metadata["taushetsbelagtPost"] is True
    assert metadata["kunDigitalLevering"] is False
    assert metadata["mottaker"]["postAdresse"]["navn"] == "NAV Tynset"
    assert not [told for told in ("Testperson", "Oppdiktet vei", APPLICANT) if told in json.dumps(metadata)]


async def test_neither_answer_nor_log_holds_content_or_password(wire: Wire) -> None:
    wire.svarut.behaviour = Behaviour(refuse_next=1)
    with capture_logs() as logged:
        id = await wire.reserved()
        answers = [await wire.hand_in(outgoing(id)) for _ in range(2)]

    assert [each["event"] for each in logged] == ["nav_bridge.letter_refused"]
    for value in ("Testperson", "Oppdiktet vei", APPLICANT, "hemmelig"):
        assert value not in repr((answers, logged, POSTS))


async def test_a_notice_is_sent_as_one(wire: Wire) -> None:
    id = await wire.reserved()
    await wire.hand_in(outgoing(id, matter="nav_notice"), Told(NOTICE_MESSAGE))

    assert wire.svarut.letters[id].title == "Melding etter husleieloven § 9-11"


async def test_the_letter_that_recalls_goes_under_the_recalls_own_reference(wire: Wire) -> None:
    id = await wire.reserved()
    call = outgoing(id, recall=True)
    answer = await LetterRecall(wire.client(), POSTS).send(call)

    assert answer.outcome == "accepted"
    assert (wire.svarut.letters[id].reference, wire.svarut.letters[id].title) == (
        str(RECALL_KEY),
        "Henvisningen er trukket",
    )
    lookup = await LetterLookup(wire.client(), POSTS).send(call)
    assert lookup.body == {"found": True, "outcome": "withdrawn"}
    assert (await LetterLookup(wire.client(), POSTS).send(outgoing("annet", recall=True))).body["outcome"] is None


async def test_a_look_up_finds_the_letter_once_it_is_taken_and_no_other(wire: Wire) -> None:
    id, other = await wire.reserved(), await wire.reserved()
    lookup = LetterLookup(wire.client(), POSTS)
    before = await lookup.send(outgoing(id))
    await wire.hand_in(outgoing(id))

    assert before == Answer("accepted", {"found": False})
    assert await lookup.send(outgoing(id)) == Answer("accepted", {"found": True})
    assert await lookup.send(outgoing(other)) == Answer("accepted", {"found": False})


@pytest.mark.parametrize("code", ["withdrawn", "protected", "missing_legal_basis"])
async def test_what_a_door_withholds_is_never_sent(wire: Wire, code: str) -> None:
    answer = await wire.hand_in(outgoing(await wire.reserved()), Told(code))

    assert answer == Answer("refused", {"code": code})
    assert wire.svarut.letters == {}


async def test_a_name_that_cannot_be_printed_is_for_a_person(wire: Wire) -> None:
    doors = Doors()
    doors.person["name"] = "王小明"
    source = Referrals(answering(doors.eligibility), answering(doors.intake))

    assert await wire.hand_in(outgoing(await wire.reserved()), source) == Answer("refused", {"code": "unprintable"})


@pytest.mark.parametrize(("matter", "code"), [("referral", "referral_incomplete"), ("nav_notice", "notice_incomplete")])
async def test_a_field_without_words_for_it_is_withheld_and_named_in_the_log(wire: Wire, matter, code) -> None:
    with capture_logs() as logged:
        message = NOTICE_MESSAGE | {"merknad": "hemmelig-2"}
        answer = await wire.hand_in(outgoing(await wire.reserved(), matter=matter), Told(message))

    assert answer == Answer("refused", {"code": code})
    assert [each["event"] for each in logged] == ["nav_bridge.untranslatable"]
    assert "hemmelig-2" not in repr(logged)


@pytest.mark.parametrize("gateway", [LetterLookup, LetterStatus])
async def test_a_question_that_gets_no_answer_is_given_up_after_a_while_as_others_wait_for_it(wire: Wire, gateway):
    stranger = {"3427": replace(POSTS["3427"], password="feil")}
    asking = gateway(wire.client(), stranger)

    assert await asking.send(outgoing("7d2f")) == Answer("unreachable", ours=True)
    assert await asking.send(replace(outgoing("7d2f"), attempt=PATIENCE)) == Answer("unknown", ours=True)


async def test_what_is_withheld_at_a_later_attempt_says_so_as_an_earlier_one_may_have_been_sent(wire: Wire):
    hand_in = LetterHandIn(wire.client(), POSTS, sources(Told("withdrawn")))

    later = await hand_in.send(replace(outgoing("7d2f"), attempt=2))
    assert later == Answer("refused", {"code": "withdrawn", "attempt": 2})


@pytest.mark.parametrize("gateway", [LetterReserve, LetterRecall, LetterLookup, LetterStatus])
async def test_a_municipality_that_is_no_longer_reached_by_letter_is_for_a_person(wire: Wire, gateway) -> None:
    assert await gateway(wire.client(), POSTS).send(outgoing("7d2f", "5027")) == Answer(
        "refused", {"code": "no_office"}
    )
    assert wire.sent == []


async def test_nothing_is_asked_at_a_door_for_a_letter_that_cannot_go(wire: Wire) -> None:
    hand_in = LetterHandIn(wire.client(), POSTS, sources(Told("withdrawn")))

    assert await hand_in.send(outgoing("7d2f", "5027")) == Answer("refused", {"code": "no_office"})


async def test_who_is_not_let_in_has_not_been_heard_and_the_operator_is_told(wire: Wire) -> None:
    posts = {"3427": replace(POSTS["3427"], password="feil")}
    with capture_logs() as logged:
        answer = await LetterReserve(wire.client(), posts).send(outgoing())

    assert (answer.outcome, answer.ours) == ("unreachable", True)
    assert [each["event"] for each in logged] == ["nav_bridge.svarut_lets_us_not_in"]
    assert "feil" not in repr(logged)


async def test_an_outage_is_waited_out_as_svarut_wishes(wire: Wire) -> None:
    wire.svarut.behaviour = Behaviour(down=True, retry_after=7)
    for gateway in (LetterReserve, LetterRecall, LetterLookup, LetterStatus):
        assert await gateway(wire.client(), POSTS).send(outgoing("7d2f")) == Answer(
            "unreachable", *([{}] if gateway is not LetterRecall else [_proof(wire)]), retry_after=7
        )


def _proof(wire: Wire) -> Any:
    content = wire.sent[-1].content
    paper = content[content.index(b"%PDF-") : content.rindex(b"%%EOF") + 6]
    return {"attempt": 1, "proof": hashlib.sha256(paper).hexdigest(), "recipient": "NAV Tynset"}


async def test_an_answer_that_got_lost_is_unknown_and_carries_the_proof_of_what_was_sent(wire: Wire) -> None:
    id = await wire.reserved()
    wire.svarut.behaviour = Behaviour(timeout_after_accept_next=1)
    answer = await wire.hand_in(outgoing(id))

    assert (answer.outcome, answer.body["proof"]) == ("unknown", wire.svarut.letters[id].paper_sha256)


async def test_what_was_read_tells_when_and_ends_the_asking(wire: Wire) -> None:
    id = await wire.reserved()
    await wire.hand_in(outgoing(id))
    wire.svarut.behaviour = Behaviour(fate="LEST")

    answer = await LetterStatus(wire.client(), POSTS).send(outgoing(id))
    assert answer == Answer("accepted", {"found": True, "received_at": RECEIVED.isoformat(), "settled": True})


async def test_a_letter_that_svarut_does_not_know_is_lost(wire: Wire) -> None:
    unknown = outgoing("7d2f0a3e-1c4b-4f5a-8b6c-0d1e2f3a4b5c")
    assert await LetterStatus(wire.client(), POSTS).send(unknown) == Answer("accepted", {"found": False})


# ── the tables ──


def standing(word: str, at: Any = 1_556_780_404_000) -> dict[str, Any]:
    return words.standing({"status": word, "sisteStatusEndring": at})


def test_every_status_that_is_documented_is_in_a_table_and_no_other() -> None:
    documented = {
        *("MOTTATT", "AKSEPTERT", "KLAR_FOR_MOTTAK", "VARSLET", "LEST", "SENDT_PRINT", "SENDT_DIGITALT", "SENDT_SDP"),
        *("LEVERT_SDP", "PRINTET", "AVVIST", "IKKE_LEVERT", "MANUELT_HANDTERT"),
    }
    assert words.OPEN | {words.READ, words.PRINTED} | words.FAILED.keys() == documented | {"MOTTAT"}


@pytest.mark.parametrize("word", sorted(words.OPEN))
def test_what_is_on_its_way_is_neither_received_nor_over(word: str) -> None:
    assert standing(word) == {"found": True}


def test_reading_is_the_receipt_by_svaruts_clock() -> None:
    assert standing("LEST") == {"found": True, "received_at": "2019-05-02T07:00:04+00:00", "settled": True}


def test_what_was_printed_is_settled_without_a_receipt() -> None:
    assert standing("PRINTET") == {"found": True, "settled": True}


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("AVVIST", "letter_refused"),
        ("IKKE_LEVERT", "letter_undelivered"),
        ("MANUELT_HANDTERT", "letter_handled_by_hand"),
        ("SLETTET", "outcome_unknown"),
        ("", "outcome_unknown"),
    ],
)
def test_what_failed_and_what_nobody_knows_is_for_a_person(word: str, code: str) -> None:
    assert standing(word) == {"found": True, "code": code}


@pytest.mark.parametrize("at", [None, "i går", -1, True, 1e20])
def test_reading_at_no_time_that_can_be_read_is_not_guessed_at(at: Any) -> None:
    assert standing("LEST", at)["code"] == "outcome_unknown"


Replying = Callable[[httpx.Request], httpx.Response]


def replying(status: int = 200, **answer: Any) -> httpx.AsyncClient:
    return answering(lambda _: httpx.Response(status, **answer))


@pytest.mark.parametrize("body", [{"json": {}}, {"json": {"id": "1"}}, {"json": []}, {"text": "ok"}])
async def test_an_id_that_cannot_be_read_is_asked_for_again(body: Any) -> None:
    assert await LetterReserve(replying(**body), POSTS).send(outgoing()) == Answer("unknown")


@pytest.mark.parametrize("body", [{"json": {}}, {"json": [{"id": str(KEY)}]}, {"json": {"forsendelseIder": ["x"]}}])
async def test_a_look_up_that_cannot_be_read_says_nothing_of_what_is_there(body: Any) -> None:
    assert await LetterLookup(replying(**body), POSTS).send(outgoing("7d2f")) == Answer("unreachable")


async def test_a_look_up_that_finds_no_such_reference_says_so_by_404_too() -> None:
    assert await LetterLookup(replying(404), POSTS).send(outgoing("7d2f")) == Answer("accepted", {"found": False})
