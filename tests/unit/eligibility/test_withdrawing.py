"""An application is withdrawn, wherever its case stands."""

from datetime import date

import pytest

from chassis.errors import Reject
from chassis.outputs import Call, Event
from eligibility.messages import (
    ApplicationWithdrawn,
    AskAgain,
    DeliveryRejected,
    DeliverySent,
    FetchFacts,
    RecordDecision,
    ReferralWithdrawn,
)
from eligibility.translation.case_view import case_view
from eligibility.translation.policy_files import policy
from tests.contract.outputs import validate_events
from tests.unit.eligibility.given import APPLICATION, KEY, NOW, a_case, a_referred_case, registered, told, when

WITHDRAWN = ApplicationWithdrawn(withdrawn_on=date(2019, 5, 2))


def withdrawn(case):
    return when(case, WITHDRAWN).states[KEY]


def test_the_referral_is_called_back():
    case = a_referred_case()

    decided = when(case, WITHDRAWN)

    validate_events(decided.only(Event))
    (told_of,) = decided.only(ReferralWithdrawn)
    assert (told_of.referral_id, told_of.revision) == (case.referral.referral_id, 1)
    assert decided.states[KEY].withdrawn_on == date(2019, 5, 2)


def test_without_a_referral_nobody_is_told():
    assert when(a_case(), WITHDRAWN).only(Event) == []


def test_facts_that_come_afterwards_are_not_kept_and_lead_to_nothing():
    case = withdrawn(when(None, registered("startlan", None)).states[KEY])

    decided = when(case, told())

    assert decided.states[KEY] == case
    assert decided.states[KEY].facts is None
    assert decided.only(Event) == []


def test_the_door_is_not_asked_again():
    case = when(None, registered()).states[KEY]

    assert when(case, AskAgain()).only(Call) != []
    assert when(withdrawn(case), AskAgain()).only(Call) == []


@pytest.mark.parametrize(
    "command",
    [FetchFacts(), RecordDecision(outcome="granted", decided_by="sub", roles=("vedtakskontor", "boligutvalg"))],
)
def test_nobody_goes_on_with_it(command):
    with pytest.raises(Reject, match="application_withdrawn"):
        when(withdrawn(a_case()), command)


def test_a_referral_stopped_before_it_was_sent_is_shown_as_withdrawn_and_never_asked_for_again():
    case = withdrawn(a_referred_case())
    name = {"referral_id": case.referral.referral_id, "revision": 1}

    stopped = when(case, DeliveryRejected(**name, code="withdrawn")).states[KEY]

    assert (stopped.referral.status, stopped.referral.code) == ("withdrawn", "withdrawn")
    assert when(stopped, told()).only(Event) == []


def test_one_that_was_out_already_is_shown_as_sent():
    case = withdrawn(a_referred_case())
    sent = DeliverySent(referral_id=case.referral.referral_id, revision=1, sent_at=NOW)

    assert when(case, sent).states[KEY].referral.status == "sent"


def test_the_caseworker_reads_that_it_is_withdrawn():
    view = case_view(policy(), "5027", APPLICATION, withdrawn(a_referred_case()), events_waiting=False)

    assert view.not_referred.sentence == "Søknaden er trukket av søker."


def test_withdrawn_twice_is_withdrawn():
    case = withdrawn(a_referred_case())

    again = when(case, WITHDRAWN)

    assert again.states[KEY] == case
    assert again.only(Event) == []


def test_what_was_never_registered_is_not_withdrawn():
    with pytest.raises(Reject, match="unknown_case"):
        when(None, WITHDRAWN)
