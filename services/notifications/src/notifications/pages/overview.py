"""The leader's view of the whole, and the same figures as a file for boligutvalget's meeting."""

import json
from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, Response

from chassis.access import Door, page_door
from chassis.http import Problem
from notifications.domain.words import LEVEL_NAMES, kroner, long_date, month
from notifications.pages.cards import LEVEL_COLOURS
from notifications.pages.chart import curve
from notifications.pages.figures import LEVELS, months, owed, precision, transitions, waits
from notifications.pages.inbox import pages, today
from notifications.pages.spreadsheet import chain_file, meeting_file

router = APIRouter()
Leader = Annotated[Door, Depends(page_door("leder"))]
Meeting = Annotated[Door, Depends(page_door("leder", "boligutvalg"))]

ALERTS = """
select tenancy, episode, level, first_level, first_rules, raised_as_of, acknowledged_at, resolved_as_of,
    resolution
from alerts where kind = 'arrears'
"""
CHANGES = """
select c.tenancy, c.episode, c.number, c.as_of, c.level
from alert_changes c join alerts a using (tenancy, episode, kommunenummer) where a.kind = 'arrears'
"""
STEPS = "select tenancy, step, dated_on from statutory_steps order by dated_on"
OWED = """
select account, as_of, sum(greatest(outstanding_ore, 0))::bigint as outstanding_ore
from balances group by account, as_of
"""
WIDE, NARROW = 760.0, 340.0  # units of a view box, about pixels


@router.get("/oversikt")
async def overview(door: Leader) -> HTMLResponse:
    found, chain = await _figures(door), await _chain(door)
    return pages.render("overview.html", principal=door.principal, chain=chain, **found, **_drawn(found["curve"]))


@router.get("/oversikt.csv")
async def meeting(door: Meeting) -> Response:
    """For boligutvalget: figures by month, nothing of any single case."""
    found = await _figures(door)
    return _file(meeting_file(found["months"]), f"boligutvalget-{door.principal.kommunenummer}-{found['as_of']}.csv")


@router.get("/oversikt/leie-til-eie.csv")
async def renting_to_owning(door: Meeting) -> Response:
    """For boligutvalget: how many came from renting to owning, by year."""
    if (chain := await _chain(door)) is None:
        raise Problem(503, "intake_closed", "Tallene kan ikke hentes nå", "Mottaket svarer ikke. Prøv igjen om litt.")
    return _file(chain_file(chain), f"leie-til-eie-{door.principal.kommunenummer}-{today(door)}.csv")


def _file(content: str, name: str) -> Response:
    attached = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=attached)


async def _chain(door: Door) -> list[dict[str, Any]] | None:
    """As intake counts it just now; None while it doesn't answer."""
    who, source = door.principal, door.request.app.state.renting_to_owning
    years: list[dict[str, Any]] | None = await source.years(kommunenummer=who.kommunenummer, acting_user=who.subject)
    return years


async def _figures(door: Door) -> dict[str, Any]:
    """As of the newest close, or of today before the first."""
    alerts = [{**row, "first_rules": json.loads(row["first_rules"])} for row in await door.rows(ALERTS)]
    changes, steps = await door.rows(CHANGES), await door.rows(STEPS)
    line = owed(await door.rows(OWED))
    as_of = line[-1][0] if line else today(door)
    standing = Counter(alert["level"] for alert in alerts if not alert["resolution"])
    return {
        "as_of": as_of,
        "standing": [(LEVEL_NAMES[n], LEVEL_COLOURS[n], standing[n], n) for n in (*reversed(LEVELS), 1)],
        "waits": waits(alerts),
        "precision": precision(alerts, [step for step in steps if step["step"] == "enforcement.requested"], as_of),
        "transitions": transitions(alerts, changes, as_of),
        "months": months(alerts, changes, steps, line, as_of),
        "curve": line,
        "names": LEVEL_NAMES,
        "month": month,
    }


def _drawn(line: list[tuple[date, int]]) -> dict[str, Any]:
    if len(line) < 2:
        return {"wide": None}
    (first, _), (last, now) = line[0], line[-1]
    until = f"Fra {long_date(first)} til {long_date(last)}, da {kroner(now)} kr var utestående."
    text = f"{until} Tall per måned står i tabellen."
    return {"wide": curve(line, "wide", WIDE), "narrow": curve(line, "narrow", NARROW), "curve_text": text}
