"""A lease for a fixed time runs out: somebody is reminded in time, by an alert of its own kind (domain.md §2.4)."""

from collections.abc import Iterator
from datetime import date, datetime, time

from chassis.outputs import OSLO, Cancel, Context, Decision, Later, Message, Output
from notifications.domain.episodes import Resolution, resolved
from notifications.domain.leases import RULES, Due, ahead, blank, reminded
from notifications.domain.policy import Policies, Policy
from notifications.domain.tenancy import Tenancy, with_episode
from notifications.handlers.announcing import concluded
from notifications.handlers.lines import BankDay
from notifications.messages import LeaseRunsOut

AT = time(8)  # in Oslo, on a working day


def lease_timers(tenancy: Tenancy, policy: Policy, bank_day: BankDay, context: Context) -> Iterator[Output]:
    """As the lease is now: each point's timer stands, is moved or is no more."""
    limits = policy.limits(context.today.toordinal())
    ends_on = None if tenancy.ended_on else tenancy.lease_ends_on
    due = dict(ahead(ends_on, context.today, limits)) if ends_on else {}
    for point in RULES:
        if ends_on and point in due:
            at = datetime.combine(bank_day(due[point]), AT, OSLO)
            yield Later(at, _timer(point), LeaseRunsOut(point=point, ends_on=ends_on))
        else:
            yield Cancel(_timer(point))


def lease_runs_out(policies: Policies, state: Tenancy | None, message: Message, context: Context) -> Decision:
    """Nobody is reminded before go-live, nor of a last day that is another by now: it has timers of its own."""
    tenancy, data, policy = state or Tenancy(), message.data, policies.of(message.kommunenummer)
    on = context.today.toordinal()
    if tenancy.lease_ends_on != data.ends_on or tenancy.ended_on or not policy.is_live(on):
        return tenancy, []
    new = blank(tenancy.next_number, on, tenancy.stage, policy.limits(on).version)
    episode = reminded(tenancy.lease, Due(data.point, context.today), data.ends_on, new)
    return concluded(message.subject, tenancy, with_episode(tenancy, episode), on)


def lease_settled(tenancy: Tenancy, resolution: Resolution, today: date) -> Tenancy:
    """The alert is closed where one stands."""
    if tenancy.lease is None:
        return tenancy
    return with_episode(tenancy, resolved(tenancy.lease, resolution, today.toordinal()))


def _timer(point: str) -> str:
    return f"lease:{point}"
