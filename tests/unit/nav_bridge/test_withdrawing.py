"""A referral is withdrawn, wherever its deliveries stand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import Reject
from chassis.outputs import Call, Key
from chassis.testing import Decided, decide
from nav_bridge.domain import Case, Delivery
from nav_bridge.messages import DeliveryRejected, DeliverySent, ReferralRequested, ReferralWithdrawn, SendAgain
from tests.unit.nav_bridge.test_deciders import (
    APPLICATION,
    FIRST,
    HANDLERS,
    NOW,
    PUBLIC,
    REFERRAL,
    UNCERTAIN,
    accepted,
    answer,
    found,
    not_found,
    requested,
    when,
)

KEY = Key("delivery", APPLICATION)
PARKED = replace(FIRST, status="parked")
WITHDRAWN = ReferralWithdrawn(referral_id=REFERRAL)


def then(state: Case | None, *bodies) -> Decided:
    """One message after the other on a case."""
    decided = Decided({KEY: state}, ())
    for body in bodies:
        decided = decide(HANDLERS, decided.states, APPLICATION, body, now=NOW)
    return decided


def case(*deliveries: Delivery) -> Case:
    return Case(PUBLIC, deliveries)


def statuses(decided: Decided) -> list[tuple[str, str]]:
    return [(each.status, each.code) for each in decided.states[KEY].deliveries]


def test_a_revision_that_waits_for_another_is_never_sent():
    waiting = replace(FIRST, revision=2, status="requested")

    decided = then(case(FIRST, waiting), WITHDRAWN)

    assert statuses(decided) == [("sending", ""), ("rejected", "withdrawn")]
    assert decided.only(DeliveryRejected) == [DeliveryRejected(referral_id=REFERRAL, revision=2, code="withdrawn")]
    (recall,) = then(decided.states[KEY], accepted()).only(Call)
    assert (recall.destination, recall.ref["revision"]) == ("nav-recall", 1)


def test_one_on_its_way_that_the_owners_door_stops_is_at_its_end():
    decided = then(case(FIRST), WITHDRAWN, answer("refused", {"code": "withdrawn"}))

    assert statuses(decided) == [("rejected", "withdrawn")]
    assert decided.only(DeliveryRejected)[0].code == "withdrawn"


def test_one_that_nav_had_taken_already_is_told_as_sent():
    assert then(case(FIRST), WITHDRAWN, accepted()).only(DeliverySent) != []
    assert then(case(UNCERTAIN), WITHDRAWN, found()).only(DeliverySent) != []


@pytest.mark.parametrize("resends", [0, 3])
def test_one_that_nav_turns_out_not_to_have_is_not_sent_again(resends):
    decided = then(case(replace(UNCERTAIN, resends=resends)), WITHDRAWN, not_found())

    assert statuses(decided) == [("rejected", "withdrawn")]
    assert decided.only(Call) == []


def test_a_timer_from_before_sends_nothing():
    due = SendAgain(referral_id=REFERRAL, revision=1)

    assert when(UNCERTAIN, then=due, now=NOW + timedelta(hours=1)).only(Call) != []
    assert then(case(UNCERTAIN), WITHDRAWN, due).only(Call) == []


def test_another_referral_of_the_case_goes_on():
    other = "9e079f93-2a56-5924-a35b-80f17614c5e7"
    asked = ReferralRequested.model_validate(requested().model_dump() | {"referral_id": other})

    decided = then(case(), WITHDRAWN, asked)

    assert [call.ref["referral"] for call in decided.only(Call)] == [other]


def test_a_revision_asked_for_after_the_withdrawal_is_stopped():
    decided = then(case(FIRST, replace(FIRST, revision=2, status="requested")), WITHDRAWN, requested(revision=3))

    assert statuses(decided)[-1] == ("rejected", "withdrawn")
    assert decided.only(Call) == []


def test_withdrawn_twice_is_withdrawn():
    once = then(case(replace(FIRST, status="requested")), WITHDRAWN)

    again = then(once.states[KEY], WITHDRAWN)

    assert again.states == once.states
    assert not again.outputs


def test_a_referral_that_nobody_asked_for_is_not_withdrawn():
    with pytest.raises(Reject, match="unknown_referral"):
        then(None, WITHDRAWN)


@pytest.mark.parametrize("code", ["protected", "stopped_by_person", "key_conflict", "lost_by_nav"])
def test_what_waited_for_a_person_and_is_withdrawn_is_at_its_end_and_told(code):
    sent_at = NOW if code == "lost_by_nav" else None
    decided = then(case(replace(PARKED, code=code, sent_at=sent_at)), WITHDRAWN)

    assert statuses(decided) == [("rejected", "withdrawn")]
    assert decided.only(DeliveryRejected) == [DeliveryRejected(referral_id=REFERRAL, revision=1, code="withdrawn")]
