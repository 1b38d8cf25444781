"""What eligibility reads, what it writes, and its own commands and timers."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
ApplicationType = Literal["kommunal_bolig", "startlan", "tilskudd"]
DwellingType = Literal["gjennomgangsbolig", "omsorgsbolig", "trygdebolig", "tilrettelagt"]
Overall = Literal["candidate", "not_candidate", "needs_mapping", "out_of_scope"]
Outcome = Literal["granted", "refused", "dismissed"]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Thin(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ApplicationRegistered(Thin):
    type: ClassVar[str] = "application.registered"
    public_id: Id
    applicant: Id
    application_type: ApplicationType
    dwelling_type: DwellingType | None
    received_on: date


class ApplicationWithdrawn(Thin):
    type: ClassVar[str] = "application.withdrawn"
    withdrawn_on: date


class AssessmentCompleted(Thin):
    """The overall alone: criteria reveal health and prison."""

    type: ClassVar[str] = "assessment.completed"
    overall: Overall
    guideline_version: str


class DecisionMade(Thin):
    """`decided_by`: the opaque `sub` of the person's token."""

    type: ClassVar[str] = "decision.made"
    outcome: Outcome
    decided_by: str
    role: str
    decided_on: date


class ReferralRequested(Thin):
    type: ClassVar[str] = "referral.requested"
    referral_id: Id
    revision: Revision
    public_id: Id
    legal_basis: Literal["consent", "law"]
    requested_on: date


class ReferralWithdrawn(Thin):
    """`revision`: the newest that was asked for; the older ones are withdrawn with it."""

    type: ClassVar[str] = "referral.withdrawn"
    referral_id: Id
    revision: Revision
    withdrawn_on: date


class HousingApplicationChanged(Thin):
    type: ClassVar[str] = "housing_application.changed"
    status: Literal["assessed", "decided", "referred"]
    due_on: date | None = None


class Delivery(Thin):
    """What nav-bridge tells of a referral, or of a notice, which is not for here; not a message by itself."""

    referral_id: Id
    revision: Revision
    matter: Literal["referral", "nav_notice"] = "referral"


class DeliverySent(Delivery):
    type: ClassVar[str] = "delivery.sent"
    sent_at: AwareDatetime


class DeliveryReceived(Delivery):
    type: ClassVar[str] = "delivery.received"
    received_at: AwareDatetime


class DeliveryOutcome(Delivery):
    type: ClassVar[str] = "delivery.outcome"
    outcome: Literal["contacted", "application_sent", "granted", "refused", "withdrawn", "expired"]


class DeliveryRejected(Delivery):
    type: ClassVar[str] = "delivery.rejected"
    code: Code


class DeliveryParked(Delivery):
    type: ClassVar[str] = "delivery.parked"
    code: Code


class DeliveryRecalled(Delivery):
    type: ClassVar[str] = "delivery.recalled"


class DeliveryOverdue(Delivery):
    type: ClassVar[str] = "delivery.overdue"
    silent_since: AwareDatetime


# What nav-bridge tells of them.
DELIVERIES = (
    DeliverySent,
    DeliveryReceived,
    DeliveryOutcome,
    DeliveryRejected,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryOverdue,
)


class RecordDecision(Thin):
    """A person's decision. `roles`: all that the person has. `version`: of the case that the person saw."""

    type: ClassVar[str] = "command.record_decision"
    outcome: Outcome
    decided_by: str
    roles: tuple[str, ...]
    version: int | None = None


class FetchFacts(Thin):
    """A person has supplemented the application at intake, a consent for one: ask its door again."""

    type: ClassVar[str] = "command.fetch_facts"


class AskAgain(Thin):
    """Nobody knows whether intake answered: looking again does no harm."""

    type: ClassVar[str] = "timer.ask_again"


class PersonErased(Thin):
    type: ClassVar[str] = "person.erased"
    applications: tuple[Id, ...]


class ErasureCompleted(Thin):
    """Nothing is kept of the person any longer."""

    type: ClassVar[str] = "erasure.completed"
    service: Literal["eligibility"] = "eligibility"


class EraseCase(Thin):
    """To a case: the person is erased."""

    type: ClassVar[str] = "tell.erase_case"
    person: Id


class CaseErased(Thin):
    """Back to the person: one case less."""

    type: ClassVar[str] = "tell.case_erased"
    case: Id
