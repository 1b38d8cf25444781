"""What an operator sees of the deliveries and does about them: at the pages' door for one municipality, on the command
line for all.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from chassis.causation import trail
from chassis.database import Database
from chassis.errors import Reject
from nav_bridge.domain import REASONS, Act, Case, Delivery
from nav_bridge.messages import HandleDelivery
from nav_bridge.translation.history import Step, history

AT_ONCE = 500  # deliveries of a group that are retried together, the oldest first

LISTED = """
select * from deliveries where ($1::text is null or status = $1) and ($2::date is null or requested_on <= $2)
order by requested_on, referral_id, revision limit $3 offset $4
"""
NEWEST = """
select application, revision from deliveries where referral_id = $1 and ($2::integer is null or revision = $2)
order by revision desc limit 1
"""
GROUPS = """
select code, count(*) as deliveries, min(requested_on) as oldest from deliveries where status = 'parked'
group by code order by count(*) desc, code
"""
OF_GROUP = """
select application, referral_id, revision, matter, attempts from deliveries where status = 'parked' and code = $1
order by requested_on, referral_id, revision limit $2
"""
# The table is no municipality's: it names none, and counts what is common to all.
DESTINATIONS = """
select destination as name, failures, case when open_until > now() then open_until end as open_until
from destinations
"""
OPEN = """
select destination as name, count(*) as open, min(created_at) as oldest, max(attempts) as attempts from calls
where status = 'open' group by destination
"""
UNTRIED: Mapping[str, Any] = {"failures": 0, "open_until": None, "open": 0, "oldest": None, "attempts": 0}


class Desk(Protocol):
    """Where somebody works: a page's `Door`, or the command line's own."""

    async def rows(self, sql: str, *args: Any) -> list[Any]: ...
    async def states(self, kind: str, ids: Sequence[str]) -> dict[str, Any]: ...
    async def send(self, body: Any, subject: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A delivery as it is now, and its case's key."""

    case: str
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Retried:
    """`refused`: why it was not, in a sentence; empty where it was."""

    case: str
    referral_id: str
    revision: int
    matter: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was stopped for one reason. `shown`: the oldest of them, as many as are retried at once; `seen` stands for
    these in a form, so that nothing is done about others.
    """

    code: str
    shown: Sequence[Any]

    @property
    def seen(self) -> str:
        told = "\n".join(f"{row['referral_id']} {row['revision']} {row['attempts']}" for row in self.shown)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Destination:
    """`per_second`: its budget. `failures`: in a row, of all municipalities; the breaker is open until `open_until`."""

    name: str
    per_second: float
    failures: int
    open_until: datetime | None
    open: int
    oldest: datetime | None
    attempts: int


async def listed(
    desk: Desk, status: str | None, most: int, *, until: date | None = None, skip: int = 0
) -> list[dict[str, Any]]:
    """The oldest first; where a day is given, of those asked for by then."""
    return [dict(row) for row in await desk.rows(LISTED, status, until, most, skip)]


async def find(desk: Desk, referral_id: str, revision: int | None = None) -> Found:
    """The newest revision, where none is named."""
    for row in await desk.rows(NEWEST, referral_id, revision):
        return await _found(desk, row["application"], referral_id, row["revision"])
    raise _absent()


async def _found(desk: Desk, application: str, referral_id: str, revision: int) -> Found:
    states: dict[str, Case] = await desk.states("delivery", [application])
    case = states.get(application)
    if case and (delivery := case.find(referral_id, revision)):
        return Found(application, delivery)
    raise _absent()


def _absent() -> Reject:
    return Reject("no_delivery", "Leveringen finnes ikke. Den kan høre til en annen kommune.", status=404)


async def steps(desk: Desk, found: Found) -> list[Step]:
    return history(found.delivery, await trail(desk.rows, found.case))


async def handle(desk: Desk, found: Found, act: Act, reason: str, by: str, **more: Any) -> None:
    """What a person decides about one delivery, as it was found. Raises `Reject` where it can't be done."""
    _known(act, reason)
    named = {"referral_id": found.delivery.referral_id, "revision": found.delivery.revision}
    command = HandleDelivery(**named, act=act, reason=reason, seen=found.delivery.seen, by=by, **more)
    await desk.send(command, found.case)


def _known(act: Act, reason: str) -> None:
    if reason not in REASONS[act]:
        raise Reject("unknown_reason", f"Begrunnelsen er en av {', '.join(REASONS[act])}.", status=422)


async def groups(desk: Desk) -> list[dict[str, Any]]:
    """Stopped deliveries by why, the largest group first."""
    return [dict(row) for row in await desk.rows(GROUPS)]


async def of_group(desk: Desk, code: str) -> Group:
    return Group(code, await desk.rows(OF_GROUP, code, AT_ONCE))


async def retry_group(desk: Desk, code: str, reason: str, by: str, seen: str | None = None) -> list[Retried]:
    """Each by a command of its own, as if it were taken in hand by itself. `seen`: the group as a page showed it."""
    _known("retry", reason)
    group = await of_group(desk, code)
    if seen not in {None, group.seen}:
        raise Reject("group_changed", "Gruppen er en annen enn da siden ble åpnet. Ingenting ble gjort.", status=409)
    return [await _retried(desk, row, reason, by) for row in group.shown]


async def _retried(desk: Desk, row: Any, reason: str, by: str) -> Retried:
    named = row["application"], row["referral_id"], row["revision"]
    try:
        await handle(desk, await _found(desk, *named), "retry", reason, by)
    except Reject as refusal:
        return Retried(*named, row["matter"], refusal.sentence)
    return Retried(*named, row["matter"])


async def destinations(desk: Desk, database: Database, budgets: Mapping[str, float]) -> list[Destination]:
    """`budgets`: calls a second by destination. Open calls are the desk's own; breakers are common to all."""
    waiting = {row["name"]: dict(row) for row in await desk.rows(OPEN)}
    async with database.runner() as connection:
        breakers = {row["name"]: dict(row) for row in await connection.fetch(DESTINATIONS)}
    return [
        Destination(
            **{"name": name, "per_second": budget, **UNTRIED, **breakers.get(name, {}), **waiting.get(name, {})}
        )
        for name, budget in budgets.items()
    ]
