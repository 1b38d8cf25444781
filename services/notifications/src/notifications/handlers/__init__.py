"""Pure deciders over one tenancy: its ledger is booked, judged, and what became of it is told. And over one account."""

from functools import partial

from chassis.outputs import Handler, answered
from notifications.domain.account import Account
from notifications.domain.alarms import Alarm, Audit
from notifications.domain.digest import Digest
from notifications.domain.erasure import Erasure
from notifications.domain.feed import Feed
from notifications.domain.municipality import Municipality
from notifications.domain.policy import Policies
from notifications.domain.staff import Register
from notifications.domain.tenancy import Tenancy
from notifications.domain.working_time import WorkingTime
from notifications.handlers.acknowledging import acknowledge_alert
from notifications.handlers.acting import assign_alert, note_contact, resolve_alert, snooze_alert
from notifications.handlers.agreeing import instalment_agreed, payment_held, payment_released, plan_ended
from notifications.handlers.alarming import alarm_answered, raise_alarm
from notifications.handlers.attending import attended
from notifications.handlers.auditing import audit_due, audited, watch_alerts
from notifications.handlers.booking import (
    invoice_adjusted,
    invoice_credited,
    invoice_issued,
    ledger_closed,
    payment_registered,
    payment_reversed,
)
from notifications.handlers.caring import care_due, mail_answered, mend_care, with_register
from notifications.handlers.digesting import add_to_digest, digest_answered, digest_due
from notifications.handlers.erasing import erase_tenancy, leave_tenancy, person_erased, tenancy_erased
from notifications.handlers.freezing import bank_file_missed, bank_file_missing
from notifications.handlers.leasing import lease_runs_out
from notifications.handlers.lines import BankDay, norwegian_bank_day
from notifications.handlers.mailing import operator_mail_answered
from notifications.handlers.nav_notices import nav_delivery_told, request_nav_notice
from notifications.handlers.rehearsing import activate_thresholds, note_rehearsal, rehearse_thresholds
from notifications.handlers.signalling import dispute_told, reminder_sent, signalled
from notifications.handlers.staffing import assign_tenancies, assign_tenancy, store_staff, tenancy_assigned
from notifications.handlers.stepping import enforcement_stepped, eviction_notice_sent, reservation_told
from notifications.handlers.tenancies import (
    tenancy_changed,
    tenancy_ended,
    tenancy_renewed,
    tenancy_started,
    tenants_of,
)
from notifications.handlers.working import norwegian_working_time
from notifications.messages import (
    DELIVERIES,
    AcknowledgeAlert,
    ActivateThresholds,
    AddToDigest,
    AssignAlert,
    AssignTenancies,
    AssignTenancy,
    AuditDue,
    BankFileMissed,
    BankFileMissing,
    BostotteTransportEnded,
    BostotteTransportStarted,
    CareDue,
    DigestDue,
    DirectDebitEnded,
    DirectDebitFailed,
    DisputeClosed,
    DisputeOpened,
    EnforcementExecuted,
    EnforcementLifted,
    EnforcementRequested,
    EnforcementScheduled,
    EraseTenancy,
    EvictionNoticeSent,
    InvoiceAdjusted,
    InvoiceCredited,
    InvoiceIssued,
    LeaseRunsOut,
    LeaveTenancy,
    LedgerClosed,
    MendCare,
    NavNoticeReservationLifted,
    NavNoticeReserved,
    NoteContact,
    NoteRehearsal,
    PaymentHeld,
    PaymentPlanAgreed,
    PaymentPlanChanged,
    PaymentPlanEnded,
    PaymentRegistered,
    PaymentReleased,
    PaymentReversed,
    PersonErased,
    RaiseAlarm,
    RehearseThresholds,
    ReminderSent,
    RequestNavNotice,
    ResolveAlert,
    SnoozeAlert,
    StoreStaff,
    TenancyAssigned,
    TenancyChanged,
    TenancyEnded,
    TenancyErased,
    TenancyRenewed,
    TenancyStarted,
    WatchAlerts,
)
from notifications.translation import feed, policies

KINDS: dict[str, type] = {
    "municipality": Municipality,
    "tenancy": Tenancy,
    "account": Account,
    "person": Erasure,
    "staff": Register,
    "digest": Digest,
    "alarm": Alarm,
    "audit": Audit,
}
ENFORCEMENT = (EnforcementRequested, EnforcementScheduled, EnforcementLifted, EnforcementExecuted)

WORKING = norwegian_working_time()
SIGNALS = (DirectDebitEnded, DirectDebitFailed, BostotteTransportStarted, BostotteTransportEnded)


