"""What nav-bridge tells of a referral, kept for the caseworker."""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Message
from eligibility.domain.case import Case, Referral, ReferralStatus, changed
from eligibility.messages import (
    DeliveryOutcome,
    DeliveryOverdue,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
)

# How far a referral has come with each word; all others are ends. A word that comes late doesn't take it back.
ON_ITS_WAY = ("requested", "sent", "received", "contacted", "application_sent")

Heard = DeliverySent | DeliveryReceived | DeliveryOutcome | DeliveryRejected | DeliveryParked | DeliveryRecalled
Told = Heard | DeliveryOverdue


def delivery_told(case: Case | None, message: Message, context: Context) -> Decision:
    """What is told of an earlier revision changes nothing: the newest is what counts. A notice is another's."""
    told: Told = message.data
    if told.matter != "referral":
        return case, ()
    if case is None or case.referral is None or case.referral.referral_id != told.referral_id:
        raise Reject("unknown_referral", "Leveringen gjelder en henvisning som ikke finnes her.")
    if told.revision != case.referral.revision:
        return case, ()
    return changed(case, context.now, referral=_after(case.referral, told)), ()


def _after(referral: Referral, told: Told) -> Referral:
    """Whatever else is told of it, NAV is silent no longer."""
    if isinstance(told, DeliveryOverdue):
        return replace(referral, silent_since=told.silent_since)
    return _heard(replace(referral, silent_since=None), told)


def _heard(referral: Referral, told: Heard) -> Referral:
    match told:
        case DeliverySent(sent_at=at):
            return replace(_come_to("sent", referral), sent_at=at)
        case DeliveryReceived(received_at=at):
            return replace(_come_to("received", referral), received_at=at)
        case DeliveryOutcome(outcome=outcome):
            return _come_to(outcome, referral)
        case DeliveryRejected(code=code):
            return replace(referral, status="withdrawn" if code == "withdrawn" else "rejected", code=code)
        case DeliveryParked(code=code):
            return replace(referral, status="parked", code=code)
        case DeliveryRecalled():
            return _come_to("recalled", referral)


def _come_to(status: ReferralStatus, referral: Referral) -> Referral:
    """Where it was stopped for a person, the person has let it go on."""
    if referral.status == "parked":
        return replace(referral, status=status, code="")
    return replace(referral, status=status) if _distance(status) >= _distance(referral.status) else referral


def _distance(status: ReferralStatus) -> int:
    return ON_ITS_WAY.index(status) if status in ON_ITS_WAY else len(ON_ITS_WAY)
