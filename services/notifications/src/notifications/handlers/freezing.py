"""A bank file that doesn't come: the account's tenancies freeze, and the operator is told once.

Each tenancy waits for its own next close, so that the close, when it comes, stops the timer in its own transaction,
and the timers' catch-up rule holds the freeze back while the close is still on Kafka.
"""

from dataclasses import replace
from datetime import date
from uuid import uuid5

from chassis.outputs import OSLO, Call, Cancel, Context, Decision, Key, Later, Message, Output, Tell
from notifications.domain.account import Account, account_id, missed_id
from notifications.domain.feed import Feed
from notifications.domain.tenancy import Mail, Tenancy
from notifications.handlers.lines import BankDay
from notifications.messages import BankFileMissed, BankFileMissing


def awaited(
    feed: Feed, bank_day: BankDay, before: Tenancy, after: Tenancy, message: Message, context: Context
) -> tuple[Tenancy, list[Output]]:
    """After a newer close of a live feed the tenancy is not frozen, and the next close is waited for.

    The timer is named by the close that it counts from: one that is due at once, because the file was long on its
    way, is then another than the one that fired at that time.
    """
    as_of = message.data.as_of
    if after.as_of == before.as_of or not feed.is_live(as_of, context.today):
        return after, []
    outputs: list[Output] = [Cancel(_timer(date.fromordinal(before.as_of)))] if before.as_of else []
    if not after.has_ended(after.as_of):
        due = feed.due(message.time.astimezone(OSLO).date(), bank_day, OSLO)
        outputs.append(Later(due, _timer(as_of), BankFileMissed(as_of=as_of)))
    return (replace(after, frozen_at=None) if after.frozen_at else after), outputs


def bank_file_missed(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """The time is over. Every tenancy of the account tells it of the same miss, by the same id."""
    tenancy, as_of = state or Tenancy(), message.data.as_of
    if tenancy.as_of > as_of.toordinal() or tenancy.has_ended(tenancy.as_of):
        return tenancy, []
    account = account_id(message.kommunenummer, tenancy.account)
    missing = BankFileMissing(account=tenancy.account, as_of=as_of)
    told = Tell(Key("account", account), missing, id=missed_id(account, as_of))
    return replace(tenancy, frozen_at=message.time), [told]


def bank_file_missing(state: Account | None, message: Message, context: Context) -> Decision:
    account, missing = message.subject, message.data
    key = uuid5(missed_id(account, missing.as_of), "operator")
    missed = Account(missing.account, missing.as_of, Mail(str(key)))
    return missed, [Call("operator-mail", key, {"account": account})]


def _timer(as_of: date) -> str:
    return f"bank-file-after:{as_of.isoformat()}"
