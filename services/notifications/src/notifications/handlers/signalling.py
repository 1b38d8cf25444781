"""What is told of how a tenant pays, and of what they have been sent or contest."""

from dataclasses import replace

from chassis.outputs import Context, Decision, Message
from notifications.domain.ledger import placed
from notifications.domain.policy import Policies
from notifications.domain.tenancy import Tenancy, judged_by_signal
from notifications.handlers.announcing import concluded
from notifications.handlers.lines import dispute, reminder, signal


def signalled(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    before, line = state or Tenancy(), signal(message.data)
    after = judged_by_signal(
        replace(before, signals=placed(before.signals, line)), line.dated, policies.of(message.kommunenummer)
    )
    return concluded(message.subject, before, after, max(line.dated, after.as_of))


def reminder_sent(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """Kept to be shown: it changes neither level nor stage."""
    tenancy = state or Tenancy()
    return replace(tenancy, reminders=placed(tenancy.reminders, reminder(message.data))), []


def dispute_told(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """Kept to be shown: who contests a debt may owe it all the same."""
    tenancy = state or Tenancy()
    return replace(tenancy, disputes=placed(tenancy.disputes, dispute(message.data))), []
