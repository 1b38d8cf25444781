"""What became of a referral, as the caseworker sees it."""

from datetime import UTC, datetime

import pytest

from chassis.errors import Reject
from eligibility.messages import (
    DeliveryOutcome,
    DeliveryOverdue,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
)
from tests.unit.eligibility.given import KEY, a_case, a_referred_case, when

AT = datetime(2019, 5, 3, 8, 30, tzinfo=UTC)


def named(case, revision=1):
    return {"referral_id": case.referral.referral_id, "revision": revision}


def referral_after(*told):
    case = a_referred_case()
    for each, fields in told:
        case = when(case, each(**named(case), **fields)).states[KEY]
    return case.referral


def test_a_referral_is_sent_received_and_has_its_outcome():
    sent, received = (DeliverySent, {"sent_at": AT}), (DeliveryReceived, {"received_at": AT})

    assert referral_after().status == "requested"
    assert referral_after(sent).status == "sent"
    assert referral_after(sent, received).status == "received"
    assert referral_after(sent, received, (DeliveryOutcome, {"outcome": "granted"})).status == "granted"


def test_a_word_that_comes_late_is_kept_and_takes_nothing_back():
    sent, received = (DeliverySent, {"sent_at": AT}), (DeliveryReceived, {"received_at": AT})
    contacted, granted = ((DeliveryOutcome, {"outcome": outcome}) for outcome in ("contacted", "granted"))

    late = referral_after(received, granted, contacted, sent)

    assert (late.status, late.sent_at, late.received_at) == ("granted", AT, AT)


@pytest.mark.parametrize("outcome", ["contacted", "application_sent", "granted", "refused", "withdrawn", "expired"])
def test_every_outcome_is_kept(outcome):
    assert referral_after((DeliveryOutcome, {"outcome": outcome})).status == outcome


@pytest.mark.parametrize(("stopped", "status"), [(DeliveryRejected, "rejected"), (DeliveryParked, "parked")])
def test_a_stopped_delivery_says_why(stopped, status):
    referral = referral_after((stopped, {"code": "wrong_office"}))

    assert (referral.status, referral.code) == (status, "wrong_office")


def test_one_that_a_person_lets_go_on_is_shown_on_its_way_again():
    stopped, sent = (DeliveryParked, {"code": "protected"}), (DeliverySent, {"sent_at": AT})

    referral = referral_after(stopped, sent)

    assert (referral.status, referral.code) == ("sent", "")


def test_one_that_nav_lets_be_is_recalled():
    assert referral_after((DeliverySent, {"sent_at": AT}), (DeliveryRecalled, {})).status == "recalled"


def test_navs_silence_is_shown_until_nav_is_heard():
    silent = (DeliverySent, {"sent_at": AT}), (DeliveryOverdue, {"silent_since": AT})

    assert (referral_after(*silent).status, referral_after(*silent).silent_since) == ("sent", AT)
    assert referral_after(*silent, (DeliveryOutcome, {"outcome": "contacted"})).silent_since is None


def test_times_of_sending_and_receipt_stay_when_the_outcome_comes():
    told = ((DeliverySent, {"sent_at": AT}), (DeliveryReceived, {"received_at": AT}))

    referral = referral_after(*told, (DeliveryOutcome, {"outcome": "refused"}))

    assert (referral.sent_at, referral.received_at) == (AT, AT)


def test_what_is_told_of_another_revision_changes_nothing():
    case = a_referred_case()

    decided = when(case, DeliveryOutcome(**named(case, revision=2), outcome="granted"))

    assert decided.states[KEY] == case


def test_a_delivery_of_a_referral_that_is_not_ours_is_rejected():
    case = a_referred_case()
    for given in (None, a_case()):
        with pytest.raises(Reject) as refused:
            when(given, DeliverySent(**named(case), sent_at=AT))
        assert refused.value.code == "unknown_referral"
