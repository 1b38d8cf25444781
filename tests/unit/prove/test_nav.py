"""What is asked of NAV in the proof, how the played doors answer, and whether the ledger sees what is wrong."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import TypeAdapter

from demo.nav_simulator import Nav
from demo.nav_simulator.nav import Accepted
from eligibility.translation.referral import ReferralContent
from nav_bridge.domain import call_key
from nav_bridge.translation.doors import Notice, Person, Referral
from tests.prove.nav import doors
from tests.prove.nav.asking import Asker, Pair, Step, askers
from tests.prove.nav.judging import WORDS, Ledger, Told
from tests.prove.nav.outage import Drained
from tests.prove.nav.scene import Size, kills

NAV_SEED, START = 7, datetime(2019, 5, 2, 9, 0, tzinfo=UTC)
ONE, OTHER = "9e079f93-2a56-5924-a35b-80f17614c5e6", "0f4f6f0e-3f0c-5b3c-8f0e-2f6c1f1f0001"
FIRST, SECOND, NEXT = Pair(ONE, 1), Pair(ONE, 2), Pair(OTHER, 1)
HEADERS = {"Authorization": "Bearer x", "Kommunenummer": "3427", "Acting-User": "system", "Purpose": "nav_referral"}


def case(*pairs: Pair, withdrawn: Pair | None = None) -> Asker:
    steps = [Step("request", pair, waits=False) for pair in pairs]
    steps += [Step("withdraw", withdrawn, waits=False)] if withdrawn else []
    return Asker("case", "public", "person", "3427", "referral", tuple(steps))


def line(pair: Pair, what: str = "accepted", second: int = 0) -> dict[str, Any]:
    at = (START + timedelta(seconds=second)).isoformat()
    of = {"referral": pair.referral, "revision": pair.revision, "matter": "referral", "body_sha256": "00"}
    return {"time": at, "what": what, "key": str(call_key(*pair)), **(of if what == "accepted" else {})}


def decided(pair: Pair) -> str:
    key = UUID(str(call_key(*pair)))
    return WORDS[Nav(seed=NAV_SEED).outcome(Accepted(key, "00", *pair, START))[0]]


def told(pair: Pair, *types: str, **data: str) -> list[Told]:
    return [Told(pair, f"delivery.{type}", data) for type in types]


def accepted_and_told(pair: Pair) -> list[Told]:
    return told(pair, "sent", "received") + told(pair, "outcome", outcome=decided(pair))


def sound() -> Ledger:
    """A case that asks, revises in time to supersede, asks for another, and takes that back."""
    told_of = [*told(FIRST, "rejected", code="superseded"), *accepted_and_told(SECOND)]
    told_of += told(NEXT, "sent", "received", "recalled")
    record = [line(SECOND), line(NEXT, second=1), line(NEXT, "recalled", 2)]
    asker = case(FIRST, SECOND, NEXT, withdrawn=NEXT)
    return Ledger([asker], dict.fromkeys(asker.pairs), frozenset({OTHER}), record, told_of, NAV_SEED)


def again(ledger: Ledger, **changes: Any) -> Ledger:
    given = {name: getattr(ledger, name) for name in ("askers", "asked", "taken_back", "record", "told", "nav_seed")}
    return type(ledger)(**given | changes)


def other_outcome(each: Told) -> Told:
    return replace(each, data={"outcome": "contacted"}) if "outcome" in each.data else each


def numbers(ledger: Ledger) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*(each.numbers for each in ledger.counts().values()), strict=True))


def test_a_run_in_which_all_went_well_has_no_findings():
    assert [each.findings for each in sound().counts().values()] == [[], [], []]


@pytest.mark.parametrize(
    ("spoilt", "column"),
    [
        (lambda good: again(good, record=[*good.record, line(SECOND, second=5)]), 1),
        (lambda good: again(good, record=[*good.record, {**line(SECOND, "conflict")}]), 1),
        (lambda good: again(good, record=[*good.record, line(FIRST, second=9)]), 0),
        (lambda good: again(good, record=good.record[1:]), 0),
        (lambda good: again(good, record=[good.record[1], good.record[0], good.record[2]]), 2),
        (lambda good: again(good, told=[each for each in good.told if each.type != "delivery.received"]), 0),
        (lambda good: again(good, told=[each for each in good.told if each.type != "delivery.outcome"]), 3),
        (lambda good: again(good, told=[*good.told, *told(SECOND, "outcome", outcome="granted")]), 1),
        (lambda good: again(good, told=[*good.told, *told(SECOND, "parked", code="lost_by_nav")]), 3),
        (lambda good: again(good, told=[other_outcome(each) for each in good.told]), 0),
        (lambda good: again(good, taken_back=frozenset(), record=good.record[:1], told=good.told[:4]), 0),
        (lambda good: again(good, record=good.record[:2]), 0),
    ],
    ids=[
        "accepted twice",
        "the key with another body",
        "accepted although it was told as refused",
        "never accepted",
        "in another order",
        "a receipt that was never told",
        "an outcome that was never told",
        "an outcome told twice",
        "parked",
        "told another outcome than NAV decided",
        "not sent, and nobody had withdrawn it",
        "told as recalled, and NAV had decided",
    ],
)
def test_what_went_wrong_is_found(spoilt: Callable[[Ledger], Ledger], column: int):
    assert numbers(spoilt(sound()))[column]


def test_a_seed_gives_the_same_cases_that_ask_for_so_much_with_revisions_and_withdrawals():
    found = askers(7, 2_000)
    assert found == askers(7, 2_000) != askers(8, 2_000)
    pairs = [pair for asker in found for pair in asker.pairs]
    assert len(pairs) == len(set(pairs)) == 2_000
    assert {asker.matter for asker in found} == {"referral", "nav_notice"}
    assert max(pair.revision for pair in pairs) > 2
    assert any(step.what == "withdraw" for asker in found for step in asker.steps)
    assert all(len({pair.referral for pair in asker.pairs[:1]}) == 1 for asker in found)


def test_kills_come_in_turn_and_as_many_as_are_wanted():
    short = Size(10, 3, (1.0, 2.0), 3.0, 10.0)
    assert [each.kind for each in kills(7, short)] == ["SIGKILL", "pg_terminate_backend", "SIGKILL"]
    assert list(kills(7, short)) == list(kills(7, short))


@pytest.fixture
def served():
    made = doors.Doors()
    with httpx.Client(base_url=made.url, headers=HEADERS, timeout=5) as http:
        yield made, http
    made.close()


def test_the_played_doors_answer_in_the_form_of_the_real_ones_and_the_bridge_reads_them(served):
    made, http = served
    asker = replace(case(FIRST, SECOND), id=OTHER, person=OTHER)
    made.told(asker, FIRST)
    made.told(asker, SECOND)
    answer = http.get(f"/referrals/{ONE}")
    assert TypeAdapter(ReferralContent).validate_python(answer.json()).revision == 2
    assert Referral.model_validate(answer.json()).revision == 2
    made.told(replace(asker, matter="nav_notice"), NEXT)
    assert Notice.model_validate(http.get(f"/nav-notices/{OTHER}").json()).debt_ore == doors.DEBT
    persons = http.post("/persons/lookup", json={"ids": [OTHER]}).json()["persons"]
    assert Person.model_validate(persons[OTHER]).status == "found"


def test_the_played_doors_tell_nothing_of_what_is_withdrawn_or_unknown_or_asked_for_by_nobody(served):
    made, http = served
    made.told(case(FIRST), FIRST)
    made.withdrawn(FIRST)
    assert http.get(f"/referrals/{ONE}").status_code == 410
    assert http.get(f"/referrals/{OTHER}").status_code == 404
    assert http.get(f"/nav-notices/{ONE}").status_code == 404
    assert http.get(f"/referrals/{ONE}", headers={"Purpose": ""}).status_code == 400


def drained(*places: int, spacing: float = 0.02) -> Drained:
    """Asked for a second apart; accepted in that order."""
    pairs = [Pair(ONE, n + 1) for n in range(len(places))]
    times = [START + timedelta(seconds=spacing * n) for n in range(len(places))]
    record = [{**line(pairs[n]), "time": at.isoformat()} for n, at in zip(places, times, strict=True)]
    return Drained(dict(zip(pairs, itertools.count(), strict=False)), START.timestamp(), 0, 1.0, [], record, [])


def test_how_far_one_was_overtaken_is_told_in_places_and_seconds():
    assert drained(0, 1, 2, 3).overtaken == (0, 0)
    assert drained(1, 2, 3, 0).overtaken == (3, 3)
    assert drained(1, 0, 3, 2).overtaken == (1, 1)


def test_how_many_nav_takes_in_a_second_is_counted_wherever_that_second_begins():
    assert drained(*range(100), spacing=0.02).most_in_any_second in {50, 51}
    assert drained(*range(100), spacing=0.01).per_second == {0: 100}


def test_what_nav_never_took_or_took_twice_is_counted():
    found = drained(0, 1, 1)
    assert (found.lost, found.doubled) == (1, 1)
