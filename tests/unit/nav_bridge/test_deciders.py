"""Given a case's deliveries, when a message comes, then these deliveries and outputs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from chassis.errors import Reject
from chassis.outputs import OSLO, Answered, Call, Cancel, Event, Key, Later, Outcome
from chassis.testing import Decided, decide
from nav_bridge.domain import Case, Delivery, Policy
from nav_bridge.handlers import handlers
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryParked,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    HousingApplicationChanged,
    PollOutcome,
    ReferralRequested,
    SendAgain,
    SilenceLasts,
)

APPLICATION = "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0001"
REFERRAL = "9e079f93-2a56-5924-a35b-80f17614c5e6"
PUBLIC = "9972b37f-0e8f-5fc4-abce-a52ac6c20632"
NOW = datetime(2019, 5, 2, 9, 0, tzinfo=OSLO)
RECEIVED = datetime(2019, 5, 2, 9, 0, 4, tzinfo=OSLO)
CALL_KEY = uuid5(UUID(REFERRAL), "1")
LOOKUP_KEY = uuid5(CALL_KEY, "lookup:1")
PROOF = "a3" * 32
HANDLERS = handlers(Policy(first=60, longest=1000))

FIRST = Delivery(REFERRAL, 1, "consent", date(2019, 5, 2), status="sending")
UNCERTAIN = replace(FIRST, status="uncertain", attempts=1, lookups=1, proof=PROOF)
SENT = replace(FIRST, status="sent", attempts=1, proof=PROOF, sent_at=NOW, heard_at=NOW)
RECEIPTED = replace(SENT, status="received", received_at=RECEIVED)
ASKED = replace(RECEIPTED, polls=1)
ENDED = [
    replace(FIRST, status="rejected", code="missing_legal_basis"),
    replace(FIRST, status="parked", code="protected"),
    replace(RECEIPTED, status="closed", outcome="granted"),
]


def when(*deliveries: Delivery, then: Any, now: datetime = NOW) -> Decided:
    states = {Key("delivery", APPLICATION): Case(PUBLIC, deliveries)} if deliveries else {}
    return decide(HANDLERS, states, APPLICATION, then, now=now)


def requested(revision: int = 1) -> ReferralRequested:
    return ReferralRequested(
        referral_id=REFERRAL,
        revision=revision,
        public_id=PUBLIC,
        legal_basis="consent",
        requested_on=date(2019, 5, 2),
    )


def answer(
    outcome: Outcome, body: Mapping[str, Any] | None = None, to: str = "nav", key: UUID = CALL_KEY, revision: int = 1
) -> Answered:
    return Answered(to, key, outcome, body or {}, {"referral": REFERRAL, "revision": revision})


def accepted(**body: Any) -> Answered:
    return answer("accepted", {"received_at": RECEIVED.isoformat(), "proof": PROOF, "attempt": 1, **body})


def found(**body: Any) -> Answered:
    return answer("accepted", {"found": True, "received_at": RECEIVED.isoformat(), **body}, "nav-lookup", LOOKUP_KEY)


def not_found() -> Answered:
    return answer("accepted", {"found": False}, "nav-lookup", LOOKUP_KEY)


def outcome(word: str | None, polls: int = 1, **body: Any) -> Answered:
    told = {"found": True, "received_at": RECEIVED.isoformat(), "outcome": word, **body}
    return answer("accepted", told, "nav-outcome", uuid5(CALL_KEY, f"outcome:{polls}"))


def case_of(decided: Decided) -> Case:
    case = decided.states[Key("delivery", APPLICATION)]
    assert isinstance(case, Case)
    return case


def delivery_of(decided: Decided, revision: int = 1) -> Delivery:
    delivery = case_of(decided).find(REFERRAL, revision)
    assert delivery is not None
    return delivery


def facts(decided: Decided) -> list[Any]:
    return [output.data for output in decided.only(Event)]


def test_a_requested_referral_is_sent_under_a_key_of_referral_and_revision() -> None:
    decided = when(then=requested())
    assert decided.outputs == [Call("nav", CALL_KEY, {"referral": REFERRAL, "revision": 1})]
    assert delivery_of(decided) == FIRST
    assert case_of(decided).public_id == PUBLIC


@pytest.mark.parametrize("known", [FIRST, UNCERTAIN, RECEIPTED, *ENDED])
def test_the_same_revision_requested_again_changes_nothing(known: Delivery) -> None:
    decided = when(known, then=requested())
    assert (case_of(decided).deliveries, list(decided.outputs)) == ((known,), [])


@pytest.mark.parametrize("status", ["sending", "uncertain"])
def test_a_later_revision_waits_while_the_earlier_may_be_on_its_way(status: Any) -> None:
    decided = when(replace(FIRST, status=status), then=requested(revision=2))
    assert delivery_of(decided, 2).status == "requested"
    assert not decided.outputs


@pytest.mark.parametrize("earlier", [SENT, RECEIPTED, *ENDED])
def test_a_later_revision_goes_under_its_own_key_once_the_earlier_is_there(earlier: Delivery) -> None:
    decided = when(earlier, then=requested(revision=2))
    (call,) = decided.only(Call)
    assert (call.key, call.ref["revision"]) == (uuid5(UUID(REFERRAL), "2"), 2)
    assert delivery_of(decided) == earlier


def test_a_revision_that_is_older_than_one_asked_for_is_refused() -> None:
    with pytest.raises(Reject) as refused:
        when(replace(FIRST, revision=2), then=requested(revision=1))
    assert refused.value.code == "revision_stepped_back"


def test_an_accepted_referral_is_told_with_its_receipt_and_asked_after() -> None:
    decided = when(FIRST, then=accepted())
    assert facts(decided) == [
        DeliverySent(referral_id=REFERRAL, revision=1, sent_at=NOW),
        DeliveryReceived(referral_id=REFERRAL, revision=1, received_at=RECEIVED),
        HousingApplicationChanged(status="referral_delivered"),
    ]
    assert [(later.at, later.message) for later in decided.only(Later)] == [
        (NOW + timedelta(days=30), SilenceLasts(referral_id=REFERRAL, revision=1)),
        (NOW + timedelta(seconds=60), PollOutcome(referral_id=REFERRAL, revision=1)),
    ]
    assert delivery_of(decided) == RECEIPTED


def test_facts_of_the_case_are_on_its_own_key_and_the_open_one_on_its_public_id() -> None:
    decided = when(FIRST, then=accepted())
    assert [event.subject for event in decided.only(Event)] == [APPLICATION, APPLICATION, PUBLIC]


def test_an_accept_without_receipt_is_sent_but_not_received() -> None:
    decided = when(FIRST, then=accepted(received_at=None))
    assert [type(fact) for fact in facts(decided)] == [DeliverySent, HousingApplicationChanged]
    assert delivery_of(decided) == SENT


def test_an_accept_lets_the_waiting_revision_go() -> None:
    decided = when(FIRST, replace(FIRST, revision=2, status="requested"), then=accepted())
    (call,) = decided.only(Call)
    assert call.key == uuid5(UUID(REFERRAL), "2")
    assert delivery_of(decided, 2).status == "sending"


def test_a_waiting_revision_goes_when_the_earlier_is_parked() -> None:
    decided = when(FIRST, replace(FIRST, revision=2, status="requested"), then=answer("refused", {"code": "protected"}))
    assert [call.ref["revision"] for call in decided.only(Call)] == [2]


def test_a_refusal_in_a_word_we_know_ends_the_delivery() -> None:
    decided = when(FIRST, then=answer("refused", {"code": "missing_legal_basis"}))
    assert facts(decided) == [DeliveryRejected(referral_id=REFERRAL, revision=1, code="missing_legal_basis")]
    assert delivery_of(decided).status == "rejected"


@pytest.mark.parametrize("code", ["protected", "unknown_answer", "referral_incomplete"])
def test_a_refusal_that_no_machine_can_mend_goes_to_a_person(code: str) -> None:
    decided = when(FIRST, then=answer("refused", {"code": code}))
    assert facts(decided) == [DeliveryParked(referral_id=REFERRAL, revision=1, code=code)]
    assert delivery_of(decided).status == "parked"


def test_a_refusal_without_a_word_goes_to_a_person() -> None:
    decided = when(FIRST, then=answer("refused"))
    assert facts(decided) == [DeliveryParked(referral_id=REFERRAL, revision=1, code="unknown_answer")]


def test_an_unreachable_nav_is_noted_and_nothing_else_happens() -> None:
    decided = when(FIRST, then=answer("unreachable"))
    assert not decided.outputs
    assert delivery_of(decided) == replace(FIRST, unreachable_since=NOW)


def test_the_note_goes_when_nav_answers() -> None:
    assert delivery_of(when(replace(FIRST, unreachable_since=NOW), then=accepted())) == RECEIPTED


def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again() -> None:
    decided = when(FIRST, then=answer("unknown", {"proof": PROOF, "attempt": 1}))
    assert decided.outputs == [Call("nav-lookup", LOOKUP_KEY, {"referral": REFERRAL, "revision": 1})]
    assert delivery_of(decided) == UNCERTAIN


def test_a_looked_up_referral_that_nav_has_is_as_accepted() -> None:
    decided = when(UNCERTAIN, then=found())
    assert [type(fact) for fact in facts(decided)] == [DeliverySent, DeliveryReceived, HousingApplicationChanged]
    assert delivery_of(decided) == replace(RECEIPTED, lookups=1)


def test_a_looked_up_referral_that_nav_lacks_is_sent_again_under_the_same_key() -> None:
    decided = when(UNCERTAIN, then=not_found())
    assert decided.outputs == [Call("nav", CALL_KEY, {"referral": REFERRAL, "revision": 1})]
    assert delivery_of(decided).status == "sending"


def test_a_second_look_up_has_a_key_of_its_own() -> None:
    resent = replace(UNCERTAIN, status="sending", resends=1)
    (call,) = when(resent, then=answer("unknown", {"attempt": 2})).only(Call)
    assert (call.destination, call.key) == ("nav-lookup", uuid5(CALL_KEY, "lookup:2"))


@pytest.mark.parametrize(("resends", "seconds"), [(1, 60), (2, 120), (3, 240), (20, 1000)])
def test_what_nav_keeps_losing_is_sent_again_ever_more_seldom(resends: int, seconds: int) -> None:
    decided = when(replace(UNCERTAIN, resends=resends), then=not_found())
    (later,) = decided.outputs
    assert isinstance(later, Later)
    assert (later.at, later.message) == (NOW + timedelta(seconds=seconds), SendAgain(referral_id=REFERRAL, revision=1))


def test_the_time_to_send_again_makes_the_same_call() -> None:
    decided = when(replace(UNCERTAIN, resends=1), then=SendAgain(referral_id=REFERRAL, revision=1))
    assert [(call.destination, call.key) for call in decided.only(Call)] == [("nav", CALL_KEY)]
    assert delivery_of(decided).resends == 2


@pytest.mark.parametrize("delivery", [FIRST, RECEIPTED, *ENDED])
def test_a_late_time_to_send_again_sends_nothing(delivery: Delivery) -> None:
    assert not when(delivery, then=SendAgain(referral_id=REFERRAL, revision=1)).outputs


def test_a_look_up_without_an_answer_is_made_anew() -> None:
    decided = when(UNCERTAIN, then=answer("unknown", {}, "nav-lookup", LOOKUP_KEY))
    assert [(call.destination, call.key) for call in decided.only(Call)] == [
        ("nav-lookup", uuid5(CALL_KEY, "lookup:2"))
    ]


def test_a_look_up_that_cannot_be_made_is_for_a_person_as_it_would_be_made_again_at_once_and_for_ever() -> None:
    decided = when(UNCERTAIN, then=answer("refused", {"code": "no_office"}, "nav-lookup", LOOKUP_KEY))
    assert (delivery_of(decided).status, delivery_of(decided).code) == ("parked", "no_office")


def test_an_unreachable_look_up_is_only_noted() -> None:
    decided = when(UNCERTAIN, then=answer("unreachable", {}, "nav-lookup", LOOKUP_KEY))
    assert (delivery_of(decided).unreachable_since, list(decided.outputs)) == (NOW, [])


def test_an_answer_to_an_older_look_up_changes_nothing() -> None:
    asked_twice = replace(UNCERTAIN, lookups=2)
    decided = when(asked_twice, then=not_found())
    assert (delivery_of(decided), list(decided.outputs)) == (asked_twice, [])


def test_a_key_that_nav_has_with_other_content_is_looked_up() -> None:
    decided = when(FIRST, then=answer("refused", {"code": "key_conflict", "attempt": 2}))
    assert [call.destination for call in decided.only(Call)] == ["nav-lookup"]
    assert facts(when(delivery_of(decided), then=found()))[0].type == "delivery.sent"


def test_the_proof_stays_that_of_what_nav_took_under_the_key() -> None:
    first = delivery_of(when(FIRST, then=answer("unknown", {"attempt": 1, "proof": PROOF})))
    other = {"code": "key_conflict", "attempt": 2, "proof": "b4" * 32}
    assert delivery_of(when(replace(first, status="sending"), then=answer("refused", other))).proof == PROOF


def test_a_key_that_nav_both_has_and_lacks_goes_to_a_person() -> None:
    conflicting = delivery_of(when(FIRST, then=answer("refused", {"code": "key_conflict"})))
    assert facts(when(conflicting, then=not_found())) == [
        DeliveryParked(referral_id=REFERRAL, revision=1, code="key_conflict")
    ]


@pytest.mark.parametrize("delivery", [SENT, RECEIPTED])
def test_the_time_to_poll_asks_nav_for_the_outcome(delivery: Delivery) -> None:
    decided = when(delivery, then=PollOutcome(referral_id=REFERRAL, revision=1))
    assert decided.outputs == [Call("nav-outcome", uuid5(CALL_KEY, "outcome:1"), {"referral": REFERRAL, "revision": 1})]
    assert delivery_of(decided).polls == 1


@pytest.mark.parametrize("delivery", ENDED)
def test_a_delivery_that_has_ended_is_not_asked_after(delivery: Delivery) -> None:
    assert not when(delivery, then=PollOutcome(referral_id=REFERRAL, revision=1)).outputs


@pytest.mark.parametrize(("polls", "seconds"), [(1, 120), (2, 240), (5, 1000), (5000, 1000)])
def test_an_open_outcome_is_asked_for_again_at_a_growing_distance(polls: int, seconds: int) -> None:
    decided = when(replace(RECEIPTED, polls=polls), then=outcome(None, polls))
    (later,) = decided.outputs
    assert isinstance(later, Later)
    assert later.at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("word", ["granted", "refused", "withdrawn", "expired"])
def test_a_final_outcome_closes_the_delivery(word: Any) -> None:
    decided = when(ASKED, then=outcome(word))
    assert decided.outputs == [
        Event(APPLICATION, DeliveryOutcome(referral_id=REFERRAL, revision=1, outcome=word)),
        Event(PUBLIC, HousingApplicationChanged(status="referral_closed")),
        Cancel(f"silence:{REFERRAL}:1"),
    ]
    assert delivery_of(decided) == replace(ASKED, status="closed", outcome=word)


@pytest.mark.parametrize("word", ["contacted", "application_sent"])
def test_an_outcome_on_the_way_is_told_once_and_followed_further(word: Any) -> None:
    first = when(ASKED, then=outcome(word))
    assert facts(first) == [DeliveryOutcome(referral_id=REFERRAL, revision=1, outcome=word)]
    again = when(delivery_of(first), then=outcome(word))
    assert not facts(again)
    assert [len(decided.only(Later)) for decided in (first, again)] == [2, 1]


def test_a_receipt_that_was_late_is_told_with_the_outcome() -> None:
    decided = when(replace(SENT, polls=1), then=outcome("granted"))
    assert [fact.type for fact in facts(decided)] == [
        "delivery.received",
        "delivery.outcome",
        "housing_application.changed",
    ]
    assert delivery_of(decided).received_at == RECEIVED


def test_an_outcome_in_an_unknown_word_goes_to_a_person() -> None:
    decided = when(ASKED, then=outcome(None, code="outcome_unknown"))
    assert facts(decided) == [DeliveryParked(referral_id=REFERRAL, revision=1, code="outcome_unknown")]


def test_a_receipt_beside_an_outcome_in_an_unknown_word_is_told_all_the_same() -> None:
    decided = when(replace(SENT, polls=1), then=outcome(None, code="outcome_unknown"))
    assert [fact.type for fact in facts(decided)] == ["delivery.received", "delivery.parked"]
    assert delivery_of(decided).received_at == RECEIVED


def test_a_referral_that_nav_took_and_lost_goes_to_a_person() -> None:
    decided = when(ASKED, then=outcome(None, found=False))
    assert facts(decided) == [DeliveryParked(referral_id=REFERRAL, revision=1, code="lost_by_nav")]


@pytest.mark.parametrize("said", ["unknown", "refused"])
def test_a_poll_without_an_answer_is_made_again_later(said: Outcome) -> None:
    decided = when(ASKED, then=answer(said, {}, "nav-outcome", uuid5(CALL_KEY, "outcome:1")))
    assert [type(output) for output in decided.outputs] == [Later]


def test_an_unreachable_poll_is_only_noted() -> None:
    decided = when(ASKED, then=answer("unreachable", {}, "nav-outcome", uuid5(CALL_KEY, "outcome:1")))
    assert (delivery_of(decided).unreachable_since, list(decided.outputs)) == (NOW, [])


def test_an_older_revisions_outcome_leaves_the_referral_open_to_the_public() -> None:
    newer = replace(RECEIPTED, revision=2)
    assert [fact.type for fact in facts(when(ASKED, newer, then=outcome("withdrawn")))] == ["delivery.outcome"]


def test_two_revisions_are_asked_after_by_timers_of_their_own() -> None:
    first = when(FIRST, then=accepted()).only(Later)
    second = replace(FIRST, revision=2)
    other = when(RECEIPTED, second, then=replace(accepted(), ref={"referral": REFERRAL, "revision": 2})).only(Later)
    assert len({later.name for later in (*first, *other)}) == 4


LATE = [
    accepted(),
    answer("refused", {"code": "missing_legal_basis"}),
    answer("refused", {"code": "protected"}),
    answer("unknown"),
    answer("unreachable"),
    found(),
    not_found(),
    outcome("granted"),
    outcome("refused"),
    outcome(None),
]


@pytest.mark.parametrize("end", ENDED, ids=lambda end: end.status)
@pytest.mark.parametrize("late", LATE, ids=lambda late: f"{late.destination}-{late.outcome}")
def test_an_end_is_never_left_by_a_late_or_double_answer(end: Delivery, late: Answered) -> None:
    asked = replace(end, lookups=1, polls=1)
    decided = when(asked, then=late)
    assert (case_of(decided).deliveries, list(decided.outputs)) == ((asked,), [])


@pytest.mark.parametrize("double", LATE[:7], ids=lambda late: f"{late.destination}-{late.outcome}")
def test_what_is_delivered_is_not_undone_by_a_double_answer(double: Answered) -> None:
    delivered = replace(RECEIPTED, lookups=1)
    decided = when(delivered, then=double)
    assert (case_of(decided).deliveries, list(decided.outputs)) == ((delivered,), [])


@pytest.mark.parametrize("late", [answer("refused", {"code": "protected"}), answer("unknown"), answer("unreachable")])
def test_only_an_accept_counts_while_a_look_up_is_under_way(late: Answered) -> None:
    decided = when(UNCERTAIN, then=late)
    assert (case_of(decided).deliveries, list(decided.outputs)) == ((UNCERTAIN,), [])
    assert delivery_of(when(UNCERTAIN, then=accepted())).status == "received"


@pytest.mark.parametrize("stray", LATE, ids=lambda late: f"{late.destination}-{late.outcome}")
def test_an_answer_to_no_delivery_of_the_case_changes_nothing(stray: Answered) -> None:
    assert when(then=stray).outputs == ()
