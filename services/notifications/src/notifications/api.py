"""Alerts and balances for other systems and for tools, as JSON."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.access import Door, door
from chassis.http import Problem
from notifications.messages import AcknowledgeAlert, Id

router = APIRouter(tags=["varsler"])

Caseworker = Annotated[Door, Depends(door("boligansvarlig", "leder"))]
Accountant = Annotated[Door, Depends(door("boligansvarlig", "leder", "okonomi"))]

MOST_URGENT_FIRST = """
select to_jsonb(a) || jsonb_build_object('frozen_at', t.frozen_at, 'closed_to', t.as_of)
from alerts a join tenancies t using (tenancy, kommunenummer) where $1 or resolution is null
order by resolution is not null, a.level desc, next_date nulls last, debt_ore / greatest(a.rent_ore, 1)::float8 desc,
    dpd desc, raised_as_of, tenancy, episode
"""
OF_TENANCY = """
select jsonb_build_object(
    'alerts', coalesce((select jsonb_agg(to_jsonb(a) order by episode) from alerts a where tenancy = t.tenancy), '[]'),
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


class Acknowledgement(BaseModel):
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
async def acknowledge(door: Caseworker, tenancy: UUID, body: Acknowledgement) -> dict[str, Any]:
    command = AcknowledgeAlert(alert_id=body.alert_id, version=body.version, by=door.principal.subject)
    return await door.send(command, str(tenancy), status=201)


@router.get("/balances")
async def balances(door: Accountant) -> list[dict[str, Any]]:
    """What was outstanding at each close, per account, in øre."""
    return [json.loads(row[0]) for row in await door.rows(OUTSTANDING)]
