"""What intake tells of the tenancy itself; its arrears, on a topic of their own, may have come before."""

from dataclasses import replace

from chassis.outputs import Context, Decision, Message
from notifications.domain.tenancy import Tenancy, judged
from notifications.domain.thresholds import Thresholds
from notifications.handlers.announcing import concluded


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


def tenancy_ended(limits: Thresholds, state: Tenancy | None, message: Message, context: Context) -> Decision:
    """The alert is closed by the ledger's own time: now, if the books are closed to that day, else when they are.

    Never by the clock: the bank files of a tenancy that ended long ago may still be on their way.
    """
    before, ended_on = state or Tenancy(), message.data.ended_on
    after = replace(before, ended_on=ended_on)
    if before.as_of < ended_on.toordinal():
        return after, []
    return concluded(message.subject, before, judged(after, before.as_of, limits), before.as_of)
