"""What nav-bridge tells of a referral, kept for the caseworker."""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Message
from eligibility.domain.case import Case, Referral, changed
from eligibility.messages import DeliveryOutcome, DeliveryParked, DeliveryReceived, DeliveryRejected, DeliverySent

Told = DeliverySent | DeliveryReceived | DeliveryOutcome | DeliveryRejected | DeliveryParked


def delivery_told(case: Case | None, message: Message, context: Context) -> Decision:
    """What is told of an earlier revision changes nothing: the newest is what counts."""
    told: Told = message.data
    if case is None or case.referral is None or case.referral.referral_id != told.referral_id:
        raise Reject("unknown_referral", "Leveringen gjelder en henvisning som ikke finnes her.")
    if told.revision != case.referral.revision:
        return case, ()
    return changed(case, context.now, referral=_after(case.referral, told)), ()


def _after(referral: Referral, told: Told) -> Referral:
    match told:
        case DeliverySent(sent_at=at):
            return replace(referral, status="sent", sent_at=at)
        case DeliveryReceived(received_at=at):
            return replace(referral, status="received", received_at=at)
        case DeliveryOutcome(outcome=outcome):
            return replace(referral, status=outcome)
        case DeliveryRejected(code="withdrawn" as code):
            return replace(referral, status="withdrawn", code=code)
        case DeliveryRejected(code=code):
            return replace(referral, status="rejected", code=code)
        case DeliveryParked(code=code):
            return replace(referral, status="parked", code=code)
