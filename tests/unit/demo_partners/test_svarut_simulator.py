"""The stand-in for SvarUt does what SvarUt's documentation says, or says that it misbehaves."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.misbehaving import MANNERS
from demo.svarut_simulator import FATES, Behaviour, SvarUt, build
from tests.unit.demo_partners.clock import START, Clock

ROOT = "/tjenester/api/forsendelse/v1"
REFERENCE = "0f4f6f0e-3f0c-5b3c-8f0e-2f6c1f1f0001"
PAPER = b"%PDF-1.7 et brev"
PASSWORDS = {"tynset": "hemmelig-1", "gauldal": "hemmelig-2"}
METADATA: dict[str, Any] = {
    "mottaker": {
        "postAdresse": {"navn": "NAV Tynset", "adresse1": "Torget 1", "postNummer": "2500", "postSted": "Tynset"},
        "digitalAdresse": {"organisasjonsNummer": "974760673"},
    },
    "avgivendeSystem": "boligflyt",
    "tittel": "Henvisning til NAV",
    "dokumenter": [{"filnavn": "brev.pdf", "mimeType": "application/pdf"}],
    "eksternReferanse": REFERENCE,
}


@pytest.fixture
def svarut(tmp_path: Path, clock: Clock) -> SvarUt:
    return SvarUt(PASSWORDS, seed=7, hang_seconds=0, record=tmp_path / "svarut.jsonl", now=clock)


def client(svarut: SvarUt, user: str = "tynset", password: str = "hemmelig-1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build(svarut))
    return httpx.AsyncClient(transport=transport, base_url=f"http://svarut{ROOT}", auth=(user, password))


async def reserved(http: httpx.AsyncClient) -> str:
    return str((await http.post("/startNyForsendelse")).json()["id"])


async def send(http: httpx.AsyncClient, id: str, paper: bytes = PAPER, **changes: Any) -> httpx.Response:
    files = [("forsendelse", (None, json.dumps(METADATA | changes))), ("brev.pdf", ("brev.pdf", paper))]
    return await http.post(f"/{id}/sendForsendelse", files=files)


async def status(http: httpx.AsyncClient, id: str) -> Any:
    return (await http.get(f"/{id}/status")).json()


def noted(svarut: SvarUt) -> list[dict[str, Any]]:
    assert svarut.record is not None
    return [json.loads(line) for line in svarut.record.read_text().splitlines()]


async def test_a_letter_is_sent_under_an_id_that_was_reserved(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        id = await reserved(http)
        answer = await send(http, id)

    assert (answer.status_code, answer.json()) == (200, {"id": id})
    assert noted(svarut)[1] == {
        "time": START.isoformat(),
        "what": "accepted",
        "key": id,
        "of": "tynset",
        "reference": REFERENCE,
        "organisation": "974760673",
        "title": "Henvisning til NAV",
        "paper_sha256": hashlib.sha256(PAPER).hexdigest(),
    }


async def test_nothing_is_found_under_a_reference_before_the_letter_is_there(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        id = await reserved(http)
        before = (await http.get(f"/eksternref/{REFERENCE}")).json()
        await send(http, id)
        after = (await http.get(f"/eksternref/{REFERENCE}")).json()

    assert (before, after) == ({"forsendelseIder": []}, {"forsendelseIder": [{"id": id}]})


async def test_a_letter_can_be_there_before_it_is_found(svarut: SvarUt, clock: Clock) -> None:
    svarut.behaviour = Behaviour(found_after=60)
    async with client(svarut) as http:
        await send(http, await reserved(http))
        before = (await http.get(f"/eksternref/{REFERENCE}")).json()["forsendelseIder"]
        clock.time += timedelta(seconds=60)
        after = (await http.get(f"/eksternref/{REFERENCE}")).json()["forsendelseIder"]

    assert (len(before), len(after)) == (0, 1)


@pytest.mark.parametrize(("refuses", "again"), [(False, 200), (True, 400)])
async def test_a_repeat_is_the_first_one_or_refused_and_never_another_letter(svarut, refuses, again) -> None:
    svarut.behaviour = Behaviour(refuses_repeats=refuses)
    async with client(svarut) as http:
        id = await reserved(http)
        assert [(await send(http, id)).status_code for _ in range(2)] == [200, again]

    assert len(svarut.letters) == 1


async def test_another_letter_under_the_same_id_is_refused(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        id = await reserved(http)
        await send(http, id)
        assert (await send(http, id, paper=b"%PDF-1.7 et annet")).status_code == 400

    assert [fact["what"] for fact in noted(svarut)] == ["reserved", "accepted", "conflict"]


async def test_an_id_that_nobody_reserved_takes_nothing(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        assert (await send(http, REFERENCE)).status_code == 404
        assert (await http.get(f"/{REFERENCE}/status")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"tittel": ""},
        {"diagnose": "F20"},
        {"mottaker": {"postAdresse": METADATA["mottaker"]["postAdresse"]}},
        {"krevNiva4Innlogging": True, "kryptert": False},
        {"dokumenter": [{"filnavn": "annet.pdf", "mimeType": "application/pdf"}]},
    ],
)
async def test_what_the_documentation_does_not_let_through_is_refused(svarut, changes) -> None:
    async with client(svarut) as http:
        assert (await send(http, await reserved(http), **changes)).status_code == 400

    assert svarut.letters == {}


async def test_what_is_no_pdf_is_refused(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        assert (await send(http, await reserved(http), paper=b"hei")).status_code == 400


@pytest.mark.parametrize(("user", "password"), [("tynset", "feil"), ("ukjent", "hemmelig-1")])
async def test_an_unknown_sender_is_not_let_in(svarut, user, password) -> None:
    async with client(svarut, user, password) as http:
        assert (await http.post("/startNyForsendelse")).status_code == 401


async def test_one_sender_sees_nothing_of_anothers(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        id = await reserved(http)
        await send(http, id)
    async with client(svarut, "gauldal", "hemmelig-2") as other:
        assert (await other.get(f"/{id}/status")).status_code == 404
        assert (await other.get(f"/eksternref/{REFERENCE}")).json() == {"forsendelseIder": []}


async def test_a_letter_goes_through_the_documented_words_to_the_end_that_its_seed_gives(svarut, clock) -> None:
    words = []
    async with client(svarut) as http:
        id = await reserved(http)
        await send(http, id)
        for _ in range(8):
            words.append((await status(http, id))["status"])
            clock.time += timedelta(seconds=0.25)
        told = await status(http, id)

    assert list(dict.fromkeys(words[:-1])) == [
        "MOTTATT",
        "AKSEPTERT",
        "KLAR_FOR_MOTTAK",
        svarut.fate(svarut.letters[id])[0],
    ]
    assert told["forsendelsesId"] == {"id": id}
    assert told["sisteStatusEndring"] == round(svarut.fate(svarut.letters[id])[1].timestamp() * 1000)


async def test_letters_end_in_each_way_that_is_foreseen_and_mostly_read(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        for number in range(60):
            await send(http, await reserved(http), eksternReferanse=str(number))
    ends = [svarut.fate(letter)[0] for letter in svarut.letters.values()]

    assert set(ends) == set(FATES)
    assert max(FATES, key=ends.count) == "LEST"


async def test_it_can_be_told_how_letters_end_and_to_speak_in_riddles(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        id = await reserved(http)
        await send(http, id)
        await http.post("http://svarut/simulator/behaviour", json={"fate": "AVVIST", "puzzle_next": 1})
        assert [(await status(http, id))["status"] for _ in range(2)] == ["UNDER_OVERSETTELSE", "AVVIST"]


async def test_an_answer_can_be_lost_after_the_letter_was_taken(svarut: SvarUt) -> None:
    svarut.behaviour = Behaviour(timeout_after_accept_next=1)
    async with client(svarut) as http:
        id = await reserved(http)
        assert (await send(http, id)).status_code == 500

    assert list(svarut.letters) == [id]


async def test_an_outage_asks_for_patience(svarut: SvarUt) -> None:
    svarut.behaviour = Behaviour(down=True, retry_after=7)
    async with client(svarut) as http:
        answer = await http.post("/startNyForsendelse")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


async def test_chance_misbehaves_in_every_manner_and_alike_for_the_same_seed(svarut: SvarUt) -> None:
    svarut.behaviour = Behaviour(misbehaving=1.0)
    async with client(svarut) as http:
        answers = [(await http.get(f"/eksternref/{REFERENCE}")).status_code for _ in range(60)]
    manners = [fact["manner"] for fact in noted(svarut) if fact["what"] == "misbehaved"]
    again = SvarUt(PASSWORDS, seed=7, behaviour=Behaviour(misbehaving=1.0))

    assert set(manners) == set(MANNERS)
    assert {200, 429, 500, 503} == set(answers)
    assert [again.manner() for _ in manners] == manners


async def test_one_that_starts_on_its_own_record_remembers(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        id, unused = await reserved(http), await reserved(http)
        await send(http, id)
    again = SvarUt(PASSWORDS, seed=7, record=svarut.record)
    async with client(again) as http:
        assert (await http.get(f"/eksternref/{REFERENCE}")).json() == {"forsendelseIder": [{"id": id}]}
        assert (await send(http, unused, eksternReferanse="annen")).status_code == 200
        assert await reserved(http) not in {id, unused}


async def test_the_record_holds_nothing_of_the_letter(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        await send(http, await reserved(http))

    assert svarut.record is not None
    assert not any(word in svarut.record.read_text() for word in ("et brev", "hemmelig", "Torget"))


async def test_its_page_says_what_it_is_not(svarut: SvarUt) -> None:
    async with client(svarut) as http:
        assert "Dette er ikke KS SvarUt" in (await http.get("http://svarut/")).text