def ledger_handlers(policies: Policies, feed: Feed, bank_day: BankDay) -> tuple[Handler, ...]:
    return (
        Handler(TenancyStarted.type, "tenancy", partial(tenancy_started, policies, bank_day), needs=tenants_of),
        Handler(TenancyChanged.type, "tenancy", partial(tenancy_changed, policies, bank_day), needs=tenants_of),
        Handler(TenancyRenewed.type, "tenancy", partial(tenancy_renewed, policies, bank_day)),
        Handler(TenancyEnded.type, "tenancy", partial(tenancy_ended, policies, bank_day)),
        Handler(InvoiceIssued.type, "tenancy", partial(invoice_issued, policies, bank_day)),
        Handler(InvoiceAdjusted.type, "tenancy", partial(invoice_adjusted, policies)),
        Handler(InvoiceCredited.type, "tenancy", partial(invoice_credited, policies)),
        Handler(PaymentRegistered.type, "tenancy", partial(payment_registered, policies)),
        Handler(PaymentReversed.type, "tenancy", partial(payment_reversed, policies)),
        Handler(PaymentHeld.type, "tenancy", partial(payment_held, policies, bank_day)),
        Handler(PaymentReleased.type, "tenancy", partial(payment_released, policies)),
        Handler(PaymentPlanAgreed.type, "tenancy", partial(instalment_agreed, policies, bank_day)),
        Handler(PaymentPlanChanged.type, "tenancy", partial(instalment_agreed, policies, bank_day)),
        Handler(PaymentPlanEnded.type, "tenancy", partial(plan_ended, policies)),
        *(Handler(signal.type, "tenancy", partial(signalled, policies)) for signal in SIGNALS),
        Handler(ReminderSent.type, "tenancy", reminder_sent),
        Handler(DisputeOpened.type, "tenancy", dispute_told),
        Handler(DisputeClosed.type, "tenancy", dispute_told),
        Handler(LedgerClosed.type, "tenancy", partial(ledger_closed, policies, feed, bank_day)),
        Handler(EvictionNoticeSent.type, "tenancy", partial(eviction_notice_sent, policies, bank_day)),
        *(Handler(step.type, "tenancy", partial(enforcement_stepped, policies)) for step in ENFORCEMENT),
        Handler(NavNoticeReserved.type, "tenancy", reservation_told),
        Handler(NavNoticeReservationLifted.type, "tenancy", reservation_told),
        Handler(RequestNavNotice.type, "tenancy", request_nav_notice),
        *(Handler(told.type, "tenancy", nav_delivery_told) for told in DELIVERIES),
        Handler(LeaseRunsOut.type, "tenancy", partial(lease_runs_out, policies)),
        Handler(BankFileMissed.type, "tenancy", bank_file_missed),
        Handler(BankFileMissing.type, "account", bank_file_missing),
        Handler(answered("operator-mail"), "account", operator_mail_answered),
        Handler(RehearseThresholds.type, "municipality", partial(rehearse_thresholds, policies)),
        Handler(NoteRehearsal.type, "municipality", note_rehearsal),
        Handler(ActivateThresholds.type, "municipality", partial(activate_thresholds, policies)),
        Handler(PersonErased.type, "person", person_erased, passes=True),
        Handler(EraseTenancy.type, "tenancy", erase_tenancy, passes=True),
        Handler(LeaveTenancy.type, "tenancy", leave_tenancy, passes=True),
        Handler(TenancyErased.type, "person", tenancy_erased, passes=True),
    )


def care_handlers(working: WorkingTime) -> tuple[Handler, ...]:
    """Whose an alert is, and what people do about it."""
    return (
        Handler(AcknowledgeAlert.type, "tenancy", acknowledge_alert),
        Handler(AssignAlert.type, "tenancy", assign_alert, needs=with_register),
        Handler(NoteContact.type, "tenancy", partial(note_contact, working)),
        Handler(SnoozeAlert.type, "tenancy", partial(snooze_alert, working)),
        Handler(ResolveAlert.type, "tenancy", resolve_alert),
        Handler(CareDue.type, "tenancy", partial(care_due, working), needs=with_register),
        Handler(MendCare.type, "tenancy", partial(mend_care, working), needs=with_register),
        Handler(answered("mail"), "tenancy", mail_answered),
        Handler(AddToDigest.type, "digest", partial(add_to_digest, working), needs=with_register),
        Handler(DigestDue.type, "digest", digest_due, needs=with_register),
        Handler(answered("digest-mail"), "digest", digest_answered),
        Handler(StoreStaff.type, "staff", store_staff),
        Handler(AssignTenancies.type, "staff", assign_tenancies),
        Handler(AssignTenancy.type, "tenancy", assign_tenancy, needs=with_register),
        Handler(TenancyAssigned.type, "tenancy", tenancy_assigned, needs=with_register),
        Handler(RaiseAlarm.type, "alarm", raise_alarm),
        Handler(answered("alarm-mail"), "alarm", alarm_answered),
        Handler(WatchAlerts.type, "audit", partial(watch_alerts, working)),
        Handler(AuditDue.type, "audit", partial(audit_due, working)),
        Handler(answered("audit"), "audit", audited),
    )


def handlers(policies: Policies, feed: Feed, bank_day: BankDay, working: WorkingTime = WORKING) -> tuple[Handler, ...]:
    """All of them. After each decision on a tenancy its open alert is seen to."""
    every = (*ledger_handlers(policies, feed, bank_day), *care_handlers(working))
    return tuple(attended(working, handler) for handler in every)


HANDLERS = handlers(policies(), feed(), norwegian_bank_day)
