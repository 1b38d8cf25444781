"""What intake tells of the tenancy itself; its arrears, on a topic of their own, may have come before."""

from collections.abc import Iterable
from dataclasses import replace

from chassis.outputs import Context, Decision, Found, Key, Message
from notifications.domain.policy import Policies
from notifications.domain.tenancy import Tenancy, judged
from notifications.handlers.announcing import concluded
from notifications.handlers.leasing import lease_settled, lease_timers
from notifications.handlers.lines import BankDay


def tenants_of(message: Message, found: Found) -> Iterable[Key]:
    return [Key("person", tenant) for tenant in message.data.tenants or ()]


def tenancy_started(
    policies: Policies, bank_day: BankDay, found: Found, message: Message, context: Context
) -> Decision:
    """From now on the stage can be told on the open stream: one that was reached before is told now.

    Of a tenant who is erased nothing is kept; of a tenancy whose tenants all are, nothing at all.
    """
    key, data, tenants = Key("tenancy", message.subject), message.data, _not_erased(found, message)
    if data.tenants and not tenants:
        return {}, ()
    before = found[key] or Tenancy()
    after = replace(
        before,
        public_id=data.public_id,
        account=data.account,
        tenants=tenants,
        rent_ore=data.rent_ore,
        kid=data.kid,
        started_on=data.started_on,
        lease_ends_on=data.lease_ends_on,
    )
    state, told = concluded(message.subject, before, after, max(before.as_of, data.started_on.toordinal()))
    timers = lease_timers(after, policies.of(message.kommunenummer), bank_day, context) if data.lease_ends_on else ()
    return {key: state}, [*told, *timers]


def tenancy_changed(
    policies: Policies, bank_day: BankDay, found: Found, message: Message, context: Context
) -> Decision:
    """Of a lease whose last day is another one, its reminders move with it."""
    key, data = Key("tenancy", message.subject), message.data
    changed = {
        "rent_ore": data.rent_ore,
        "kid": data.kid,
        "tenants": None if data.tenants is None else _not_erased(found, message),
        "started_on": data.started_on,
        "lease_ends_on": data.lease_ends_on,
    }
    before = found[key] or Tenancy()
    tenancy = replace(before, **{name: value for name, value in changed.items() if value is not None})
    moved = tenancy.lease_ends_on != before.lease_ends_on
    timers = lease_timers(tenancy, policies.of(message.kommunenummer), bank_day, context) if moved else ()
    return {key: tenancy}, list(timers)


def tenancy_renewed(
    policies: Policies, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    before = state or Tenancy()
    renewed = replace(before, lease_ends_on=message.data.lease_ends_on)
    after = lease_settled(renewed, "renewed", context.today)
    tenancy, told = concluded(message.subject, before, after, max(before.as_of, context.today.toordinal()))
    return tenancy, [*told, *lease_timers(tenancy, policies.of(message.kommunenummer), bank_day, context)]


def _not_erased(found: Found, message: Message) -> tuple[str, ...]:
    return tuple(tenant for tenant in message.data.tenants or () if not found[Key("person", tenant)])


def tenancy_ended(
    policies: Policies, bank_day: BankDay, state: Tenancy | None, message: Message, context: Context
) -> Decision:
    """The alert is closed by the ledger's own time: now, if the books are closed to that day, else when they are.

    Never by the clock: the bank files of a tenancy that ended long ago may still be on their way.
    """
    before, ended_on = state or Tenancy(), message.data.ended_on
    policy = policies.of(message.kommunenummer)
    after = lease_settled(replace(before, ended_on=ended_on), "ended", context.today)
    timers = lease_timers(after, policy, bank_day, context) if before.lease_ends_on else ()
    if before.as_of >= ended_on.toordinal():
        after = judged(after, before.as_of, policy)
    tenancy, told = concluded(message.subject, before, after, before.as_of or ended_on.toordinal())
    return tenancy, [*told, *timers]
