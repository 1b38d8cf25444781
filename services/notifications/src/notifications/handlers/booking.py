"""Money and closes: each line is booked, then judged as of the day that it lets be judged."""

from chassis.outputs import Context, Decision, Message
from notifications.domain.feed import Feed
from notifications.domain.ledger import Ledger
from notifications.domain.policy import Policies
from notifications.domain.tenancy import Tenancy, booked, closed, judged, judged_by_money, money_came
from notifications.handlers.announcing import concluded
from notifications.handlers.freezing import awaited
from notifications.handlers.lines import BankDay, amendment, invoice, payment


def invoice_issued(
    policies: Policies, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    before, line = state or Tenancy(), invoice(message.data, bank_day)
    return booked_and_judged(policies, before, before.ledger.issued(line), message, line.due, line.dated)


def invoice_adjusted(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = state or Tenancy(), amendment(message.data)
    return booked_and_judged(policies, before, before.ledger.adjusted(line), message, line.dated, line.dated)


def invoice_credited(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = state or Tenancy(), amendment(message.data)
    return booked_and_judged(policies, before, before.ledger.credited(line), message, line.dated, line.dated)


def payment_registered(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = money_came(state or Tenancy()), payment(message.data)
    return booked_and_judged(policies, before, before.ledger.paid(line), message, line.dated, line.dated)


def payment_reversed(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = money_came(state or Tenancy(), back=True), amendment(message.data)
    return booked_and_judged(policies, before, before.ledger.reversed(line), message, line.dated, line.dated)


def ledger_closed(
    policies: Policies, feed: Feed, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    """The daily run. A close for an earlier day than the newest adds its sum and judges nothing backwards."""
    before, as_of = state or Tenancy(), message.data.as_of.toordinal()
    after = closed(before, message.data.account, as_of)
    if as_of < before.as_of:
        return after, []
    after, waiting = awaited(feed, bank_day, before, after, message, context)
    tenancy, told = concluded(message.subject, before, judged(after, as_of, policies.of(message.kommunenummer)), as_of)
    return tenancy, [*told, *waiting]


def booked_and_judged(
    policies: Policies, before: Tenancy, ledger: Ledger, message: Message, since: int, dated: int
) -> Decision:
    """`since`: the day from which the line counts in the balance; `dated`: its own."""
    after = judged_by_money(booked(before, ledger, since), dated, policies.of(message.kommunenummer))
    return concluded(message.subject, before, after, max(dated, after.as_of))
