"""A tenancy's notices of husleieloven § 9-11: sent once, and never against a reservation or after a withdrawal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chassis.errors import Reject
from chassis.outputs import Answered, Call, Event, Key
from chassis.testing import Decided, decide
from nav_bridge.domain import Case, Delivery, call_key
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    HousingApplicationChanged,
    NavNoticeRequested,
    NavNoticeReservationLifted,
    NavNoticeReserved,
    NavNoticeWithdrawn,
    SendAgain,
)
from tests.unit.nav_bridge.test_deciders import HANDLERS, NOW, RECEIVED

TENANCY = "6f1a3c9e-0000-5000-8000-00000000a001"
NOTICE = "6f1a3c9e-0000-5000-8000-00000000e001"
KEY = Key("delivery", TENANCY)
WITHDRAWN = NavNoticeWithdrawn(notice_id=NOTICE)
WAITING = Delivery(NOTICE, 1, "law", date(2019, 5, 2), matter="nav_notice")
SENDING = replace(WAITING, status="sending")
UNCERTAIN = replace(WAITING, status="uncertain", attempts=1, lookups=1)


def requested(revision: int = 1, id: str = NOTICE) -> NavNoticeRequested:
    return NavNoticeRequested(notice_id=id, revision=revision, requested_on=date(2019, 5, 2))


def reserved(day: int) -> NavNoticeReserved:
    return NavNoticeReserved(line_id=f"6f1a3c9e-0000-5000-8000-0000000000{day:02}", dated_on=date(2019, 4, day))


def lifted(day: int) -> NavNoticeReservationLifted:
    line = f"6f1a3c9e-0000-5000-8000-0000000001{day:02}"
    return NavNoticeReservationLifted(line_id=line, dated_on=date(2019, 4, day))


def answered(destination: str, outcome: Any, body: dict[str, Any] | None = None, delivery: Delivery = SENDING) -> Any:
    keys = {"nav": delivery.call_key, "nav-lookup": delivery.lookup_key, "nav-outcome": delivery.outcome_key}
    ref = {"referral": delivery.referral_id, "revision": delivery.revision, "matter": "nav_notice"}
    return Answered(destination, keys[destination], outcome, body or {}, ref)


def then(state: Case | None, *bodies: Any) -> Decided:
    decided, outputs = Decided({KEY: state}, ()), list[Any]()
    for body in bodies:
        decided = decide(HANDLERS, decided.states, TENANCY, body, now=NOW)
        outputs += decided.outputs
    return Decided(decided.states, outputs)


def case(*deliveries: Delivery, **more: Any) -> Case:
    return Case(deliveries=deliveries, **more)


def ends(decided: Decided) -> Sequence[tuple[str, str]]:
    return [(each.status, each.code) for each in decided.states[KEY].deliveries]


def test_a_notice_goes_to_nav_under_a_key_of_notice_and_revision():
    (call,) = then(None, requested()).only(Call)

    ref = {"referral": NOTICE, "revision": 1, "matter": "nav_notice"}
    assert call == Call("nav", call_key(NOTICE, 1), ref)


def test_what_nav_says_is_told_on_the_tenancy_and_never_on_the_open_stream():
    decided = then(case(SENDING), answered("nav", "accepted", {"received_at": RECEIVED.isoformat()}))

    told = [output for output in decided.outputs if isinstance(output, Event)]
    assert [each.subject for each in told] == [TENANCY, TENANCY]
    assert decided.only(DeliverySent) == [
        DeliverySent(referral_id=NOTICE, revision=1, sent_at=NOW, matter="nav_notice")
    ]
    assert decided.only(DeliveryReceived)[0].matter == "nav_notice"
    assert decided.only(HousingApplicationChanged) == []


def test_a_notice_has_done_its_work_when_nav_has_reached_the_tenant():
    asked = replace(SENDING, status="received", polls=1, received_at=RECEIVED)
    body = {"found": True, "outcome": "contacted", "received_at": RECEIVED.isoformat()}

    decided = then(case(asked), answered("nav-outcome", "accepted", body, asked))

    assert decided.states[KEY].deliveries[0].status == "closed"
    assert [each.outcome for each in decided.only(DeliveryOutcome)] == ["contacted"]
    assert decided.only(HousingApplicationChanged) == []


def test_nothing_is_sent_of_a_tenant_who_has_said_no():
    decided = then(None, reserved(1), requested())

    assert decided.only(Call) == []
    (told,) = decided.only(DeliveryRejected)
    assert (told.code, told.matter) == ("reserved", "nav_notice")


def test_a_reservation_stops_what_waits_and_what_nav_turns_out_not_to_have():
    waiting = replace(WAITING, revision=2)
    decided = then(
        case(UNCERTAIN, waiting), reserved(1), answered("nav-lookup", "accepted", {"found": False}, UNCERTAIN)
    )

    assert ends(decided) == [("rejected", "reserved"), ("rejected", "reserved")]
    assert decided.only(Call) == []


def test_a_reservation_ends_what_waits_for_a_person_too():
    assert ends(then(case(replace(SENDING, status="parked", code="no_office")), reserved(1))) == [
        ("rejected", "reserved")
    ]


def test_a_timer_from_before_the_reservation_sends_nothing():
    due = SendAgain(referral_id=NOTICE, revision=1)

    assert then(case(UNCERTAIN), due).only(Call) != []
    assert then(case(UNCERTAIN), reserved(1), due).only(Call) == []


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        ((reserved(1), lifted(2)), True),
        ((lifted(2), reserved(1)), True),
        ((reserved(3), lifted(2)), False),
        ((lifted(2), reserved(3)), False),
    ],
)
def test_the_newest_word_by_its_own_date_counts_in_whatever_order_they_come(lines, sent):
    assert bool(then(None, *lines, requested()).only(Call)) == sent


def test_a_reservation_says_nothing_of_a_referral():
    referral = replace(WAITING, matter="referral", legal_basis="consent")
    assert Case("p", (referral,), reservations=then(None, reserved(1)).states[KEY].reservations).forbids(referral) == ""


def test_one_that_is_withdrawn_before_it_is_sent_is_never_sent():
    other = "6f1a3c9e-0000-5000-8000-00000000e002"
    decided = then(case(replace(SENDING, referral_id=other), WAITING), WITHDRAWN)

    assert ends(decided) == [("sending", ""), ("rejected", "withdrawn")]
    assert then(decided.states[KEY], requested(revision=2)).only(Call) == []


def test_a_notice_that_nobody_asked_for_is_not_withdrawn():
    with pytest.raises(Reject, match="unknown_notice"):
        then(case(), WITHDRAWN)


def test_a_revision_never_steps_back_and_the_same_is_asked_for_once():
    known = case(replace(WAITING, revision=2, status="parked", code="protected"))
    with pytest.raises(Reject, match="revision_stepped_back"):
        then(known, requested())
    assert not then(known, requested(revision=2)).outputs
