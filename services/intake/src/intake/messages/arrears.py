"""Events of a tenancy's ledger. `line_id` is the line's own; `amends` is another line's. Amounts in øre."""

from datetime import date
from typing import ClassVar, Literal

from intake.messages.parts import Thin


class LedgerLine(Thin):
    """What every line of the ledger tells."""

    type: ClassVar[str]
    line_id: str
    dated_on: date


class InvoiceIssued(LedgerLine):
    type: ClassVar[str] = "invoice.issued"
    amount_ore: int
    due_on: date
    kid: str | None = None


class InvoiceAdjusted(LedgerLine):
    """`amount_ore`: the new amount of the whole invoice."""

    type: ClassVar[str] = "invoice.adjusted"
    amends: str
    amount_ore: int


class InvoiceCredited(LedgerLine):
    """`amount_ore`: what is credited of the invoice."""

    type: ClassVar[str] = "invoice.credited"
    amends: str
    amount_ore: int


class PaymentRegistered(LedgerLine):
    type: ClassVar[str] = "payment.registered"
    amount_ore: int
    kid: str | None = None


class PaymentReversed(LedgerLine):
    type: ClassVar[str] = "payment.reversed"
    amends: str


class PaymentHeld(LedgerLine):
    """An unmatched payment that may belong to this tenancy."""

    type: ClassVar[str] = "payment.held"
    amount_ore: int


class PaymentReleased(LedgerLine):
    """It is found out whose it is: if this tenancy's, `payment.registered` tells of it."""

    type: ClassVar[str] = "payment.released"
    amends: str


class DirectDebitEnded(LedgerLine):
    type: ClassVar[str] = "direct_debit.ended"
    arrangement: Literal["avtalegiro", "deduction"] | None = None


class DirectDebitFailed(LedgerLine):
    type: ClassVar[str] = "direct_debit.failed"


class ReminderSent(LedgerLine):
    type: ClassVar[str] = "reminder.sent"
    deadline_on: date | None = None


class PaymentPlanAgreed(LedgerLine):
    """One instalment. `amends`: the plan's first line; None on that line itself."""

    type: ClassVar[str] = "payment_plan.agreed"
    amount_ore: int
    due_on: date
    amends: str | None = None


class PaymentPlanChanged(LedgerLine):
    """One instalment of those that are left from `dated_on` on."""

    type: ClassVar[str] = "payment_plan.changed"
    amount_ore: int
    due_on: date
    amends: str


class PaymentPlanEnded(LedgerLine):
    type: ClassVar[str] = "payment_plan.ended"
    amends: str


class EvictionNoticeSent(LedgerLine):
    """The notice of tvangsfullbyrdelsesloven § 4-18, sent on `dated_on`. `written_on`: the date that it bears."""

    type: ClassVar[str] = "eviction_notice.sent"
    amount_ore: int
    deadline_on: date
    written_on: date | None = None
    received_on: date | None = None


class NavNoticeReserved(LedgerLine):
    """The tenant's reservation against a notice to NAV, husleieloven § 9-11."""

    type: ClassVar[str] = "nav_notice.reserved"


class NavNoticeReservationLifted(LedgerLine):
    type: ClassVar[str] = "nav_notice.reservation_lifted"


class EnforcementRequested(LedgerLine):
    type: ClassVar[str] = "enforcement.requested"


class EnforcementScheduled(LedgerLine):
    type: ClassVar[str] = "enforcement.scheduled"
    scheduled_on: date


class EnforcementLifted(LedgerLine):
    type: ClassVar[str] = "enforcement.lifted"


class EnforcementExecuted(LedgerLine):
    type: ClassVar[str] = "enforcement.executed"


class BostotteTransportStarted(LedgerLine):
    """The tenant's bostøtte is paid to the landlord."""

    type: ClassVar[str] = "bostotte_transport.started"


class BostotteTransportEnded(LedgerLine):
    type: ClassVar[str] = "bostotte_transport.ended"


class DisputeOpened(LedgerLine):
    """The tenant contests what is claimed."""

    type: ClassVar[str] = "dispute.opened"


class DisputeClosed(LedgerLine):
    type: ClassVar[str] = "dispute.closed"


class LedgerClosed(LedgerLine):
    type: ClassVar[str] = "ledger.closed"
    account: str
    as_of: date


ARREARS: tuple[type[LedgerLine], ...] = (
    InvoiceIssued,
    InvoiceAdjusted,
    InvoiceCredited,
    PaymentRegistered,
    PaymentReversed,
    PaymentHeld,
    PaymentReleased,
    DirectDebitEnded,
    DirectDebitFailed,
    ReminderSent,
    PaymentPlanAgreed,
    PaymentPlanChanged,
    PaymentPlanEnded,
    EvictionNoticeSent,
    NavNoticeReserved,
    NavNoticeReservationLifted,
    EnforcementRequested,
    EnforcementScheduled,
    EnforcementLifted,
    EnforcementExecuted,
    BostotteTransportStarted,
    BostotteTransportEnded,
    DisputeOpened,
    DisputeClosed,
)
