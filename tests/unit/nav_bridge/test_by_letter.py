"""A municipality whose NAV office is reached by letter: the same deciders, SvarUt's calls, and no outcome by itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid5

import pytest

from chassis.errors import Reject
from chassis.outputs import Answered, Call, Event, Later, Outcome
from chassis.testing import decide
from nav_bridge.domain import Case, Delivery, Policy, again, recall_key, reserving_key
from nav_bridge.handlers import handlers
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryOverdue,
    DeliveryParked,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    HandleDelivery,
    NavNoticeRequested,
    PollOutcome,
    ReferralWithdrawn,
    SendAgain,
    SilenceLasts,
)
from tests.unit.nav_bridge.test_deciders import (
    APPLICATION,
    CALL_KEY,
    FIRST,
    NOW,
    PROOF,
    PUBLIC,
    RECEIVED,
    REFERRAL,
    requested,
)
from tests.unit.nav_bridge.test_withdrawing import KEY, statuses

HANDLERS = handlers(Policy(first=60, longest=1000, by_letter=frozenset({"3427"})))
ID, RECALL_ID = "7d2f0a3e-1c4b-4f5a-8b6c-0d1e2f3a4b5c", "7d2f0a3e-1c4b-4f5a-8b6c-0d1e2f3a4b5d"
REF = {"referral": REFERRAL, "revision": 1}
RESERVING, RECALL_KEY = reserving_key(CALL_KEY), again(recall_key(REFERRAL, 1), 1)
ASKING = replace(FIRST, channel="letter")
SENDING = replace(ASKING, letter_id=ID)
SENT = replace(SENDING, status="sent", attempts=1, proof=PROOF, sent_at=NOW, heard_at=NOW, recipient="NAV Tynset")
READ = replace(SENT, status="received", received_at=RECEIVED)
RECALLING = replace(READ, status="recalling", recall_id=RECALL_ID, recalls=1, let_go=True)
WITHDRAWN = ReferralWithdrawn(referral_id=REFERRAL)


def then(state: Case | Delivery | None, *bodies: Any, kommunenummer: str = "3427", now: Any = NOW) -> Any:
    """One message after the other on a case of that municipality; the last one's outputs."""
    states: Any = {KEY: Case(PUBLIC, (state,)) if isinstance(state, Delivery) else state}
    for body in bodies:
        decided = decide(HANDLERS, states, APPLICATION, body, now=now, kommunenummer=kommunenummer)
        states = decided.states
    return decided


def delivery_of(decided: Any) -> Delivery:
    delivery: Delivery = decided.states[KEY].deliveries[0]
    return delivery


def facts(decided: Any) -> list[Any]:
    return [output.data for output in decided.only(Event)]


def answer(to: str, key: Any, how: Outcome, /, **body: Any) -> Answered:
    return Answered(to, key, how, body, REF)


def reserved(outcome: Outcome = "accepted", key: Any = RESERVING, **body: Any) -> Answered:
    return answer("svarut-reserve", key, outcome, **body)


def sent(outcome: Outcome = "accepted", key: Any = CALL_KEY, **body: Any) -> Answered:
    return answer("svarut", key, outcome, attempt=1, proof=PROOF, recipient="NAV Tynset", **body)


def looked_up(found: bool, number: int = 1, **body: Any) -> Answered:
    return answer("svarut-lookup", uuid5(CALL_KEY, f"lookup:{number}"), "accepted", found=found, **body)


def status(polls: int = 1, **body: Any) -> Answered:
    return answer("svarut-outcome", uuid5(CALL_KEY, f"outcome:{polls}"), "accepted", found=True, **body)


def polled(delivery: Delivery, **body: Any) -> Any:
    return then(replace(delivery, polls=1), status(**body))


def test_svarut_reserves_an_id_before_anything_is_sent():
    decided = then(None, requested())

    assert decided.outputs == [Call("svarut-reserve", RESERVING, REF | {"letter": ""})]
    assert delivery_of(decided) == ASKING


def test_another_municipality_still_goes_by_the_api():
    decided = then(None, requested(), kommunenummer="5027")

    assert [call.destination for call in decided.only(Call)] == ["nav"]
    assert delivery_of(decided).channel == "api"


