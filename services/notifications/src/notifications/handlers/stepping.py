"""The statutory steps, which are judged at once: as of the newest close, or of their own date if that is later."""

from dataclasses import replace

from chassis.outputs import Context, Decision, Message
from notifications.domain.ledger import placed
from notifications.domain.policy import Policies
from notifications.domain.tenancy import Tenancy, judged_at_once
from notifications.handlers.announcing import concluded
from notifications.handlers.lines import BankDay, notice, reservation, step


def eviction_notice_sent(
    policies: Policies, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    before, line = state or Tenancy(), notice(message.data, bank_day)
    after = replace(before, notices=placed(before.notices, line))
    return _judged(policies, before, after, message, line.dated)


def enforcement_stepped(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = state or Tenancy(), step(message.data)
    after = replace(before, steps=placed(before.steps, line))
    return _judged(policies, before, after, message, line.dated)


def reservation_told(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """Kept to be shown: it changes neither level nor stage."""
    tenancy = state or Tenancy()
    return replace(tenancy, reservations=placed(tenancy.reservations, reservation(message.data))), []


def _judged(policies: Policies, before: Tenancy, after: Tenancy, message: Message, dated: int) -> Decision:
    judged = judged_at_once(after, dated, policies.of(message.kommunenummer))
    return concluded(message.subject, before, judged, max(dated, after.as_of))
