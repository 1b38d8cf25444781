"""What intake tells of the tenancy itself; its arrears, on a topic of their own, may have come before."""

from dataclasses import replace

from chassis.outputs import Context, Decision, Message
from notifications.domain.tenancy import Tenancy, judged
from notifications.domain.thresholds import Thresholds
from notifications.handlers.announcing import concluded, ends


def tenancy_started(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """From now on the stage can be told on the open stream: one that was reached before is told now."""
    before, data = state or Tenancy(), message.data
    after = replace(
        before,
        public_id=data.public_id,
        account=data.account,
        tenants=data.tenants,
        rent_ore=data.rent_ore,
        kid=data.kid,
        started_on=data.started_on,
        lease_ends_on=data.lease_ends_on,
    )
    return concluded(message.subject, before, after, max(before.as_of, data.started_on.toordinal()))


def tenancy_changed(state: Tenancy | None, message: Message, context: Context) -> Decision:
    tenancy, data = state or Tenancy(), message.data
    changed = {"rent_ore": data.rent_ore, "kid": data.kid, "tenants": data.tenants}
    return replace(tenancy, **{name: value for name, value in changed.items() if value is not None}), []


def tenancy_ended(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """The alert is closed by the ledger's time, or when the last day is over and all before it is read."""
    return replace(state or Tenancy(), ended_on=message.data.ended_on), [ends(message.data.ended_on)]


def end_tenancy(limits: Thresholds, state: Tenancy | None, message: Message, context: Context) -> Decision:
    if state is None or state.ended_on is None:
        return state, []
    on = max(state.as_of, state.ended_on.toordinal())
    return concluded(message.subject, state, judged(state, on, limits), on)