def test_what_is_out_stays_where_it_went_though_the_data_changes():
    old = replace(FIRST, status="sent", sent_at=NOW, heard_at=NOW)
    decided = then(old, PollOutcome(referral_id=REFERRAL, revision=1))

    assert [call.destination for call in decided.only(Call)] == ["nav-outcome"]
    by_api = decide(handlers(Policy()), {KEY: Case(PUBLIC, (SENT,))}, APPLICATION, WITHDRAWN, now=NOW)
    assert [call.destination for call in by_api.only(Call)] == ["svarut-reserve"]


def test_a_notice_goes_by_letter_too():
    asked = NavNoticeRequested(notice_id=REFERRAL, revision=1, requested_on=NOW.date())

    assert then(None, asked).outputs == [
        Call("svarut-reserve", RESERVING, {**REF, "matter": "nav_notice", "letter": ""})
    ]


def test_the_letter_goes_under_the_id_that_was_reserved():
    decided = then(ASKING, reserved(letter=ID))

    assert decided.outputs == [Call("svarut", CALL_KEY, REF | {"letter": ID})]
    assert delivery_of(decided) == SENDING


def test_an_id_that_got_lost_is_asked_for_again_as_an_unused_one_costs_nothing():
    decided = then(ASKING, reserved("unknown"))

    assert decided.outputs == [Call("svarut-reserve", RESERVING, REF | {"letter": ""})]


def test_svarut_away_is_noted_and_the_runner_goes_on():
    decided = then(ASKING, reserved("unreachable"))

    assert (delivery_of(decided), list(decided.outputs)) == (replace(ASKING, unreachable_since=NOW), [])


def test_a_refusal_to_reserve_is_for_a_person():
    assert statuses(then(ASKING, reserved("refused", code="no_office"))) == [("parked", "no_office")]


def test_what_was_withdrawn_while_the_id_was_asked_for_is_never_sent():
    decided = then(ASKING, WITHDRAWN, reserved(letter=ID))

    assert statuses(decided) == [("rejected", "withdrawn")]
    assert facts(decided) == [DeliveryRejected(referral_id=REFERRAL, revision=1, code="withdrawn")]


@pytest.mark.parametrize("late", [SENDING, SENT, replace(ASKING, status="rejected", code="withdrawn")])
def test_a_second_id_changes_nothing(late):
    decided = then(late, reserved(letter="0f0f0f0f-1c4b-4f5a-8b6c-0d1e2f3a4b5c"))

    assert (delivery_of(decided), list(decided.outputs)) == (late, [])


def test_svaruts_accept_is_a_delivery_and_the_office_is_remembered():
    decided = then(SENDING, sent())

    assert delivery_of(decided) == SENT
    assert DeliverySent(referral_id=REFERRAL, revision=1, sent_at=NOW) in facts(decided)


@pytest.mark.parametrize("lost", [sent("unknown"), sent("refused", code="letter_refused")])
def test_no_answer_and_a_refusal_of_what_may_be_there_are_looked_up_before_anything_is_sent_again(lost):
    decided = then(SENDING, lost)

    lookup = Call("svarut-lookup", uuid5(CALL_KEY, "lookup:1"), REF | {"letter": ID})
    assert (decided.outputs, delivery_of(decided).status) == ([lookup], "uncertain")


def test_what_svarut_has_is_not_sent_again():
    decided = then(SENDING, sent("unknown"), looked_up(found=True))

    assert statuses(decided) == [("sent", "")]
    assert decided.only(Call) == []


def test_what_svarut_lacks_is_sent_again_under_the_same_id():
    decided = then(SENDING, sent("unknown"), looked_up(found=False))

    assert decided.only(Call) == [Call("svarut", CALL_KEY, REF | {"letter": ID})]


def test_a_refused_repeat_is_no_proof_of_what_svarut_has():
    other = answer("svarut", CALL_KEY, "refused", code="letter_refused", attempt=2, proof="f" * 64)
    decided = then(SENDING, sent("unknown"), looked_up(found=False), other, looked_up(found=True, number=2))

    assert (delivery_of(decided).status, delivery_of(decided).proof) == ("sent", PROOF)


AGAIN = SendAgain(referral_id=REFERRAL, revision=1)


