"""Of the others' events, what the status view shows and what tells whether a case is closed."""

from datetime import date
from typing import ClassVar, Literal

from intake.messages.parts import Thin


class AssessmentCompleted(Thin):
    type: ClassVar[str] = "assessment.completed"
    overall: Literal["candidate", "not_candidate", "needs_mapping", "out_of_scope"]


class DecisionMade(Thin):
    type: ClassVar[str] = "decision.made"
    outcome: Literal["granted", "refused", "dismissed"]
    decided_on: date


class Delivery(Thin):
    """What nav-bridge tells of a referral, or of a notice, which is not for here; not a message by itself."""

    revision: int
    matter: Literal["referral", "nav_notice"] = "referral"


class DeliverySent(Delivery):
    type: ClassVar[str] = "delivery.sent"


class DeliveryReceived(Delivery):
    type: ClassVar[str] = "delivery.received"


class DeliveryOutcome(Delivery):
    """`contacted` and `application_sent` are on the way, the others are final."""

    type: ClassVar[str] = "delivery.outcome"
    outcome: Literal["contacted", "application_sent", "granted", "refused", "withdrawn", "expired"]


class DeliveryRejected(Delivery):
    type: ClassVar[str] = "delivery.rejected"


class DeliveryParked(Delivery):
    type: ClassVar[str] = "delivery.parked"


class DeliveryRecalled(Delivery):
    """NAV lets be what was withdrawn after it was sent."""

    type: ClassVar[str] = "delivery.recalled"
