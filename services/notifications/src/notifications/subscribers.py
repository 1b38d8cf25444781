"""Which messages of which topics this service reads, and which it writes."""

from collections.abc import Mapping

from pydantic import BaseModel

from notifications import messages as m

READS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "persons.v1": (m.PersonErased,),
    "tenancies.v1": (m.TenancyStarted, m.TenancyChanged, m.TenancyRenewed, m.TenancyEnded),
    "arrears.v1": (
        m.InvoiceIssued,
        m.InvoiceAdjusted,
        m.InvoiceCredited,
        m.PaymentRegistered,
        m.PaymentReversed,
        m.PaymentHeld,
        m.PaymentReleased,
        m.DirectDebitEnded,
        m.DirectDebitFailed,
        m.ReminderSent,
        m.PaymentPlanAgreed,
        m.PaymentPlanChanged,
        m.PaymentPlanEnded,
        m.EvictionNoticeSent,
        m.NavNoticeReserved,
        m.NavNoticeReservationLifted,
        m.EnforcementRequested,
        m.EnforcementScheduled,
        m.EnforcementLifted,
        m.EnforcementExecuted,
        m.BostotteTransportStarted,
        m.BostotteTransportEnded,
        m.DisputeOpened,
        m.DisputeClosed,
        m.LedgerClosed,
    ),
    "deliveries.v1": m.DELIVERIES,
}

WRITES: Mapping[str, tuple[type[BaseModel], ...]] = {
    "nav-notices.v1": (m.NavNoticeRequested, m.NavNoticeWithdrawn),
    "risks.v1": (
        m.RiskChanged,
        m.AlertRaised,
        m.AlertAssigned,
        m.AlertAcknowledged,
        m.AlertContactNoted,
        m.AlertSnoozed,
        m.AlertEscalated,
        m.AlertResolved,
        m.ErasureCompleted,
    ),
    "housing-events.{kommunenummer}.v1": (m.HousingTenancyChanged,),
}
