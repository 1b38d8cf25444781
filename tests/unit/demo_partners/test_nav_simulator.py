import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

from demo.misbehaving import MANNERS
from demo.nav_simulator import OUTCOMES, Behaviour, Nav, build
from tests.unit.demo_partners.clock import START, Clock

KEY = UUID("0f4f6f0e-3f0c-5b3c-8f0e-2f6c1f1f0001")
RECALL = {"Idempotency-Key": "0f4f6f0e-3f0c-5b3c-8f0e-2f6c1f1f0002"}
MESSAGE: dict[str, Any] = {
    "henvisningId": "9e079f93-2a56-5924-a35b-80f17614c5e6",
    "versjon": 1,
    "opprettet": "2019-05-02",
    "kommunenummer": "3427",
    "fraRolle": "BOLIGANSVARLIG",
    "tilRolle": "STARTLÅN_SAKSBEHANDLER",
    "personRef": "b397b7b5-6303-568f-8ef7-1a2ca02e1fc1",
    "identitet": {"navn": "Testperson Oppdiktet"},
    "formål": "KJØP_STARTLÅN",
    "grunnlag": [],
    "rettsgrunnlag": {"type": "SAMTYKKE"},
}


@pytest.fixture
def nav(tmp_path: Path, clock: Clock) -> Nav:
    return Nav(seed=7, hang_seconds=0, record=tmp_path / "nav.jsonl", now=clock)


def client(nav: Nav) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(build(nav)), base_url="http://nav")


async def hand_in(http: httpx.AsyncClient, key: UUID = KEY, **changes: Any) -> httpx.Response:
    return await http.post("/referrals", json=MESSAGE | changes, headers={"Idempotency-Key": str(key)})


def noted(nav: Nav) -> list[str]:
    assert nav.record is not None
    return [json.loads(line)["what"] for line in nav.record.read_text().splitlines()]


async def test_a_referral_is_accepted_with_a_receipt(nav: Nav) -> None:
    answer = await hand_in(client(nav))
    assert answer.status_code == 201
    assert answer.json()["status"] == "MOTTATT"
    assert answer.json()["kvittering"]["mottatt"] == START.isoformat()


async def test_the_same_referral_again_gets_the_same_answer_and_is_taken_once(nav: Nav, clock: Clock) -> None:
    http = client(nav)
    first = await hand_in(http)
    clock.time += timedelta(hours=1)
    second = await hand_in(http)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert noted(nav) == ["accepted", "repeated"]


async def test_another_body_under_a_used_key_is_refused(nav: Nav) -> None:
    http = client(nav)
    await hand_in(http)
    answer = await hand_in(http, versjon=2)
    assert (answer.status_code, answer.json()["kode"]) == (422, "NØKKEL_BRUKT")


async def test_a_key_is_required(nav: Nav) -> None:
    answer = await client(nav).post("/referrals", json=MESSAGE)
    assert (answer.status_code, answer.json()["kode"]) == (400, "MANGLER_NØKKEL")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"formål": "FERIE"}, "formål"),
        ({"identitet": {"navn": "Testperson", "fødselsnummer": "123"}}, "identitet.fødselsnummer"),
        ({"fritekst": "trenger hjelp"}, "fritekst"),
        ({"rettsgrunnlag": {}}, "rettsgrunnlag.type"),
        ({"identitet": {"telefon": "99999999"}}, "identitet"),
    ],
)
async def test_a_message_of_another_shape_is_refused_by_field_name(
    nav: Nav, changes: dict[str, Any], field: str
) -> None:
    answer = await hand_in(client(nav), **changes)
    assert (answer.status_code, answer.json()) == (422, {"kode": "UGYLDIG_MELDING", "felter": [field]})
    assert not nav.accepted


async def test_the_outcome_comes_after_a_delay_and_is_drawn_from_seed_and_key(nav: Nav, clock: Clock) -> None:
    http = client(nav)
    await hand_in(http)
    before = (await http.get(f"/referrals/{KEY}")).json()
    clock.time += timedelta(seconds=2)
    after = (await http.get(f"/referrals/{KEY}")).json()
    assert (before["status"], before["utfall"]) == ("MOTTATT", None)
    assert after["status"] in OUTCOMES
    assert after["utfall"]["kode"] == after["status"]
    assert nav.outcome(nav.accepted[KEY]) == Nav(seed=7).outcome(nav.accepted[KEY])


async def test_every_outcome_is_drawn_for_some_key(nav: Nav) -> None:
    http = client(nav)
    for number in range(60):
        await hand_in(http, uuid5(KEY, str(number)))
    assert {nav.outcome(taken)[0] for taken in nav.accepted.values()} == set(OUTCOMES)


async def test_a_key_that_was_never_accepted_is_not_found(nav: Nav) -> None:
    answer = await client(nav).get(f"/referrals/{KEY}")
    assert (answer.status_code, answer.json()["kode"]) == (404, "IKKE_FUNNET")


async def test_what_is_recalled_is_withdrawn_for_good_however_often_it_is_asked(nav: Nav, clock: Clock) -> None:
    async with client(nav) as http:
        await hand_in(http)
        answers = [await http.post(f"/referrals/{KEY}/recall", headers=RECALL) for _ in range(2)]
        clock.time += timedelta(minutes=1)
        standing = await http.get(f"/referrals/{KEY}")
    assert [each.status_code for each in answers] == [200, 200]
    assert standing.json()["status"] == "TRUKKET"
    assert noted(nav) == ["accepted", "recalled", "repeated_recall", "lookup"]
    again = Nav(seed=7, record=nav.record, now=clock)
    again.remember()
    assert again.accepted[KEY].recalled


