"""From the events' words to the ledger's: dates become ordinals, and a due date gets its bank day."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import holidays

from notifications.domain.bank_days import next_bank_day
from notifications.domain.ledger import Amendment, Invoice, Payment
from notifications.domain.steps import Enforcement, Notice, Reservation, Step
from notifications.messages import (
    EnforcementExecuted,
    EnforcementLifted,
    EnforcementRequested,
    EnforcementScheduled,
    EvictionNoticeSent,
    InvoiceAdjusted,
    InvoiceCredited,
    InvoiceIssued,
    NavNoticeReservationLifted,
    NavNoticeReserved,
    PaymentRegistered,
    PaymentReversed,
)

BankDay = Callable[[date], date]
EnforcementEvent = EnforcementRequested | EnforcementScheduled | EnforcementLifted | EnforcementExecuted

_STEPS = {
    EnforcementRequested.type: Enforcement.REQUESTED,
    EnforcementScheduled.type: Enforcement.SCHEDULED,
    EnforcementLifted.type: Enforcement.LIFTED,
    EnforcementExecuted.type: Enforcement.EXECUTED,
}


def norwegian_bank_day(day: date) -> date:
    """The day itself, or the next that banks in Norway keep open."""
    return next_bank_day(day, lambda each: each in norwegian_holidays(each.year))


@lru_cache(maxsize=64)
def norwegian_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=year))


def invoice(data: InvoiceIssued, bank_day: BankDay) -> Invoice:
    return Invoice(
        falls=bank_day(data.due_on).toordinal(),
        due=data.due_on.toordinal(),
        id=data.line_id,
        dated=data.dated_on.toordinal(),
        ore=data.amount_ore,
        kid=data.kid,
    )


def payment(data: PaymentRegistered) -> Payment:
    return Payment(data.dated_on.toordinal(), data.line_id, data.amount_ore, data.kid)


def amendment(data: InvoiceAdjusted | InvoiceCredited | PaymentReversed) -> Amendment:
    ore = 0 if isinstance(data, PaymentReversed) else data.amount_ore
    return Amendment(data.dated_on.toordinal(), data.line_id, data.amends, ore)


def notice(data: EvictionNoticeSent) -> Notice:
    return Notice(data.dated_on.toordinal(), data.line_id, data.amount_ore, data.deadline_on.toordinal())


def step(data: EnforcementEvent) -> Step:
    scheduled = data.scheduled_on.toordinal() if isinstance(data, EnforcementScheduled) else None
    return Step(data.dated_on.toordinal(), _STEPS[data.type], data.line_id, scheduled)


def reservation(data: NavNoticeReserved | NavNoticeReservationLifted) -> Reservation:
    return Reservation(data.dated_on.toordinal(), data.line_id, isinstance(data, NavNoticeReserved))
