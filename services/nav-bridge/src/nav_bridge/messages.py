"""What nav-bridge reads, what it writes, and the timers that it sets itself."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
# What is handed over: a referral, on its application's key, or a notice of husleieloven § 9-11, on its tenancy's.
Matter = Literal["referral", "nav_notice"]


class ReferralRequested(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "referral.requested"
    referral_id: Id
    revision: Revision
    public_id: Id
    legal_basis: Literal["consent", "law"]
    requested_on: date


class ReferralWithdrawn(BaseModel):
    """The referral with all its revisions."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "referral.withdrawn"
    referral_id: Id


class NavNoticeRequested(BaseModel):
    """A notice of husleieloven § 9-11 to NAV; what it says is asked for at its owner's door when it is sent."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "nav_notice.requested"
    notice_id: Id
    revision: Revision
    requested_on: date


class NavNoticeWithdrawn(BaseModel):
    """The notice with all its revisions."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "nav_notice.withdrawn"
    notice_id: Id


class NavNoticeReserved(BaseModel):
    """The tenant says no to any notice to NAV."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "nav_notice.reserved"
    line_id: Id
    dated_on: date


class NavNoticeReservationLifted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "nav_notice.reservation_lifted"
    line_id: Id
    dated_on: date


class DeliverySent(BaseModel):
    """NAV has taken it. `sent_at`: when the bridge learned so."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.sent"
    referral_id: Id
    revision: Revision
    sent_at: AwareDatetime
    matter: Matter = "referral"


class DeliveryReceived(BaseModel):
    """NAV's own receipt. `received_at`: by NAV's clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.received"
    referral_id: Id
    revision: Revision
    received_at: AwareDatetime
    matter: Matter = "referral"


class DeliveryOutcome(BaseModel):
    """How far NAV has come. `contacted` and `application_sent` are on the way, the others are final."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.outcome"
    referral_id: Id
    revision: Revision
    outcome: Literal["contacted", "application_sent", "granted", "refused", "withdrawn", "expired"]
    matter: Matter = "referral"


class DeliveryRejected(BaseModel):
    """NAV said no, in a word that we know: the sender can put it right with a new revision."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.rejected"
    referral_id: Id
    revision: Revision
    code: Code
    matter: Matter = "referral"


class DeliveryParked(BaseModel):
    """No machine may or can go on with it: a person has to."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.parked"
    referral_id: Id
    revision: Revision
    code: Code
    matter: Matter = "referral"


class DeliveryRecalled(BaseModel):
    """NAV lets it be, as it was withdrawn after NAV had it. `recalled_at`: when the bridge learned so."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.recalled"
    referral_id: Id
    revision: Revision
    recalled_at: AwareDatetime
    matter: Matter = "referral"


class DeliveryOverdue(BaseModel):
    """NAV has it and has said nothing new of it since `silent_since`. `period` counts such tellings since then."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "delivery.overdue"
    referral_id: Id
    revision: Revision
    silent_since: AwareDatetime
    period: Revision
    matter: Matter = "referral"


class HousingApplicationChanged(BaseModel):
    """The open stream's fact, on the application's `public_id`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "housing_application.changed"
    status: Literal["referral_delivered", "referral_closed"]
    due_on: date | None = None


class HandleDelivery(BaseModel):
    """A person takes a delivery in hand. `seen`: the delivery as the page with the form showed it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: ClassVar[str] = "command.handle_delivery"
    referral_id: Id
    revision: Revision
    act: Literal["recall", "park", "retry"]
    reason: Code
    seen: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    by: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PollOutcome(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "timer.poll_outcome"
    referral_id: Id
    revision: Revision


class SendAgain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "timer.send_again"
    referral_id: Id
    revision: Revision


class SilenceLasts(BaseModel):
    """NAV has said nothing for as long as it may."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "timer.silence_lasts"
    referral_id: Id
    revision: Revision


class PersonErased(BaseModel):
    """`tenancies`: those of the person alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "person.erased"
    applications: tuple[Id, ...]
    tenancies: tuple[Id, ...] = ()


class ErasureCompleted(BaseModel):
    """Nothing is kept of the person any longer."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "erasure.completed"
    service: Literal["nav-bridge"] = "nav-bridge"


class EraseCase(BaseModel):
    """To a case: the person is erased."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.erase_case"
    person: Id


class CaseErased(BaseModel):
    """Back to the person: one case less."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.case_erased"
    case: Id
