"""What a person does about a delivery: recall, stop or try again, with a reason."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.errors import Reject
from chassis.outputs import Call, Event, Later, Reply
from chassis.testing import Decided
from nav_bridge.domain import Case, Note
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryParked,
    DeliveryReceived,
    DeliverySent,
    HandleDelivery,
    PollOutcome,
)
from tests.unit.nav_bridge.test_deciders import (
    CALL_KEY,
    ENDED,
    FIRST,
    NOW,
    PUBLIC,
    RECEIPTED,
    RECEIVED,
    REFERRAL,
    SENT,
    UNCERTAIN,
    accepted,
    answer,
    outcome,
    requested,
)
from tests.unit.nav_bridge.test_recalling import RECALL, RECALL_KEY, recall
from tests.unit.nav_bridge.test_withdrawing import KEY, WITHDRAWN, case, statuses, then

REQUESTED = replace(FIRST, status="requested")
PROTECTED = replace(FIRST, status="parked", code="protected")
PUZZLING = replace(RECEIPTED, status="parked", code="outcome_unknown")
LOST = replace(RECEIPTED, status="parked", code="lost_by_nav")
REASON = {"recall": "content_wrong", "park": "awaits_clarification", "retry": "cause_removed", "outcome": "nav_told"}


def asks(act: Any, seen: str, **changes: Any) -> HandleDelivery:
    given = {"referral_id": REFERRAL, "revision": 1, "reason": REASON[act], "by": "sub-1", **changes}
    return HandleDelivery(act=act, seen=seen, **given)


def again(act: Any, state: Case) -> HandleDelivery:
    """On the delivery as it stands."""
    return asks(act, state.deliveries[0].seen)


def done(delivery: Any, act: Any) -> Decided:
    return then(case(delivery), asks(act, delivery.seen))


def refused(delivery: Any, command: HandleDelivery) -> str:
    with pytest.raises(Reject) as refusal:
        then(case(delivery), command)
    return refusal.value.code


@pytest.mark.parametrize("out", [SENT, RECEIPTED, PUZZLING])
def test_what_nav_has_is_recalled_by_hand_as_by_a_withdrawal(out):
    decided = done(out, "recall")

    assert [call.destination for call in decided.only(Call)] == ["nav-recall"]
    assert decided.only(Reply) == [Reply({"status": "recalling"})]
    assert statuses(then(decided.states[KEY], recall("accepted"))) == [("recalled", "")]


def test_who_did_what_and_why_stays_with_the_delivery():
    assert done(SENT, "recall").states[KEY].deliveries[0].notes == (Note("recall", "content_wrong", "sub-1", NOW),)


@pytest.mark.parametrize("stoppable", [REQUESTED, SENT, RECEIPTED])
def test_what_waits_or_lies_with_nav_is_stopped_for_a_person(stoppable):
    decided = done(stoppable, "park")

    assert statuses(decided) == [("parked", "stopped_by_person")]
    assert decided.only(DeliveryParked) == [DeliveryParked(referral_id=REFERRAL, revision=1, code="stopped_by_person")]


def test_a_stop_lets_the_next_of_the_case_go():
    other = "9e079f93-2a56-5924-a35b-80f17614c5e7"
    waiting = replace(REQUESTED, referral_id=other)

    assert then(case(REQUESTED, waiting), asks("park", REQUESTED.seen)).only(Call)[0].ref["referral"] == other


@pytest.mark.parametrize("unsent", [PROTECTED, LOST, replace(REQUESTED, status="parked", code="stopped_by_person")])
def test_what_nav_lacks_is_sent_again(unsent):
    decided = done(unsent, "retry")

    assert [(call.destination, call.ref) for call in decided.only(Call)] == [("nav", RECALL.ref)]
    assert statuses(decided) == [("sending", "")]


def test_what_nav_lost_begins_its_life_anew():
    """Else its next receipt and outcome would be taken for known, and a recall of it for decided."""
    lived = replace(LOST, outcome="contacted", decided=True, silences=2)

    sent = done(lived, "retry").states[KEY].deliveries[0]
    known = sent.sent_at, sent.received_at, sent.outcome, sent.decided, sent.heard_at, sent.silences, sent.proof
    assert known == (None, None, "", False, None, 0, "")
    again = then(case(sent), accepted())
    assert [event.received_at for event in again.only(DeliveryReceived)] == [RECEIVED]


def test_each_new_try_is_another_call_as_one_that_has_its_answer_is_not_made_again():
    """A call whose key stands is the same call: the store would write nothing, and nobody would ever answer."""
    state, keys = Case(PUBLIC), list[Any]()
    for act in (None, "retry", "retry"):
        sending = then(state, again(act, state) if act else requested())
        keys += [call.key for call in sending.only(Call)]
        state = then(sending.states[KEY], answer("refused", {"code": "no_office"})).states[KEY]

    assert keys[0] == CALL_KEY
    assert len(set(keys)) == 3


def test_a_second_recall_is_another_call_too():
    refused_once = then(case(RECEIPTED), WITHDRAWN, recall("refused", "unknown_answer"))

    assert then(case(RECEIPTED), WITHDRAWN).only(Call) == [RECALL]
    second = then(refused_once.states[KEY], again("recall", refused_once.states[KEY]))
    assert [(call.destination, call.key == RECALL_KEY) for call in second.only(Call)] == [("nav-recall", False)]


def test_a_retry_recalls_again_what_a_person_has_recalled_by_another_call_too():
    recalled = then(case(RECEIPTED), asks("recall", RECEIPTED.seen))
    (first,) = recalled.only(Call)
    refused = then(recalled.states[KEY], recall("refused", "unknown_answer"))
    assert statuses(refused) == [("parked", "unknown_answer")]

    (second,) = then(refused.states[KEY], again("retry", refused.states[KEY])).only(Call)
    assert (second.destination, second.key == first.key) == ("nav-recall", False)


def test_what_was_to_be_recalled_is_asked_after_where_nav_has_told_that_it_goes_on_with_it():
    recalled = then(case(RECEIPTED), asks("recall", RECEIPTED.seen), recall("refused", "unknown_answer"))
    stopped = recalled.states[KEY].deliveries[0]
    going = then(recalled.states[KEY], asks("outcome", stopped.seen, outcome="contacted"))
    assert statuses(going) == [("received", "")]

    due, said = PollOutcome(referral_id=REFERRAL, revision=1), outcome(None, code="outcome_unknown")
    puzzling = then(going.states[KEY], due, said)
    retried = then(puzzling.states[KEY], again("retry", puzzling.states[KEY]))
    assert [call.destination for call in retried.only(Call)] == ["nav-outcome"]


def test_what_our_door_keeps_back_at_a_later_attempt_is_looked_up_as_an_earlier_one_may_have_been_sent():
    decided = then(case(FIRST), answer("refused", {"code": "withdrawn", "attempt": 2}))
    assert [call.destination for call in decided.only(Call)] == ["nav-lookup"]

    at_first = then(case(FIRST), answer("refused", {"code": "withdrawn"}))
    assert statuses(at_first) == [("rejected", "withdrawn")]


def test_what_nav_has_is_asked_after_again_and_its_silence_counts_anew():
    decided = done(PUZZLING, "retry")

    assert [call.destination for call in decided.only(Call)] == ["nav-outcome"]
    assert statuses(decided) == [("received", "")]
    assert [later.name for later in decided.only(Later)] == [f"silence:{REFERRAL}:1"]


def test_how_far_it_had_come_is_told_again_so_that_others_show_it_as_stopped_no_more():
    decided = done(replace(PUZZLING, outcome="contacted"), "retry")

    assert [event.data for event in decided.only(Event)] == [
        DeliverySent(referral_id=REFERRAL, revision=1, sent_at=NOW),
        DeliveryReceived(referral_id=REFERRAL, revision=1, received_at=RECEIVED),
        DeliveryOutcome(referral_id=REFERRAL, revision=1, outcome="contacted"),
    ]


def test_what_was_withdrawn_is_not_sent_by_hand_either():
    withdrawn = replace(case(PROTECTED), withdrawn=(REFERRAL,))

    with pytest.raises(Reject, match="withdrawn"):
        then(withdrawn, asks("retry", PROTECTED.seen))


def test_what_nav_decided_before_the_recall_is_asked_after_though_it_is_withdrawn():
    puzzling = then(case(RECEIPTED), WITHDRAWN, recall("refused", "decided"), outcome(None, code="outcome_unknown"))
    assert statuses(puzzling) == [("parked", "outcome_unknown")]

    assert [
        call.destination for call in then(puzzling.states[KEY], again("retry", puzzling.states[KEY])).only(Call)
    ] == ["nav-outcome"]


def test_an_older_revision_that_nav_has_is_asked_after():
    older = then(case(PUZZLING, replace(SENT, revision=2)), asks("retry", PUZZLING.seen))

    assert [call.destination for call in older.only(Call)] == ["nav-outcome"]


def test_an_older_revision_is_not_sent_after_a_newer():
    with pytest.raises(Reject, match="superseded"):
        then(case(PROTECTED, replace(SENT, revision=2)), asks("retry", PROTECTED.seen))


@pytest.mark.parametrize("act", ["recall", "park"])
@pytest.mark.parametrize("moving", [FIRST, UNCERTAIN, replace(SENT, status="recalling"), ENDED[0], ENDED[2]])
def test_what_is_on_its_way_or_over_is_left_alone(act, moving):
    assert refused(moving, asks(act, moving.seen)) == "not_now"


@pytest.mark.parametrize("going", [REQUESTED, FIRST, SENT, ENDED[0], ENDED[2]])
def test_only_what_is_stopped_is_tried_again(going):
    assert refused(going, asks("retry", going.seen)) == "not_now"


def test_what_the_page_did_not_show_is_not_touched():
    assert refused(RECEIPTED, asks("recall", SENT.seen)) == "delivery_changed"


def test_a_form_from_before_it_was_stopped_a_second_time_is_refused():
    first = case(replace(REQUESTED, status="parked", code="no_office"))
    back = then(first, again("retry", first), answer("refused", {"code": "no_office"})).states[KEY]
    assert back.deliveries[0].status == "parked"

    with pytest.raises(Reject, match="delivery_changed"):
        then(back, again("retry", first))


def test_a_reason_that_is_not_of_that_act_is_refused():
    assert refused(SENT, asks("recall", SENT.seen, reason="nav_asked")) == "unknown_reason"


def test_a_delivery_that_is_not_there_is_not_found():
    assert refused(SENT, asks("recall", SENT.seen, revision=7)) == "no_delivery"
