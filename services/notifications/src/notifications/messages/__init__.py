"""What notifications reads, what it writes, its commands, and what it tells itself."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from notifications.messages.care import (
    AddToDigest,
    AlertAssigned,
    AlertContactNoted,
    AlertEscalated,
    AlertSnoozed,
    AssignAlert,
    CareDue,
    DigestDue,
    EscalationStep,
    MendCare,
    NoteContact,
    ResolveAlert,
    SnoozeAlert,
)
from notifications.messages.parts import Frozen, Id, Ore, Version
from notifications.messages.staff import (
    Assignment,
    AssignTenancies,
    AssignTenancy,
    AuditDue,
    Away,
    RaiseAlarm,
    StaffMember,
    StoreStaff,
    TenancyAssigned,
    WatchAlerts,
)

__all__ = [  # of what stands in the files beside this one
    "AddToDigest",
    "AlertAssigned",
    "AlertContactNoted",
    "AlertEscalated",
    "AlertSnoozed",
    "AssignAlert",
    "AssignTenancies",
    "AssignTenancy",
    "Assignment",
    "AuditDue",
    "Away",
    "CareDue",
    "DigestDue",
    "EscalationStep",
    "Frozen",
    "Id",
    "MendCare",
    "NoteContact",
    "Ore",
    "RaiseAlarm",
    "ResolveAlert",
    "SnoozeAlert",
    "StaffMember",
    "StoreStaff",
    "TenancyAssigned",
    "Version",
    "WatchAlerts",
]

PositiveOre = Annotated[int, Field(strict=True, ge=1, le=2**53 - 1)]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
StageCode = Literal["F0", "F1", "F2", "F3", "F4", "F5", "F6"]
Resolution = Literal["cured", "ended", "executed", "renewed", "handled"]


class TenancyStarted(Frozen):
    type: ClassVar[str] = "tenancy.started"
    public_id: Id
    account: str
    tenants: tuple[Id, ...]
    rent_ore: Ore
    kid: str | None = None
    started_on: date
    lease_ends_on: date | None = None


class TenancyChanged(Frozen):
    """Only what is set has changed."""

    type: ClassVar[str] = "tenancy.changed"
    rent_ore: Ore | None = None
    kid: str | None = None
    tenants: tuple[Id, ...] | None = None
    started_on: date | None = None
    lease_ends_on: date | None = None


class TenancyRenewed(Frozen):
    """`lease_ends_on`: the new last day; None for a lease without end."""

    type: ClassVar[str] = "tenancy.renewed"
    renewed_on: date
    lease_ends_on: date | None = None


class TenancyEnded(Frozen):
    type: ClassVar[str] = "tenancy.ended"
    ended_on: date


class _Line(Frozen):
    line_id: Id
    dated_on: date


class InvoiceIssued(_Line):
    type: ClassVar[str] = "invoice.issued"
    amount_ore: Ore
    due_on: date
    kid: str | None = None


class InvoiceAdjusted(_Line):
    """`amount_ore`: the invoice's new amount."""

    type: ClassVar[str] = "invoice.adjusted"
    amends: Id
    amount_ore: Ore


class InvoiceCredited(_Line):
    """`amount_ore`: what is taken off the invoice."""

    type: ClassVar[str] = "invoice.credited"
    amends: Id
    amount_ore: Ore


class PaymentRegistered(_Line):
    type: ClassVar[str] = "payment.registered"
    amount_ore: Ore
    kid: str | None = None


class PaymentReversed(_Line):
    type: ClassVar[str] = "payment.reversed"
    amends: Id


class PaymentHeld(_Line):
    """An unmatched payment that may belong to this tenancy."""

    type: ClassVar[str] = "payment.held"
    amount_ore: Ore


class PaymentReleased(_Line):
    type: ClassVar[str] = "payment.released"
    amends: Id


class DirectDebitEnded(_Line):
    """An AvtaleGiro agreement or a deduction in a benefit."""

    type: ClassVar[str] = "direct_debit.ended"
    arrangement: Literal["avtalegiro", "deduction"] | None = None


class DirectDebitFailed(_Line):
    type: ClassVar[str] = "direct_debit.failed"


class ReminderSent(_Line):
    type: ClassVar[str] = "reminder.sent"
    deadline_on: date | None = None