@pytest.mark.parametrize("ending", [sent("refused", code="letter_refused"), WITHDRAWN])
def test_before_a_letter_that_is_not_found_ends_it_is_looked_for_again_as_svarut_may_still_be_at_work(ending):
    first = sent("unknown") if ending is WITHDRAWN else ending
    decided = then(SENDING, first, *([ending] if ending is WITHDRAWN else []), looked_up(found=False))
    assert statuses(decided)[0][0] == "uncertain"
    assert [(later.at, later.message) for later in decided.only(Later)] == [(NOW + timedelta(minutes=16), AGAIN)]

    second = then(decided.states[KEY], AGAIN)
    assert [call.destination for call in second.only(Call)] == ["svarut-lookup"]
    there = then(second.states[KEY], looked_up(found=True, number=2))
    assert statuses(there) == [("recalling" if ending is WITHDRAWN else "sent", "")]
    gone = then(second.states[KEY], looked_up(found=False, number=2))
    assert statuses(gone) == [("rejected", "withdrawn") if ending is WITHDRAWN else ("parked", "letter_refused")]


def test_what_a_door_withholds_of_a_letter_that_was_sent_before_is_looked_for_again_too():
    withheld = answer("svarut", CALL_KEY, "refused", code="withdrawn")
    decided = then(SENDING, sent("unknown"), looked_up(found=False), WITHDRAWN, withheld)

    assert [(later.at, later.message) for later in decided.only(Later)] == [(NOW + timedelta(minutes=16), AGAIN)]
    gone = then(decided.states[KEY], AGAIN, looked_up(found=False, number=2))
    assert statuses(gone) == [("rejected", "withdrawn")]
    assert statuses(then(SENDING, WITHDRAWN, withheld)) == [("rejected", "withdrawn")]


@pytest.mark.parametrize(
    ("code", "end"), [("protected", ("parked", "protected")), ("consent_withdrawn", ("rejected", "consent_withdrawn"))]
)
def test_what_a_door_withholds_of_it_is_its_end_once_it_was_looked_for_in_vain(code, end):
    withheld = answer("svarut", CALL_KEY, "refused", code=code)
    decided = then(SENDING, sent("unknown"), looked_up(found=False), withheld, AGAIN, looked_up(found=False, number=2))

    assert statuses(decided) == [end]
    assert decided.only(Later) == []


def test_what_may_be_sent_again_after_a_doubt_is_sent_and_not_looked_for_without_end():
    doubted = replace(SENDING, status="uncertain", resends=2, lookups=3, doubted=True)
    decided = then(doubted, looked_up(found=False, number=3), AGAIN)

    assert [call.destination for call in decided.only(Call)] == ["svarut"]


def test_a_refused_letter_that_is_not_there_is_for_a_person():
    decided = then(SENDING, sent("refused", code="letter_refused"), looked_up(found=False))
    decided = then(decided.states[KEY], AGAIN, looked_up(found=False, number=2))

    assert statuses(decided) == [("parked", "letter_refused")]
    assert facts(decided) == [DeliveryParked(referral_id=REFERRAL, revision=1, code="letter_refused")]


def test_it_is_received_when_it_is_read_and_then_svarut_is_asked_no_more():
    decided = polled(SENT, received_at=RECEIVED.isoformat(), settled=True)

    assert statuses(decided) == [("received", "")]
    assert facts(decided) == [DeliveryReceived(referral_id=REFERRAL, revision=1, received_at=RECEIVED)]
    assert [later.name for later in decided.only(Later)] == [f"silence:{REFERRAL}:1"]


def test_what_is_printed_is_neither_received_nor_asked_after():
    decided = polled(SENT, settled=True)

    assert (statuses(decided), list(decided.outputs)) == ([("sent", "")], [])


def test_what_lies_unread_is_asked_after_again():
    assert [later.name for later in polled(SENT).only(Later)] == [f"poll:{REFERRAL}:1"]


@pytest.mark.parametrize("code", ["letter_refused", "letter_undelivered", "letter_handled_by_hand", "outcome_unknown"])
def test_a_letter_that_came_to_nothing_or_to_a_word_unknown_is_for_a_person(code):
    assert statuses(polled(SENT, code=code)) == [("parked", code)]


@pytest.mark.parametrize(
    ("code", "destination"),
    [
        ("letter_refused", "svarut-reserve"),
        ("letter_undelivered", "svarut-reserve"),
        ("lost_by_nav", "svarut-reserve"),
        ("letter_handled_by_hand", "svarut-outcome"),
        ("outcome_unknown", "svarut-outcome"),
    ],
)
def test_what_nav_has_not_got_is_sent_anew_under_another_id_and_what_it_has_is_asked_after(code, destination):
    stopped = replace(SENT, status="parked", code=code)
    decided = then(stopped, by_hand(stopped, "retry", "cause_removed"))
    (call,) = decided.only(Call)

    assert (call.destination, call.ref["letter"]) == (destination, "" if destination == "svarut-reserve" else ID)
    assert call.key not in {RESERVING, CALL_KEY}


