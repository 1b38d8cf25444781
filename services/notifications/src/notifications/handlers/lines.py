"""From the events' words to the ledger's: dates become ordinals, and a due date gets its bank day."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays

from notifications.domain.bank_days import next_bank_day
from notifications.domain.ledger import Amendment, Hold, Instalment, Invoice, Payment
from notifications.domain.signals import Dispute, Reminder, Signal, Way
from notifications.domain.steps import Enforcement, Notice, Reservation, Step, earliest_deadline
from notifications.messages import (
    BostotteTransportEnded,
    BostotteTransportStarted,
    DirectDebitEnded,
    DirectDebitFailed,
    DisputeClosed,
    DisputeOpened,
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
    PaymentHeld,
    PaymentPlanAgreed,
    PaymentPlanChanged,
    PaymentPlanEnded,
    PaymentRegistered,
    PaymentReleased,
    PaymentReversed,
    ReminderSent,
)

BankDay = Callable[[date], date]
# So many bank days after a hold, or up to a deadline, are kept with the line: a threshold in bank days is below it.
COUNTED = 10
EnforcementEvent = EnforcementRequested | EnforcementScheduled | EnforcementLifted | EnforcementExecuted

SignalEvent = DirectDebitFailed | DirectDebitEnded | BostotteTransportStarted | BostotteTransportEnded

_STEPS = {
    EnforcementRequested.type: Enforcement.REQUESTED,
    EnforcementScheduled.type: Enforcement.SCHEDULED,
    EnforcementLifted.type: Enforcement.LIFTED,
    EnforcementExecuted.type: Enforcement.EXECUTED,
}
_WAYS = {
    DirectDebitFailed.type: Way.DEBIT_FAILED,
    DirectDebitEnded.type: Way.DEBIT_ENDED,
    BostotteTransportStarted.type: Way.TRANSPORT_STARTED,
    BostotteTransportEnded.type: Way.TRANSPORT_ENDED,
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


def amendment(
    data: InvoiceAdjusted | InvoiceCredited | PaymentReversed | PaymentReleased | PaymentPlanEnded,
) -> Amendment:
    ore = data.amount_ore if isinstance(data, InvoiceAdjusted | InvoiceCredited) else 0
    return Amendment(data.dated_on.toordinal(), data.line_id, data.amends, ore)


def hold(data: PaymentHeld, bank_day: BankDay) -> Hold:
    return Hold(data.dated_on.toordinal(), data.line_id, data.amount_ore, _after(data.dated_on, bank_day))


def instalment(data: PaymentPlanAgreed | PaymentPlanChanged, bank_day: BankDay) -> Instalment:
    return Instalment(
        dated=data.dated_on.toordinal(),
        id=data.line_id,
        plan=data.amends or data.line_id,
        falls=bank_day(data.due_on).toordinal(),
        due=data.due_on.toordinal(),
        ore=data.amount_ore,
        changes=isinstance(data, PaymentPlanChanged),
    )


def notice(data: EvictionNoticeSent, bank_day: BankDay) -> Notice:
    """Its deadline moves to a bank day, and is never sooner than the law has it (domain.md §2.2)."""
    sent, written, received = data.dated_on.toordinal(), _ordinal(data.written_on), _ordinal(data.received_on)
    soonest = max(data.deadline_on.toordinal(), earliest_deadline(sent, written, received))
    deadline = bank_day(date.fromordinal(soonest))
    return Notice(
        sent, data.line_id, data.amount_ore, deadline.toordinal(), _up_to(deadline, bank_day), written, received
    )


def signal(data: SignalEvent) -> Signal:
    way = _WAYS[data.type]
    if isinstance(data, DirectDebitEnded) and data.arrangement == "deduction":
        way = Way.DEDUCTION_ENDED
    return Signal(data.dated_on.toordinal(), way, data.line_id)


def reminder(data: ReminderSent) -> Reminder:
    return Reminder(data.dated_on.toordinal(), data.line_id, _ordinal(data.deadline_on))


def dispute(data: DisputeOpened | DisputeClosed) -> Dispute:
    return Dispute(data.dated_on.toordinal(), data.line_id, isinstance(data, DisputeOpened))


def step(data: EnforcementEvent) -> Step:
    scheduled = data.scheduled_on.toordinal() if isinstance(data, EnforcementScheduled) else None
    return Step(data.dated_on.toordinal(), _STEPS[data.type], data.line_id, scheduled)


def reservation(data: NavNoticeReserved | NavNoticeReservationLifted) -> Reservation:
    return Reservation(data.dated_on.toordinal(), data.line_id, isinstance(data, NavNoticeReserved))


def _after(day: date, bank_day: BankDay) -> tuple[int, ...]:
    found: list[int] = []
    while len(found) < COUNTED:
        day = bank_day(day + timedelta(days=1))
        found.append(day.toordinal())
    return tuple(found)


def _up_to(deadline: date, bank_day: BankDay) -> tuple[int, ...]:
    """Oldest first."""
    found: list[int] = []
    day = deadline
    while len(found) < COUNTED:
        if bank_day(day) == day:
            found.append(day.toordinal())
        day -= timedelta(days=1)
    return tuple(reversed(found))


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
