"""How a case's referrals stand at NAV, for those who handle the case."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query

from chassis.access import Door, door
from chassis.access.principal import SERVICE
from chassis.causation import trail
from chassis.http import Problem
from nav_bridge.domain import Case, Status

router = APIRouter(tags=["deliveries"])
log = structlog.get_logger()

CaseworkerDoor = Annotated[Door, Depends(door("boligansvarlig", "leder"))]
ServiceDoor = Annotated[Door, Depends(door(SERVICE))]

NEWEST_FIRST = """
select * from deliveries where $1::text is null or status = $1
order by requested_on desc, referral_id, revision desc limit $2 offset $3
"""
OF_APPLICATION = "select * from deliveries where application = $1 order by requested_on, referral_id, revision"


@router.get("/deliveries")
async def deliveries(
    door: CaseworkerDoor,
    status: Annotated[Status | None, Query(description="Bare leveringer med denne statusen.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[dict[str, Any]]:
    return [dict(row) for row in await door.rows(NEWEST_FIRST, status, limit, offset)]


@router.get("/deliveries/{application}")
async def deliveries_of(door: CaseworkerDoor, application: UUID) -> list[dict[str, Any]]:
    rows = await door.rows(OF_APPLICATION, str(application))
    if not rows:
        raise Problem(404, "no_delivery", "Ingen henvisning funnet", "Saken har ingen henvisning til NAV.")
    return [dict(row) for row in rows]


@router.get("/causation/{application}")
async def causation(door: ServiceDoor, application: UUID) -> dict[str, Any]:
    """What came of the case's referrals: events and calls with their causes, and what was sent, by its hash and the
    `call` that sent it.
    """
    id, who = str(application), door.principal
    found: dict[str, Any] = await trail(door.rows, id)
    deliveries = [dict(row) for row in await door.rows(OF_APPLICATION, id)]
    states: dict[str, Case] = await door.states("delivery", [id])
    calls = {each.pair: str(each.sending_call) for state in states.values() for each in state.deliveries}
    deliveries = [row | {"call": calls.get((str(row["referral_id"]), row["revision"]), "")} for row in deliveries]
    if not deliveries:
        raise Problem(404, "no_delivery", "Ingen henvisning funnet", "Saken har ingen henvisning til NAV.")
    log.info("causation.looked_up", acting_user=who.acting_user, purpose=who.purpose, count=len(deliveries))
    return found | {"deliveries": deliveries}