def test_a_refused_letter_is_tried_again_under_its_own_id_as_it_may_be_there_after_all():
    refused = replace(SENDING, status="parked", code="letter_refused")
    decided = then(refused, by_hand(refused, "retry", "cause_removed"))

    assert [(call.destination, call.ref["letter"]) for call in decided.only(Call)] == [("svarut", ID)]


def test_navs_silence_is_told_though_the_letter_was_read():
    decided = then(READ, SilenceLasts(referral_id=REFERRAL, revision=1), now=NOW + timedelta(days=30))

    assert facts(decided) == [DeliveryOverdue(referral_id=REFERRAL, revision=1, silent_since=NOW, period=1)]


def test_a_recall_is_a_second_letter_under_an_id_of_its_own():
    asking = then(READ, WITHDRAWN)
    assert asking.only(Call) == [
        Call("svarut-reserve", reserving_key(RECALL_KEY), REF | {"letter": "", "recall": True})
    ]

    going = then(asking.states[KEY], reserved(key=reserving_key(RECALL_KEY), letter=RECALL_ID))
    assert going.outputs == [Call("svarut-recall", RECALL_KEY, REF | {"letter": RECALL_ID, "recall": True})]
    there = then(going.states[KEY], answer("svarut-recall", RECALL_KEY, "accepted"))
    assert statuses(there) == [("recalled", "")]


def test_a_recall_without_an_answer_is_looked_up_under_its_own_id():
    decided = then(RECALLING, answer("svarut-recall", RECALL_KEY, "unknown"))

    assert decided.only(Call) == [
        Call("svarut-lookup", uuid5(CALL_KEY, "lookup:1"), REF | {"letter": RECALL_ID, "recall": True})
    ]
    assert statuses(then(decided.states[KEY], looked_up(found=True, outcome="withdrawn"))) == [("recalled", "")]
    again = then(decided.states[KEY], looked_up(found=True, outcome=None))
    assert again.only(Call) == [Call("svarut-recall", RECALL_KEY, REF | {"letter": RECALL_ID, "recall": True})]


REFUSED_RECALL = answer("svarut-recall", RECALL_KEY, "refused", code="letter_refused")


def test_a_recall_that_svarut_refuses_may_be_one_that_it_is_at_work_on_and_is_looked_for_twice():
    lost = [answer("svarut-recall", RECALL_KEY, "unknown"), looked_up(found=True, outcome=None), REFUSED_RECALL]
    decided = then(RECALLING, *lost, looked_up(found=True, number=2, outcome=None))
    assert [(later.at, later.message) for later in decided.only(Later)] == [(NOW + timedelta(minutes=16), AGAIN)]

    there = then(decided.states[KEY], AGAIN, looked_up(found=True, number=3, outcome="withdrawn"))
    assert (statuses(there), facts(there)[0].type) == ([("recalled", "")], "delivery.recalled")


def test_a_recall_that_stays_refused_is_for_a_person_who_may_recall_it_anew_as_nav_has_the_letter():
    decided = then(RECALLING, REFUSED_RECALL, looked_up(found=True, outcome=None))
    stopped = then(decided.states[KEY], AGAIN, looked_up(found=True, number=2, outcome=None))
    assert statuses(stopped) == [("parked", "recall_refused")]
    assert delivery_of(stopped).is_out

    anew = then(stopped.states[KEY], by_hand(delivery_of(stopped), "recall", "sent_by_mistake"))
    assert [call.destination for call in anew.only(Call)] == ["svarut-reserve"]


@pytest.mark.parametrize(("code", "withdrawn"), [("recall_refused", ()), ("no_office", (REFERRAL,))])
def test_a_retry_recalls_anew_where_it_was_the_recall_that_came_to_nothing(code, withdrawn):
    """By calls of its own: one that has had its answer isn't made again, and nobody would ever answer."""
    stopped = replace(READ, status="parked", code=code, recall_id=RECALL_ID, recalls=1, let_go=not withdrawn)

    retried = then(Case(PUBLIC, (stopped,), withdrawn), by_hand(stopped, "retry", "cause_removed"))
    (call,) = retried.only(Call)
    assert statuses(retried) == [("recalling", "")]
    assert call.destination == "svarut-reserve"
    assert call.key not in RECALLING.calls
    assert [later.name for later in retried.only(Later)] == [f"silence:{REFERRAL}:1"]
    assert not facts(retried)


