"""Pure deciders over one tenancy: its ledger is booked, judged, and what became of it is told. And over one account."""

from functools import partial

from chassis.outputs import Handler, answered
from notifications.domain.account import Account
from notifications.domain.feed import Feed
from notifications.domain.tenancy import Tenancy
from notifications.domain.thresholds import Thresholds
from notifications.handlers.acknowledging import acknowledge_alert
from notifications.handlers.booking import (
    invoice_adjusted,
    invoice_credited,
    invoice_issued,
    ledger_closed,
    payment_registered,
    payment_reversed,
)
from notifications.handlers.freezing import bank_file_missed, bank_file_missing
from notifications.handlers.lines import BankDay, norwegian_bank_day
from notifications.handlers.mailing import mail_answered, operator_mail_answered
from notifications.handlers.stepping import enforcement_stepped, eviction_notice_sent, reservation_told
from notifications.handlers.tenancies import tenancy_changed, tenancy_ended, tenancy_started
from notifications.messages import (
    AcknowledgeAlert,
    BankFileMissed,
    BankFileMissing,
    EnforcementExecuted,
    EnforcementLifted,
    EnforcementRequested,
    EnforcementScheduled,
    EvictionNoticeSent,
    InvoiceAdjusted,
    InvoiceCredited,
    InvoiceIssued,
    LedgerClosed,
    NavNoticeReservationLifted,
    NavNoticeReserved,
    PaymentRegistered,
    PaymentReversed,
    TenancyChanged,
    TenancyEnded,
    TenancyStarted,
)
from notifications.translation import feed, thresholds

KINDS: dict[str, type] = {"tenancy": Tenancy, "account": Account}
ENFORCEMENT = (EnforcementRequested, EnforcementScheduled, EnforcementLifted, EnforcementExecuted)


def handlers(limits: Thresholds, feed: Feed, bank_day: BankDay) -> tuple[Handler, ...]:
    return (
        Handler(TenancyStarted.type, "tenancy", tenancy_started),
        Handler(TenancyChanged.type, "tenancy", tenancy_changed),
        Handler(TenancyEnded.type, "tenancy", partial(tenancy_ended, limits)),
        Handler(InvoiceIssued.type, "tenancy", partial(invoice_issued, limits, bank_day)),
        Handler(InvoiceAdjusted.type, "tenancy", partial(invoice_adjusted, limits)),
        Handler(InvoiceCredited.type, "tenancy", partial(invoice_credited, limits)),
        Handler(PaymentRegistered.type, "tenancy", partial(payment_registered, limits)),
        Handler(PaymentReversed.type, "tenancy", partial(payment_reversed, limits)),
        Handler(LedgerClosed.type, "tenancy", partial(ledger_closed, limits, feed, bank_day)),
        Handler(EvictionNoticeSent.type, "tenancy", partial(eviction_notice_sent, limits)),
        *(Handler(step.type, "tenancy", partial(enforcement_stepped, limits)) for step in ENFORCEMENT),
        Handler(NavNoticeReserved.type, "tenancy", reservation_told),
        Handler(NavNoticeReservationLifted.type, "tenancy", reservation_told),
        Handler(AcknowledgeAlert.type, "tenancy", acknowledge_alert),
        Handler(answered("mail"), "tenancy", mail_answered),
        Handler(BankFileMissed.type, "tenancy", bank_file_missed),
        Handler(BankFileMissing.type, "account", bank_file_missing),
        Handler(answered("operator-mail"), "account", operator_mail_answered),
    )


HANDLERS = handlers(thresholds(), feed(), norwegian_bank_day)