async def test_what_is_decided_or_was_never_there_is_not_recalled(nav: Nav, clock: Clock) -> None:
    async with client(nav) as http:
        absent = await http.post(f"/referrals/{KEY}/recall", headers=RECALL)
        await hand_in(http)
        clock.time += timedelta(minutes=1)
        decided = await http.post(f"/referrals/{KEY}/recall", headers=RECALL)
    assert (absent.status_code, absent.json()["kode"]) == (404, "IKKE_FUNNET")
    assert (decided.status_code, decided.json()["kode"]) == (409, "AVGJORT")


async def test_a_failing_simulator_processes_nothing_and_says_when_to_come_again(nav: Nav) -> None:
    http = client(nav)
    await http.post("/simulator/behaviour", json={"fail_next": 1, "retry_after": 3})
    failed, taken = await hand_in(http), await hand_in(http)
    assert (failed.status_code, failed.headers["Retry-After"], taken.status_code) == (503, "3", 201)
    assert noted(nav) == ["failed", "accepted"]


async def test_a_simulator_that_is_down_stays_down_until_told_otherwise(nav: Nav) -> None:
    http = client(nav)
    await http.post("/simulator/behaviour", json={"down": True})
    assert [(await hand_in(http)).status_code for _ in range(3)] == [503, 503, 503]
    await http.post("/simulator/behaviour", json={})
    assert (await hand_in(http)).status_code == 201


async def test_an_answer_may_be_lost_after_the_referral_was_taken(nav: Nav) -> None:
    http = client(nav)
    await http.post("/simulator/behaviour", json={"timeout_after_accept_next": 1})
    lost = await hand_in(http)
    found = await http.get(f"/referrals/{KEY}")
    assert (lost.status_code, found.status_code) == (500, 200)
    assert noted(nav) == ["accepted", "answer_lost", "lookup"]


async def test_a_share_of_all_calls_goes_wrong_and_in_the_same_way_for_the_same_seed(nav: Nav) -> None:
    nav.behaviour = Behaviour(misbehaving=0.3)
    again = Nav(seed=7, behaviour=Behaviour(misbehaving=0.3))
    drawn = [nav.manner() for _ in range(2000)]
    assert drawn == [again.manner() for _ in range(2000)]
    assert 540 < sum(map(bool, drawn)) < 660
    assert set(drawn) == {"", *MANNERS}


@pytest.mark.parametrize("manner", MANNERS)
async def test_in_each_manner_a_call_is_done_or_is_not(nav: Nav, manner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nav, "manner", lambda _: manner)
    async with client(nav) as http:
        answer = await hand_in(http)
    undone = {"fails": 500, "busy": 503, "limits": 429}
    assert answer.status_code == (undone | {"falls silent": 500}).get(manner, 201)
    assert (KEY in nav.accepted) == (manner not in undone)
    assert answer.status_code != 201 or answer.json()["status"] == "MOTTATT"


async def test_it_may_use_a_word_that_nobody_knows(nav: Nav) -> None:
    nav.behaviour = Behaviour(puzzle_next=1)
    async with client(nav) as http:
        await hand_in(http)
        words = [(await http.get(f"/referrals/{KEY}")).json()["status"] for _ in range(2)]
    assert words == ["UNDER_UTREDNING", "MOTTATT"]


async def test_it_refuses_with_the_word_it_was_told(nav: Nav) -> None:
    http = client(nav)
    await http.post("/simulator/behaviour", json={"refuse_next": 1, "refuse_with": "NOE_NYTT"})
    assert (await hand_in(http)).json()["kode"] == "NOE_NYTT"
    assert (await hand_in(http)).status_code == 201


async def test_a_simulator_started_on_its_record_remembers_what_it_took(nav: Nav, clock: Clock) -> None:
    first = await hand_in(client(nav))
    again = Nav(seed=7, record=nav.record, now=clock)
    assert (await hand_in(client(again))).json() == first.json()
    assert again.accepted == nav.accepted


async def test_the_record_holds_no_content(nav: Nav) -> None:
    await hand_in(client(nav))
    assert nav.record is not None
    assert "Testperson" not in nav.record.read_text()


async def test_its_page_says_that_it_is_a_simulator(nav: Nav) -> None:
    page = await client(nav).get("/")
    assert "Dette er ikke NAV" in page.text


async def test_nav_decides_nothing_while_it_is_told_so_and_lets_be_meanwhile(nav: Nav, clock: Clock) -> None:
    async with client(nav) as http:
        await http.post("/simulator/behaviour", json=Behaviour(undecided=True).model_dump())
        await hand_in(http)
        clock.time += timedelta(days=1)
        assert (await http.get(f"/referrals/{KEY}")).json()["utfall"] is None
        assert (await http.post(f"/referrals/{KEY}/recall", headers=RECALL)).status_code == 200


@pytest.mark.parametrize("word", OUTCOMES)
async def test_what_nav_is_told_to_decide_it_decides_also_after_it_was_started_again(
    nav: Nav, clock: Clock, word: str
) -> None:
    async with client(nav) as http:
        await http.post("/simulator/behaviour", json=Behaviour(decides=word).model_dump())
        await hand_in(http)
        await http.post("/simulator/behaviour", json={})
    clock.time += timedelta(days=1)
    again = Nav(seed=8, record=nav.record, now=clock)
    for each in (nav, again):
        async with client(each) as http:
            assert (await http.get(f"/referrals/{KEY}")).json()["status"] == word