def test_the_letter_that_recalls_is_followed_until_it_is_read():
    there = then(RECALLING, answer("svarut-recall", RECALL_KEY, "accepted"))
    assert [later.name for later in there.only(Later)] == [f"poll:{REFERRAL}:1"]

    asked = then(there.states[KEY], PollOutcome(referral_id=REFERRAL, revision=1))
    assert asked.only(Call) == [
        Call("svarut-outcome", uuid5(CALL_KEY, "outcome:1"), REF | {"letter": RECALL_ID, "recall": True})
    ]
    underway = then(asked.states[KEY], status())
    assert [later.name for later in underway.outputs] == [f"poll:{REFERRAL}:1"]
    read = then(asked.states[KEY], status(received_at=RECEIVED.isoformat(), settled=True))
    assert (statuses(read), read.outputs) == ([("recalled", "")], [])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"code": "letter_undelivered"}, "recall_refused"),
        ({"code": "letter_refused"}, "recall_refused"),
        ({"found": False}, "recall_refused"),
        ({"code": "letter_handled_by_hand"}, "letter_handled_by_hand"),
    ],
)
def test_a_letter_that_recalls_and_may_not_have_got_there_is_for_a_person_as_nav_goes_on_with_the_first(said, code):
    recalled = replace(RECALLING, status="recalled", polls=1)
    told = answer("svarut-outcome", uuid5(CALL_KEY, "outcome:1"), "accepted", **{"found": True, **said})

    stopped = then(recalled, told)
    assert statuses(stopped) == [("parked", code)]
    assert facts(stopped) == [DeliveryParked(referral_id=REFERRAL, revision=1, code=code)]
    assert delivery_of(stopped).may("recall")


def test_one_that_was_lost_sent_again_and_is_withdrawn_on_its_way_is_recalled_by_a_letter_of_its_own_too():
    again_out = replace(SENDING, recalls=1, recall_id=RECALL_ID)
    there = then(Case(PUBLIC, (again_out,), withdrawn=(REFERRAL,)), sent())

    (call,) = there.only(Call)
    assert (call.destination, call.ref["letter"]) == ("svarut-reserve", "")
    assert call.key not in again_out.calls


def test_what_our_door_keeps_back_at_a_later_attempt_is_looked_for_as_an_earlier_one_may_have_been_sent():
    decided = then(SENDING, answer("svarut", CALL_KEY, "refused", code="withdrawn", attempt=2))
    assert [call.destination for call in decided.only(Call)] == ["svarut-lookup"]

    there = then(replace(decided.states[KEY], withdrawn=(REFERRAL,)), looked_up(found=True))
    assert [call.destination for call in there.only(Call)] == ["svarut-reserve"]
    assert statuses(there) == [("recalling", "")]


def test_one_that_was_withdrawn_before_svarut_refused_an_id_is_at_its_end():
    decided = then(Case(PUBLIC, (ASKING,), withdrawn=(REFERRAL,)), reserved("refused", code="no_office"))

    assert statuses(decided) == [("rejected", "withdrawn")]


def test_a_question_that_is_given_up_is_asked_anew_later_and_stands_as_unanswered_so_long():
    asked = replace(SENT, polls=1, unreachable_since=NOW)
    decided = then(asked, answer("svarut-outcome", uuid5(CALL_KEY, "outcome:1"), "unknown"))

    assert delivery_of(decided) == asked
    assert [later.name for later in decided.outputs] == [f"poll:{REFERRAL}:1"]
    anew = then(decided.states[KEY], PollOutcome(referral_id=REFERRAL, revision=1)).states[KEY]
    still = answer("svarut-outcome", uuid5(CALL_KEY, "outcome:2"), "unreachable")
    assert delivery_of(then(anew, still, now=NOW + timedelta(hours=1))).unreachable_since == NOW


