"""What nav-bridge reads, what it writes, and the timers that it sets itself."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
# What is handed over: a referral, on its application's key, or a notice of husleieloven § 9-11, on its tenancy's.
Matter = Literal["referral", "nav_notice"]
Outcome = Literal["contacted", "application_sent", "granted", "refused", "withdrawn", "expired"]


class Thin(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _OfDelivery(Thin):
    """Of one referral or notice in one revision; not a message by itself."""

    referral_id: Id
    revision: Revision


class _Delivery(_OfDelivery):
    """What is told of a delivery; not a message by itself."""

    matter: Matter = "referral"


class ReferralRequested(Thin):
    type: ClassVar[str] = "referral.requested"
    referral_id: Id
    revision: Revision
    public_id: Id
    legal_basis: Literal["consent", "law"]
    requested_on: date


class ReferralWithdrawn(Thin):
    """The referral with all its revisions."""

    type: ClassVar[str] = "referral.withdrawn"
    referral_id: Id


class NavNoticeRequested(Thin):
    """A notice of husleieloven § 9-11 to NAV; what it says is asked for at its owner's door when it is sent."""

    type: ClassVar[str] = "nav_notice.requested"
    notice_id: Id
    revision: Revision
    requested_on: date


class NavNoticeWithdrawn(Thin):
    """The notice with all its revisions."""

    type: ClassVar[str] = "nav_notice.withdrawn"
    notice_id: Id


class NavNoticeReserved(Thin):
    """The tenant says no to any notice to NAV."""

    type: ClassVar[str] = "nav_notice.reserved"
    line_id: Id
    dated_on: date


class NavNoticeReservationLifted(Thin):
    type: ClassVar[str] = "nav_notice.reservation_lifted"
    line_id: Id
    dated_on: date


class DeliverySent(_Delivery):
    """NAV has taken it. `sent_at`: when the bridge learned so."""

    type: ClassVar[str] = "delivery.sent"
    sent_at: AwareDatetime


class DeliveryReceived(_Delivery):
    """NAV's own receipt. `received_at`: by NAV's clock."""

    type: ClassVar[str] = "delivery.received"
    received_at: AwareDatetime


class DeliveryOutcome(_Delivery):
    """How far NAV has come. `contacted` and `application_sent` are on the way, the others are final."""

    type: ClassVar[str] = "delivery.outcome"
    outcome: Outcome


class DeliveryRejected(_Delivery):
    """NAV said no, in a word that we know: the sender can put it right with a new revision."""

    type: ClassVar[str] = "delivery.rejected"
    code: Code


class DeliveryParked(_Delivery):
    """No machine may or can go on with it: a person has to."""

    type: ClassVar[str] = "delivery.parked"
    code: Code


class DeliveryRecalled(_Delivery):
    """NAV lets it be, as it was withdrawn after NAV had it. `recalled_at`: when the bridge learned so."""

    type: ClassVar[str] = "delivery.recalled"
    recalled_at: AwareDatetime


class DeliveryOverdue(_Delivery):
    """NAV has it and has said nothing new of it since `silent_since`. `period` counts such tellings since then."""

    type: ClassVar[str] = "delivery.overdue"
    silent_since: AwareDatetime
    period: Revision


class HousingApplicationChanged(Thin):
    """The open stream's fact, on the application's `public_id`."""

    type: ClassVar[str] = "housing_application.changed"
    status: Literal["referral_delivered", "referral_closed"]
    due_on: date | None = None


class HandleDelivery(BaseModel):
    """A person takes a delivery in hand. `seen`: the delivery as the page with the form showed it. `outcome`: what NAV
    has decided, where that is what is entered; `reason` is then where it is known from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: ClassVar[str] = "command.handle_delivery"
    referral_id: Id
    revision: Revision
    act: Literal["recall", "park", "retry", "outcome"]
    reason: Code
    outcome: Outcome | None = None
    seen: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    by: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TakeStanding(_OfDelivery):
    """NAV says unasked how a delivery stands. `number`: NAV's own, higher for each new standing of that delivery."""

    type: ClassVar[str] = "command.take_standing"
    number: Annotated[int, Field(ge=1, le=2**53 - 1)]
    received_at: AwareDatetime | None = None
    outcome: Outcome | None = None
    code: Code | None = None


class PollOutcome(_OfDelivery):
    type: ClassVar[str] = "timer.poll_outcome"


class SendAgain(_OfDelivery):
    type: ClassVar[str] = "timer.send_again"


class LookAgain(_OfDelivery):
    """Whether NAV has got after all what isn't wanted there any more."""

    type: ClassVar[str] = "timer.look_again"


class SilenceLasts(_OfDelivery):
    """NAV has said nothing for as long as it may."""

    type: ClassVar[str] = "timer.silence_lasts"


class PersonErased(Thin):
    """`tenancies`: those of the person alone."""

    type: ClassVar[str] = "person.erased"
    applications: tuple[Id, ...]
    tenancies: tuple[Id, ...] = ()


class ErasureCompleted(Thin):
    """Nothing is kept of the person any longer."""

    type: ClassVar[str] = "erasure.completed"
    service: Literal["nav-bridge"] = "nav-bridge"


class EraseCase(Thin):
    """To a case: the person is erased."""

    type: ClassVar[str] = "tell.erase_case"
    person: Id


class CaseErased(Thin):
    """Back to the person: one case less."""

    type: ClassVar[str] = "tell.case_erased"
    case: Id
