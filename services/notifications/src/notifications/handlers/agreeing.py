"""Payment plans and held payments: booked like money, as they move which money is awaited when."""

from chassis.outputs import Context, Decision, Message
from notifications.domain.policy import Policies
from notifications.domain.tenancy import Tenancy
from notifications.handlers.booking import booked_and_judged
from notifications.handlers.lines import BankDay, amendment, hold, instalment


def instalment_agreed(
    policies: Policies, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    before, line = state or Tenancy(), instalment(message.data, bank_day)
    return booked_and_judged(policies, before, before.ledger.planned(line), message, line.dated, line.dated)


def plan_ended(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = state or Tenancy(), amendment(message.data)
    return booked_and_judged(policies, before, before.ledger.plan_ended(line), message, line.dated, line.dated)


def payment_held(
    policies: Policies, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    before, line = state or Tenancy(), hold(message.data, bank_day)
    return booked_and_judged(policies, before, before.ledger.held(line), message, line.dated, line.dated)


def payment_released(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = state or Tenancy(), amendment(message.data)
    return booked_and_judged(policies, before, before.ledger.released(line), message, line.dated, line.dated)