@pytest.mark.parametrize("going", [replace(SENDING, status="uncertain"), RECALLING])
def test_a_letter_in_doubt_of_a_municipality_whose_post_is_not_set_up_any_more_is_for_a_person(going):
    looking = replace(going, lookups=1)
    decided = then(looking, answer("svarut-lookup", uuid5(CALL_KEY, "lookup:1"), "refused", code="no_office"))

    assert statuses(decided) == [("parked", "no_office")]
    retried = then(decided.states[KEY], by_hand(delivery_of(decided), "retry", "cause_removed"))
    again = "svarut-reserve" if going is RECALLING else "svarut"
    assert [call.destination for call in retried.only(Call)] == [again]


def test_a_letter_tells_its_own_calls_from_another_deliverys():
    assert {CALL_KEY, RESERVING, RECALL_KEY, reserving_key(RECALL_KEY)} <= RECALLING.calls
    assert RESERVING not in replace(RECALLING, channel="api").calls


# ── the outcome, by hand ──


def by_hand(delivery: Delivery, act: Any, reason: str, **given: Any) -> HandleDelivery:
    of = {"referral_id": REFERRAL, "revision": 1, "by": "sub-1", "seen": delivery.seen}
    return HandleDelivery(**of, act=act, reason=reason, **given)


def entered(delivery: Delivery, outcome: Any, **changes: Any) -> Any:
    return then(delivery, by_hand(delivery, "outcome", "nav_told", outcome=outcome, **changes))


def test_an_outcome_that_is_entered_is_told_and_ends_the_delivery_as_navs_own_would():
    decided = entered(READ, "granted")
    own = decide(
        HANDLERS,
        {KEY: Case(PUBLIC, (replace(READ, channel="api", polls=1),))},
        APPLICATION,
        Answered("nav-outcome", uuid5(CALL_KEY, "outcome:1"), "accepted", {"found": True, "outcome": "granted"}, REF),
        now=NOW,
    )

    assert statuses(decided) == statuses(own) == [("closed", "")]
    assert DeliveryOutcome(referral_id=REFERRAL, revision=1, outcome="granted") in facts(decided)
    assert facts(decided) == facts(own)


def test_who_entered_it_and_where_it_is_known_from_stays_with_the_delivery():
    (note,) = delivery_of(entered(READ, "refused")).notes

    assert note == ("outcome", "nav_told", "sub-1", NOW)


def test_an_outcome_on_the_way_leaves_it_open_and_navs_silence_counts_anew():
    decided = entered(replace(READ, silences=2), "contacted")

    assert delivery_of(decided) == replace(READ, outcome="contacted", notes=delivery_of(decided).notes)
    assert [later.name for later in decided.only(Later)] == [f"silence:{REFERRAL}:1"]


def test_an_outcome_may_be_entered_before_the_letter_is_read_and_where_it_is_stopped():
    assert statuses(entered(SENT, "expired")) == [("closed", "")]
    stopped = entered(replace(SENT, status="parked", code="letter_handled_by_hand"), "contacted")
    assert statuses(stopped) == [("sent", "")]
    assert DeliverySent(referral_id=REFERRAL, revision=1, sent_at=NOW) in facts(stopped)


def test_where_nav_answers_by_itself_an_outcome_is_entered_only_where_that_has_stopped():
    from_nav = replace(READ, channel="api")
    with pytest.raises(Reject, match="not_now"):
        entered(from_nav, "granted")
    puzzling = entered(replace(from_nav, status="parked", code="outcome_unknown"), "contacted")

    assert statuses(puzzling) == [("received", "")]
    assert f"poll:{REFERRAL}:1" in [later.name for later in puzzling.only(Later)]


@pytest.mark.parametrize(
    "elsewhere", [SENDING, replace(SENT, status="parked", code="letter_undelivered"), replace(READ, status="closed")]
)
def test_nothing_is_entered_of_what_nav_has_not_got_or_has_done_with(elsewhere):
    with pytest.raises(Reject, match="not_now"):
        entered(elsewhere, "granted")


def test_a_notice_has_no_loan_to_be_granted():
    notice = replace(READ, matter="nav_notice")
    with pytest.raises(Reject, match="unknown_outcome"):
        entered(notice, "granted")
    with pytest.raises(Reject, match="unknown_outcome"):
        entered(notice, None)

    assert statuses(entered(notice, "contacted")) == [("closed", "")]


def test_a_reason_that_tells_of_no_source_is_refused():
    with pytest.raises(Reject, match="unknown_reason"):
        then(READ, by_hand(READ, "outcome", "content_wrong", outcome="granted"))
