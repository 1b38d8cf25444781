"""Alerts, notices to NAV and balances, and what acknowledges and notifies."""

import json
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.access import Door, door
from chassis.access.principal import SERVICE
from chassis.http import Problem
from notifications.domain.nav_notices import NavNotice
from notifications.domain.tenancy import Tenancy
from notifications.messages import AcknowledgeAlert, Id, RequestNavNotice

router = APIRouter(tags=["varsler"])
log = structlog.get_logger()

Caseworker = Annotated[Door, Depends(door("boligansvarlig", "leder"))]
ServiceDoor = Annotated[Door, Depends(door(SERVICE))]
Accountant = Annotated[Door, Depends(door("boligansvarlig", "leder", "okonomi"))]

MOST_URGENT_FIRST = """
select to_jsonb(a) - 'contact_log' || jsonb_build_object('frozen_at', t.frozen_at, 'closed_to', t.as_of)
from alerts a join tenancies t using (tenancy, kommunenummer) where $1 or resolution is null
order by resolution is not null, a.level desc, next_date nulls last, debt_ore / greatest(a.rent_ore, 1)::float8 desc,
    dpd desc, raised_as_of, tenancy, episode
"""
OF_TENANCY = """
select jsonb_build_object(
    'alerts', coalesce((select jsonb_agg(to_jsonb(a) - 'contact_log' order by episode)
                        from alerts a where tenancy = t.tenancy), '[]'),
    'changes', coalesce((select jsonb_agg(to_jsonb(c) order by episode, number)
                         from alert_changes c where tenancy = t.tenancy), '[]'),
    'steps', coalesce((select jsonb_agg(to_jsonb(s) order by dated_on, step)
                       from statutory_steps s where tenancy = t.tenancy), '[]'),
    'balances', coalesce((select jsonb_agg(to_jsonb(b) order by as_of)
                          from balances b where tenancy = t.tenancy), '[]'))
    || to_jsonb(t)
from tenancies t where tenancy = $1
"""
OUTSTANDING = """
select to_jsonb(o) from (
    select account, as_of, sum(outstanding_ore)::bigint as outstanding_ore, count(*) as tenancies
    from balances group by account, as_of order by account, as_of) o
"""


OF_NOTICE = "select tenancy from nav_notices where notice_id = $1"
WAITING = "select since from parked where key = $1"
# The landlord's caseworker, in whose name NAV is told.
FROM_ROLE = "boligansvarlig"


class ShownAlert(BaseModel):
    """`version`: of the alert as it was shown."""

    model_config = ConfigDict(extra="forbid")
    alert_id: Id
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


@router.get("/alerts")
async def alerts(
    door: Caseworker, *, resolved: Annotated[bool, Query(description="Også de som er lukket.")] = False
) -> list[dict[str, Any]]:
    """Open alerts, the most urgent first."""
    return [json.loads(row[0]) for row in await door.rows(MOST_URGENT_FIRST, resolved)]


@router.get("/alerts/{tenancy}")
async def alerts_of(door: Caseworker, tenancy: UUID) -> dict[str, Any]:
    """One tenancy with all its alerts, how each changed, its legal steps and its balances."""
    rows = await door.rows(OF_TENANCY, str(tenancy))
    if not rows:
        raise Problem(404, "no_such_tenancy", "Leieforholdet finnes ikke", "Ingen hendelser er kjent for det.")
    found: dict[str, Any] = json.loads(rows[0][0])
    return found


@router.post("/alerts/{tenancy}/acknowledgement", status_code=201)
async def acknowledge(door: Caseworker, tenancy: UUID, body: ShownAlert) -> dict[str, Any]:
    command = AcknowledgeAlert(alert_id=body.alert_id, version=body.version, by=door.principal.subject)
    return await door.send(command, str(tenancy), status=201)


@router.post("/alerts/{tenancy}/nav-notice", status_code=201)
async def notify_nav(door: Caseworker, tenancy: UUID, body: ShownAlert) -> dict[str, Any]:
    """Let NAV be told of what is owed now (husleieloven § 9-11)."""
    command = RequestNavNotice(alert_id=body.alert_id, version=body.version, by=door.principal.subject)
    return await door.send(command, str(tenancy), status=201)


@router.get("/nav-notices/{notice_id}", tags=["nav"])
async def nav_notice(door: ServiceDoor, notice_id: UUID) -> dict[str, Any]:
    """What a notice says, for nav-bridge at the moment of sending: nothing of one that must not be sent any more.

    While events of the tenancy wait behind one that couldn't be handled, a reservation may be among them.
    """
    id, who = str(notice_id), door.principal
    rows = await door.rows(OF_NOTICE, id)
    if not rows:
        raise Problem(404, "no_such_notice", "Finnes ikke", "Meldingen til NAV finnes ikke.")
    key = rows[0]["tenancy"]
    if await door.rows(WAITING, key):
        raise Problem(503, "events_wait", "Kan ikke gis ut nå", "Leieforholdet har hendelser som venter.")
    tenancy: Tenancy = (await door.states("tenancy", [key]))[key]
    notice = max((each for each in tenancy.nav_notices if each.id == id), key=lambda each: each.revision)
    if notice.status == "withdrawn":
        raise Problem(410, "notice_withdrawn", "Dette kan ikke gis ut", "Gjelden er betalt, eller varselet er lukket.")
    if tenancy.reserved:
        detail = "Leietakeren har reservert seg mot melding til NAV."
        raise Problem(409, "tenant_reserved", "Dette kan ikke gis ut", detail)
    log.info("notifications.notice_read", tenancy=key, acting_user=who.acting_user, purpose=who.purpose)
    return _content(tenancy, notice)


def _content(tenancy: Tenancy, notice: NavNotice) -> dict[str, Any]:
    """The debt as it stood when the notice was asked for; tenants by pseudonym, as they are now."""
    running = tenancy.running_notice
    return {
        "notice_id": notice.id,
        "revision": notice.revision,
        "requested_on": notice.requested_on,
        "tenants": tenancy.tenants,
        "from_role": FROM_ROLE,
        "as_of": date.fromordinal(notice.as_of),
        "debt_ore": notice.debt,
        "unpaid": [{"due_on": date.fromordinal(each.due), "open_ore": each.ore} for each in notice.unpaid],
        "eviction_notice": running
        and {"sent_on": date.fromordinal(running.dated), "deadline_on": date.fromordinal(running.deadline)},
    }


@router.get("/balances")
async def balances(door: Accountant) -> list[dict[str, Any]]:
    """What was outstanding at each close, per account, in øre."""
    return [json.loads(row[0]) for row in await door.rows(OUTSTANDING)]