class PaymentPlanAgreed(_Line):
    """One instalment. `amends`: the plan's first line; None on that line itself."""

    type: ClassVar[str] = "payment_plan.agreed"
    amount_ore: Ore
    due_on: date
    amends: Id | None = None


class PaymentPlanChanged(_Line):
    """One instalment of those that are left from `dated_on` on."""

    type: ClassVar[str] = "payment_plan.changed"
    amount_ore: Ore
    due_on: date
    amends: Id


class PaymentPlanEnded(_Line):
    type: ClassVar[str] = "payment_plan.ended"
    amends: Id


class EvictionNoticeSent(_Line):
    """A § 4-18 notice, sent on `dated_on`. `amount_ore`: the debt that it names; `written_on`: the date it bears."""

    type: ClassVar[str] = "eviction_notice.sent"
    amount_ore: Ore
    deadline_on: date
    written_on: date | None = None
    received_on: date | None = None


class NavNoticeReserved(_Line):
    type: ClassVar[str] = "nav_notice.reserved"


class NavNoticeReservationLifted(_Line):
    type: ClassVar[str] = "nav_notice.reservation_lifted"


class EnforcementRequested(_Line):
    type: ClassVar[str] = "enforcement.requested"


class EnforcementScheduled(_Line):
    type: ClassVar[str] = "enforcement.scheduled"
    scheduled_on: date


class EnforcementLifted(_Line):
    type: ClassVar[str] = "enforcement.lifted"


class EnforcementExecuted(_Line):
    type: ClassVar[str] = "enforcement.executed"


class BostotteTransportStarted(_Line):
    """The tenant's bostøtte is paid to the landlord."""

    type: ClassVar[str] = "bostotte_transport.started"


class BostotteTransportEnded(_Line):
    type: ClassVar[str] = "bostotte_transport.ended"


class DisputeOpened(_Line):
    type: ClassVar[str] = "dispute.opened"


class DisputeClosed(_Line):
    type: ClassVar[str] = "dispute.closed"


class LedgerClosed(Frozen):
    """All that is dated at latest `as_of` is in."""

    type: ClassVar[str] = "ledger.closed"
    account: str
    as_of: date


class RiskChanged(Frozen):
    """Level or stage is another than it was; level 0 is no open alert."""

    type: ClassVar[str] = "risk.changed"
    level: Annotated[int, Field(ge=0, le=4)]
    stage: StageCode
    as_of: date


class AlertRaised(Frozen):
    """A new alert, or the same one on a higher level: then with the id that it had."""

    type: ClassVar[str] = "alert.raised"
    alert_id: Id
    episode: Annotated[int, Field(ge=1)]
    level: Annotated[int, Field(ge=2, le=4)]
    rules: tuple[str, ...]
    kind: Literal["arrears", "lease"] = "arrears"
    as_of: date


class AlertAcknowledged(Frozen):
    """`acknowledged_by`: the token's opaque subject."""

    type: ClassVar[str] = "alert.acknowledged"
    alert_id: Id
    acknowledged_by: str


class AlertResolved(Frozen):
    type: ClassVar[str] = "alert.resolved"
    alert_id: Id
    resolution: Resolution
    as_of: date


class HousingTenancyChanged(Frozen):
    """The open stream's fact, on the tenancy's `public_id`."""

    type: ClassVar[str] = "housing_tenancy.changed"
    status: Literal["stage_changed"] = "stage_changed"
    stage: StageCode


class LeaseRunsOut(Frozen):
    """To a tenancy: a point in its lease's last time has come, if the lease still ends on that day."""

    type: ClassVar[str] = "timer.lease_runs_out"
    point: Literal["review", "decision", "notice", "over", "alarm"]
    ends_on: date


class BankFileMissed(Frozen):
    """To a tenancy: no close newer than `as_of` has come in time."""

    type: ClassVar[str] = "timer.bank_file_missed"
    as_of: date


class BankFileMissing(Frozen):
    """To the account, from its tenancies: the operator is to be told."""

    type: ClassVar[str] = "tell.bank_file_missing"
    account: str
    as_of: date


class AcknowledgeAlert(Frozen):
    """A caseworker has seen the alert as it was in that version."""

    type: ClassVar[str] = "command.acknowledge_alert"
    alert_id: Id
    version: Annotated[int, Field(ge=1)]
    by: str


