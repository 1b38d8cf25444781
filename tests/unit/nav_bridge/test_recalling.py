"""What is withdrawn after NAV had it is recalled by a message of its own."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

import pytest

from chassis.outputs import Answered, Call, Cancel, Event, Later, Outcome
from nav_bridge.domain import again, recall_key
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryParked,
    DeliveryRecalled,
    HousingApplicationChanged,
    NavNoticeReserved,
    SendAgain,
)
from tests.unit.nav_bridge.test_deciders import (
    APPLICATION,
    CALL_KEY,
    ENDED,
    FIRST,
    NOW,
    PUBLIC,
    RECEIPTED,
    REFERRAL,
    SENT,
    UNCERTAIN,
    accepted,
    answer,
    found,
    requested,
)
from tests.unit.nav_bridge.test_withdrawing import KEY, WITHDRAWN, case, statuses, then

RECALL_KEY = again(recall_key(REFERRAL, 1), 1)
RECALL = Call("nav-recall", RECALL_KEY, {"referral": REFERRAL, "revision": 1})
RECALLING = then(case(RECEIPTED), WITHDRAWN).states[KEY]


def recall(outcome: Outcome, code: str = "") -> Answered:
    return answer(outcome, {"code": code} if code else {}, "nav-recall", RECALL_KEY)


def has(word: str | None, lookups: int = 1) -> Answered:
    body = {"found": True, "outcome": word}
    return answer("accepted", body, "nav-lookup", uuid5(CALL_KEY, f"lookup:{lookups}"))


@pytest.mark.parametrize("out", [SENT, RECEIPTED, replace(RECEIPTED, status="parked", code="outcome_unknown")])
def test_one_that_nav_has_is_recalled_under_a_key_of_its_own(out):
    decided = then(case(out), WITHDRAWN)

    assert statuses(decided) == [("recalling", "")]
    assert [(call.destination, call.ref) for call in decided.only(Call)] == [("nav-recall", RECALL.ref)]


@pytest.mark.parametrize("answered", [accepted(), found()], ids=["accepted", "looked up"])
def test_one_on_its_way_is_recalled_once_it_is_known_to_be_there(answered):
    on_its_way = FIRST if answered.destination == "nav" else UNCERTAIN

    assert then(case(on_its_way), WITHDRAWN).only(Call) == []
    assert then(case(on_its_way), WITHDRAWN, answered).only(Call) == [RECALL]


@pytest.mark.parametrize("end", ENDED)
def test_what_is_at_its_end_is_not_recalled(end):
    assert then(case(end), WITHDRAWN).only(Call) == []


def test_what_nav_lets_be_is_at_its_end_and_told():
    decided = then(RECALLING, recall("accepted"))

    assert statuses(decided) == [("recalled", "")]
    assert decided.outputs == [
        Event(APPLICATION, DeliveryRecalled(referral_id=REFERRAL, revision=1, recalled_at=NOW)),
        Event(PUBLIC, HousingApplicationChanged(status="referral_closed")),
        Cancel(f"silence:{REFERRAL}:1"),
    ]


def test_a_recall_without_an_answer_is_looked_up_before_it_is_sent_again():
    asked = then(RECALLING, recall("unknown"))

    assert [call.destination for call in asked.only(Call)] == ["nav-lookup"]
    assert statuses(then(asked.states[KEY], has("withdrawn"))) == [("recalled", "")]
    assert then(asked.states[KEY], has("contacted")).only(Call) == [RECALL]


def test_a_recall_that_gets_lost_again_and_again_is_sent_ever_more_seldom():
    lost = then(RECALLING, recall("unknown"), has(None), recall("unknown"), has(None, lookups=2))

    assert lost.only(Later) == [
        Later(NOW + timedelta(seconds=60), f"send:{REFERRAL}:1", SendAgain(referral_id=REFERRAL, revision=1))
    ]
    assert then(lost.states[KEY], SendAgain(referral_id=REFERRAL, revision=1)).only(Call) == [RECALL]


def test_where_nav_had_decided_its_decision_is_asked_for_at_once_and_the_recall_ends():
    decided = then(RECALLING, recall("refused", "decided"))

    assert [call.destination for call in decided.only(Call)] == ["nav-outcome"]
    assert statuses(decided) == [("received", "")]
    assert then(decided.states[KEY], WITHDRAWN).only(Call) == []


def test_a_decision_that_the_look_up_finds_is_what_became_of_it():
    decided = then(RECALLING, recall("unknown"), has("granted"))

    assert statuses(decided) == [("closed", "")]
    assert decided.only(DeliveryOutcome) == [DeliveryOutcome(referral_id=REFERRAL, revision=1, outcome="granted")]


@pytest.mark.parametrize("code", ["lost_by_nav", "unknown_answer"])
def test_a_recall_refused_in_another_word_is_for_a_person(code):
    decided = then(RECALLING, recall("refused", code))

    assert statuses(decided) == [("parked", code)]
    assert decided.only(DeliveryParked) == [DeliveryParked(referral_id=REFERRAL, revision=1, code=code)]


def test_what_comes_next_of_the_case_waits_for_the_recall():
    other = requested().model_copy(update={"referral_id": "9e079f93-2a56-5924-a35b-80f17614c5e7"})

    waiting = then(RECALLING, other)

    assert waiting.only(Call) == []
    assert [call.destination for call in then(waiting.states[KEY], recall("accepted")).only(Call)] == ["nav"]


def test_nav_away_is_noted_and_the_recall_stands():
    assert then(RECALLING, recall("unreachable")).states[KEY].deliveries[0].unreachable_since == NOW


@pytest.mark.parametrize("late", [accepted(), answer("unknown"), recall("accepted"), recall("refused", "decided")])
def test_an_answer_after_the_recall_changes_nothing(late):
    recalled = then(RECALLING, recall("accepted")).states[KEY]

    assert (then(recalled, late).states[KEY], list(then(recalled, late).outputs)) == (recalled, [])


def test_a_reservation_takes_nothing_back_that_was_sent_lawfully():
    notice = replace(SENT, matter="nav_notice")
    reserved = NavNoticeReserved(line_id="00000000-0000-5000-8000-000000000001", dated_on="2019-05-02")

    assert then(case(notice), reserved).only(Call) == []
