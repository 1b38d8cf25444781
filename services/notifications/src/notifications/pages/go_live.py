"""What would have been raised before go-live: so that a leader sees what the rules make of their own tenancies."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from chassis.access import Door, page_door
from notifications.domain.words import LEVEL_NAMES, RESOLUTIONS, month
from notifications.pages.cards import LEVEL_COLOURS, case_reference, who
from notifications.pages.inbox import pages

router = APIRouter()
Leader = Annotated[Door, Depends(page_door("leder"))]

SHOWN = 200  # rows with names; the months count them all
BY_MONTH = """
select to_char(raised_as_of, 'YYYY-MM-01') as month, count(*) as raised,
    count(*) filter (where peak_level >= 3) as grave, count(*) filter (where resolution = 'cured') as cured
from silent_alerts group by 1 order by 1 desc
"""
NEWEST = """
select s.*, t.tenants from silent_alerts s join tenancies t using (tenancy, kommunenummer)
order by s.live_since is null, s.raised_as_of desc, s.tenancy limit $1
"""


@router.get("/oppstart")
async def go_live(door: Leader) -> HTMLResponse:
    state, principal = door.request.app.state, door.principal
    first = state.policies.of(principal.kommunenummer).go_live
    rows = await door.rows(NEWEST, SHOWN)
    people = await state.people.look_up(
        {tenant for row in rows for tenant in json.loads(row["tenants"])},
        kommunenummer=principal.kommunenummer,
        acting_user=principal.subject,
    )
    months = [{**row, "month": month(row["month"])} for row in await door.rows(BY_MONTH)]
    return pages.render(
        "go_live.html",
        principal=principal,
        first=date.fromordinal(first) if first else None,
        months=months,
        count=sum(each["raised"] for each in months),
        alerts=[_alert(row, people) for row in rows],
        shown=SHOWN,
    )


def _alert(row: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    reference = case_reference(row["tenancy"])
    return {
        "tenancy": row["tenancy"],
        "heading": who(json.loads(row["tenants"]), people) or f"Sak {reference}",
        "raised": row["raised_as_of"],
        "rules": ", ".join(json.loads(row["rules"])),
        "peak": LEVEL_NAMES[row["peak_level"]],
        "colour": LEVEL_COLOURS[row["peak_level"]],
        "live_since": row["live_since"],
        "resolved": row["resolved_as_of"],
        "resolution": RESOLUTIONS.get(row["resolution"] or "", ""),
    }
