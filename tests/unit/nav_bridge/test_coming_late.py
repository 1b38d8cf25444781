"""What isn't wanted at NAV any more, and gets there after NAV has said that it hasn't got it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

import pytest

from chassis.outputs import Answered, Call, Event, Later, Outcome
from chassis.testing import Decided
from nav_bridge.domain import Case, Delivery
from nav_bridge.messages import (
    DeliveryReceived,
    DeliverySent,
    HousingApplicationChanged,
    LookAgain,
    NavNoticeReserved,
    SendAgain,
    TakeStanding,
)
from tests.unit.nav_bridge.test_deciders import (
    CALL_KEY,
    FIRST,
    NOW,
    PUBLIC,
    RECEIVED,
    REFERRAL,
    UNCERTAIN,
    answer,
    not_found,
)
from tests.unit.nav_bridge.test_recalling import recall
from tests.unit.nav_bridge.test_withdrawing import KEY, WITHDRAWN, case, statuses, then

AGAIN = LookAgain(referral_id=REFERRAL, revision=1)
RESERVED = NavNoticeReserved(line_id="00000000-0000-5000-8000-000000000001", dated_on="2019-05-02")
LATER = replace(UNCERTAIN, resends=1)
# Each way to the end after an attempt that nobody answered.
ENDS = {
    "when NAV is asked": (case(UNCERTAIN), [WITHDRAWN, not_found()]),
    "when it is time to send it again": (case(LATER), [WITHDRAWN, SendAgain(referral_id=REFERRAL, revision=1)]),
    "when the owner's door is asked": (
        case(replace(FIRST, lookups=1, resends=1)),
        [WITHDRAWN, answer("refused", {"code": "withdrawn"})],
    ),
    "while it waits for a person": (case(replace(UNCERTAIN, status="parked", code="key_conflict")), [WITHDRAWN]),
    "when a call whose sender died is looked up": (case(FIRST), [answer("unknown"), WITHDRAWN, not_found()]),
    "by the tenant's no": (case(replace(UNCERTAIN, matter="nav_notice")), [RESERVED, not_found()]),
}


def has(found: bool, number: int, outcome: Outcome = "accepted") -> Answered:
    body = {"found": True, "received_at": RECEIVED.isoformat()} if found else {"found": False}
    key = uuid5(CALL_KEY, f"lookup:{number}")
    return answer(outcome, body if outcome == "accepted" else {}, "nav-lookup", key)


def ended(state: Case = ENDS["when NAV is asked"][0]) -> Case:
    return then(state, WITHDRAWN, not_found()).states[KEY]


def of(decided: Decided) -> Delivery:
    (delivery,) = decided.states[KEY].deliveries
    return delivery


@pytest.mark.parametrize(("state", "bodies"), ENDS.values(), ids=ENDS)
def test_what_left_without_an_answer_and_is_not_wanted_any_more_is_asked_for_after_its_end(state, bodies):
    decided = then(state, *bodies)

    assert of(decided).status == "rejected"
    (later,) = [each for each in decided.only(Later) if isinstance(each.message, LookAgain)]
    assert later.at == NOW + timedelta(seconds=60)
    (asked,) = then(decided.states[KEY], later.message).only(Call)
    assert (asked.destination, asked.key) == ("nav-lookup", uuid5(CALL_KEY, f"lookup:{of(decided).lookups + 1}"))


def test_what_never_left_is_not_asked_for():
    assert then(case(FIRST), WITHDRAWN, answer("refused", {"code": "withdrawn"})).only(Later) == []
    assert then(case(replace(FIRST, status="requested")), WITHDRAWN).only(Later) == []


def test_what_nav_itself_refused_is_not_asked_for():
    refused = then(case(replace(FIRST, lookups=1, resends=1)), answer("refused", {"code": "invalid_message"}))

    assert statuses(refused) == [("rejected", "invalid_message")]
    assert refused.only(Later) == []


def test_what_turns_out_to_be_there_is_told_as_sent_and_recalled_at_once():
    decided = then(ended(), AGAIN, has(True, 2))

    assert statuses(decided) == [("recalling", "")]
    assert [each.data for each in decided.only(Event)] == [
        DeliverySent(referral_id=REFERRAL, revision=1, sent_at=NOW),
        DeliveryReceived(referral_id=REFERRAL, revision=1, received_at=RECEIVED),
        HousingApplicationChanged(status="referral_delivered"),
    ]
    assert [(call.destination, call.ref) for call in decided.only(Call)] == [
        ("nav-recall", {"referral": REFERRAL, "revision": 1})
    ]
    assert statuses(then(decided.states[KEY], recall("accepted"))) == [("recalled", "")]


def test_what_nav_itself_tells_that_it_has_is_recalled_without_a_question():
    decided = then(ended(), TakeStanding(referral_id=REFERRAL, revision=1, number=1, received_at=RECEIVED))

    assert statuses(decided) == [("recalling", "")]
    assert [call.destination for call in decided.only(Call)] == ["nav-recall"]


def test_a_notice_that_comes_after_the_tenants_no_is_recalled_too():
    notice = case(replace(UNCERTAIN, matter="nav_notice"))

    decided = then(notice, RESERVED, not_found(), AGAIN, has(True, 2))

    assert statuses(decided) == [("recalling", "")]
    assert [call.destination for call in decided.only(Call)] == ["nav-recall"]


def test_where_a_recall_had_its_answer_already_the_next_is_a_call_of_its_own():
    lost = replace(UNCERTAIN, status="parked", code="lost_by_nav", sent_at=NOW)
    found = then(case(lost), WITHDRAWN, AGAIN, has(True, 2))

    (call,) = found.only(Call)
    assert call.key != uuid5(CALL_KEY, "recall")


def test_nav_is_asked_five_times_in_ever_longer_distances_and_then_no_more():
    state, waits = ended(), []
    for number in range(2, 7):
        decided = then(state, AGAIN, has(False, number))
        state, waits = decided.states[KEY], [*waits, *(each.at - NOW for each in decided.only(Later))]

    assert [wait.total_seconds() for wait in waits] == [120, 240, 480, 960]
    assert statuses(decided) == [("rejected", "withdrawn")]


def test_a_question_without_an_answer_counts_for_none():
    asked = then(ended(), AGAIN)
    lost = then(asked.states[KEY], has(False, 2, "unknown"))

    assert [each.at for each in lost.only(Later)] == [NOW + timedelta(seconds=60)]
    assert then(asked.states[KEY], has(False, 2, "unreachable")).states == asked.states


@pytest.mark.parametrize("late", [answer("accepted"), answer("refused", {"code": "superseded"}), recall("accepted")])
def test_no_other_answer_takes_it_from_its_end(late):
    state = ended()

    decided = then(state, late)

    assert (decided.states[KEY], list(decided.outputs)) == (state, [])


def test_what_was_withdrawn_ends_with_that_whatever_else_keeps_it_from_being_sent():
    decided = then(case(FIRST), WITHDRAWN, answer("refused", {"code": "identity_missing"}))

    assert statuses(decided) == [("rejected", "withdrawn")]


def test_the_next_of_the_case_waits_for_the_recall_and_not_for_the_questions():
    other = "9e079f93-2a56-5924-a35b-80f17614c5e7"
    waiting = replace(FIRST, referral_id=other, status="requested")
    state = Case(PUBLIC, (UNCERTAIN, waiting))

    decided = then(state, WITHDRAWN, not_found())

    assert [call.ref["referral"] for call in decided.only(Call)] == [other]
    assert decided.states[KEY].find(other, 1).status == "sending"


def test_what_was_known_to_be_there_and_came_to_nothing_is_not_looked_for_when_it_is_withdrawn():
    undelivered = replace(UNCERTAIN, status="parked", code="letter_undelivered", channel="letter", sent_at=NOW)
    decided = then(case(undelivered), WITHDRAWN)

    assert statuses(decided) == [("rejected", "withdrawn")]
    assert decided.only(Later) == []