class Threshold(Frozen):
    name: str
    value: Annotated[int, Field(ge=0, le=10**9)]


class RehearseThresholds(Frozen):
    """To a municipality: try these numbers on the past of `total` tenancies. `version`: of the page they come from."""

    type: ClassVar[str] = "command.rehearse_thresholds"
    numbers: tuple[Threshold, ...]
    total: Annotated[int, Field(ge=0)]
    version: Annotated[int, Field(ge=0)]
    by: str


class RehearsedAlert(Frozen):
    """An alert that isn't the same. Days are ordinals, 0 for no alert."""

    tenancy: Id
    what: Literal["appears", "vanishes", "moves"]
    before: int
    after: int
    peak_before: int
    peak_after: int


class NoteRehearsal(Frozen):
    """From who carries it out: so many tenancies are done in all, and what came of those since the last note."""

    type: ClassVar[str] = "command.note_rehearsal"
    rehearsal: int
    done: int
    before: int
    after: int
    found: tuple[RehearsedAlert, ...]


class ActivateThresholds(Frozen):
    """What was rehearsed holds for the days from `active_from` on."""

    type: ClassVar[str] = "command.activate_thresholds"
    rehearsal: int
    active_from: date
    version: Annotated[int, Field(ge=0)]
    by: str


class RequestNavNotice(Frozen):
    """A caseworker wants NAV to be told, from the alert as it was in that version."""

    type: ClassVar[str] = "command.request_nav_notice"
    alert_id: Id
    version: Annotated[int, Field(ge=1)]
    by: str


class NavNoticeRequested(Frozen):
    """The debt as it stood when it was asked for. `open_ore`: of each invoice, by `due_on`; they sum to `debt_ore`."""

    type: ClassVar[str] = "nav_notice.requested"
    notice_id: Id
    revision: Revision
    alert_id: Id
    as_of: date
    debt_ore: PositiveOre
    due_on: Annotated[tuple[date, ...], Field(min_length=1)]
    open_ore: Annotated[tuple[PositiveOre, ...], Field(min_length=1)]
    requested_by: str
    requested_on: date


class NavNoticeWithdrawn(Frozen):
    """The notice with all its revisions. `withdrawn_on`: by the ledger's own time."""

    type: ClassVar[str] = "nav_notice.withdrawn"
    notice_id: Id
    revision: Revision
    withdrawn_on: date


class _Delivery(Frozen):
    """What nav-bridge tells of a referral, or of a notice by its id; not a message by itself."""

    referral_id: Id
    revision: Revision
    matter: Literal["referral", "nav_notice"] = "referral"


class DeliverySent(_Delivery):
    type: ClassVar[str] = "delivery.sent"
    sent_at: AwareDatetime


class DeliveryReceived(_Delivery):
    type: ClassVar[str] = "delivery.received"
    received_at: AwareDatetime


class DeliveryOutcome(_Delivery):
    type: ClassVar[str] = "delivery.outcome"
    outcome: Literal["contacted", "application_sent", "granted", "refused", "withdrawn", "expired"]


class DeliveryRejected(_Delivery):
    type: ClassVar[str] = "delivery.rejected"
    code: Code


class DeliveryParked(_Delivery):
    type: ClassVar[str] = "delivery.parked"
    code: Code


class DeliveryRecalled(_Delivery):
    type: ClassVar[str] = "delivery.recalled"


class DeliveryOverdue(_Delivery):
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


class PersonErased(Frozen):
    """`shared_tenancies`: others live or lived there too."""

    type: ClassVar[str] = "person.erased"
    applications: tuple[Id, ...]
    tenancies: tuple[Id, ...]
    shared_tenancies: tuple[Id, ...]


class ErasureCompleted(Frozen):
    """Nothing is kept of the person any longer."""

    type: ClassVar[str] = "erasure.completed"
    service: Literal["notifications"] = "notifications"


class EraseTenancy(Frozen):
    """To a tenancy: its only tenant is erased."""

    type: ClassVar[str] = "tell.erase_tenancy"
    person: Id


class LeaveTenancy(Frozen):
    """To a tenancy: one of its tenants is erased."""

    type: ClassVar[str] = "tell.leave_tenancy"
    person: Id


class TenancyErased(Frozen):
    """Back to the person: one tenancy less."""

    type: ClassVar[str] = "tell.tenancy_erased"
    tenancy: Id
