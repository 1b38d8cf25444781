"""Events of a tenancy's ledger. `line_id` is the line's own; `amends` is another line's. Amounts in øre."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class LedgerLine(BaseModel):
    """What every line of the ledger tells."""

    model_config = ConfigDict(frozen=True, extra="ignore")
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


class EvictionNoticeSent(LedgerLine):
    """The notice of tvangsfullbyrdelsesloven § 4-18."""

    type: ClassVar[str] = "eviction_notice.sent"
    amount_ore: int
    deadline_on: date


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
    EvictionNoticeSent,
    NavNoticeReserved,
    NavNoticeReservationLifted,
    EnforcementRequested,
    EnforcementScheduled,
    EnforcementLifted,
    EnforcementExecuted,
)
