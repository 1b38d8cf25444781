"""The municipality's thresholds: which hold, what a change would have made of the last year, and activating it."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from chassis.access import Door, page_door
from chassis.errors import Reject
from chassis.outputs import OSLO
from notifications.domain.municipality import Found, Municipality, Rehearsal, municipality_id
from notifications.domain.thresholds import Thresholds
from notifications.domain.tunables import TUNABLES
from notifications.domain.words import LEVEL_NAMES, long_date
from notifications.messages import ActivateThresholds, RehearseThresholds, Threshold
from notifications.pages.cards import case_reference, who
from notifications.pages.inbox import pages
from notifications.pages.rehearsing import TENANCIES, Rehearsals

router = APIRouter()
Leader = Annotated[Door, Depends(page_door("leder"))]
Shown = Annotated[int, Form(ge=0, le=2**31 - 1)]

SHOWN = 200  # alerts with names; the counts are of all
TENANTS = "select tenancy, tenants from tenancies where tenancy = any($1::text[])"
WHAT = {"appears": "Kommer til", "vanishes": "Faller bort", "moves": "Flytter seg"}
REHEARSALS = Rehearsals()


@router.get("/terskler")
async def thresholds(door: Leader) -> HTMLResponse:
    return await _page(door)


@router.post("/terskler/proving")
async def rehearse(door: Leader, request: Request, version: Shown) -> Response:
    """Starts it and shows how far it has come; numbers out of their bounds start nothing."""
    form, principal = await request.form(), door.principal
    numbers = tuple(
        Threshold(name=name, value=round(float(str(form[name]).replace(",", ".")) * tunable.scale))
        for name, tunable in TUNABLES.items()
        if _is_number(form.get(name))
    )
    total = len(await door.rows(TENANCIES))
    command = RehearseThresholds(numbers=numbers, total=total, version=version, by=principal.subject)
    try:
        await door.send(command, municipality_id(principal.kommunenummer))
    except Reject as refusal:
        return await _page(door, refusal.sentence, refusal.status)
    rehearsal = (await _municipality(door)).rehearsal
    if rehearsal and not rehearsal.finished and rehearsal.done == 0:
        REHEARSALS.start(request.app.state, principal.kommunenummer, rehearsal)
    return RedirectResponse("/terskler#proving", 303)


@router.post("/terskler/versjon")
async def activate(door: Leader, version: Shown, rehearsal: Shown, active_from: Annotated[date, Form()]) -> Response:
    who = door.principal
    command = ActivateThresholds(rehearsal=rehearsal, active_from=active_from, version=version, by=who.subject)
    try:
        await door.send(command, municipality_id(who.kommunenummer))
    except Reject as refusal:
        return await _page(door, refusal.sentence, refusal.status)
    return RedirectResponse("/terskler#versjoner", 303)


async def _page(door: Door, notice: str = "", status: int = 200) -> HTMLResponse:
    state, principal = door.request.app.state, door.principal
    municipality, policy = await _municipality(door), state.policies.of(principal.kommunenummer)
    today = state.clock.now().astimezone(OSLO).date()
    rehearsal = municipality.rehearsal
    return pages.render(
        "thresholds.html",
        status=status,
        principal=principal,
        notice=notice,
        version=municipality.version,
        groups=_groups(policy.newest, rehearsal),
        rehearsal=rehearsal,
        changed=_changed(policy.newest, dict(rehearsal.numbers)) if rehearsal else [],
        alerts=await _alerts(door, rehearsal.found[:SHOWN]) if rehearsal and rehearsal.finished else [],
        shown=SHOWN,
        tomorrow=today + timedelta(days=1),
        holds=policy.limits(today.toordinal()).version,
        versions=_versions(municipality, principal.subject),
    )


async def _municipality(door: Door) -> Municipality:
    id = municipality_id(door.principal.kommunenummer)
    found: Municipality = (await door.states("municipality", [id])).get(id) or Municipality()
    return found


def _is_number(given: Any) -> bool:
    try:
        return abs(float(str(given).replace(",", "."))) < 10**6
    except ValueError:
        return False


def _groups(limits: Thresholds, rehearsal: Rehearsal | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """In the form stand the numbers that were tried last, else those that hold."""
    tried = dict(rehearsal.numbers) if rehearsal else {}
    rows = [
        {
            "group": tunable.group,
            "name": name,
            "label": tunable.label,
            "unit": tunable.unit,
            "value": tried.get(name, getattr(limits, name)) // tunable.scale,
            "holds": getattr(limits, name) // tunable.scale,
            "least": tunable.least // tunable.scale,
            "most": tunable.most // tunable.scale,
        }
        for name, tunable in TUNABLES.items()
    ]
    return [(group, list(each)) for group, each in groupby(rows, key=lambda row: str(row["group"]))]


def _changed(limits: Thresholds, numbers: Mapping[str, int]) -> list[str]:
    """In words: from what to what."""
    said = []
    for name, value in numbers.items():
        tunable = TUNABLES[name]
        before = getattr(limits, name) // tunable.scale
        said.append(f"{tunable.label}: {before} → {value // tunable.scale} {tunable.unit}")
    return said


def _versions(municipality: Municipality, me: str) -> list[dict[str, Any]]:
    return [
        {
            "version": each.version,
            "active_from": each.active_from,
            "by_me": each.by == me,
            "by": each.by,
            "at": each.at,
            "changed": [
                f"{TUNABLES[name].label}: {value // TUNABLES[name].scale} {TUNABLES[name].unit}"
                for name, value in each.changed
                if name in TUNABLES
            ],
        }
        for each in reversed(municipality.activated)
    ]


async def _alerts(door: Door, found: tuple[Found, ...]) -> list[dict[str, Any]]:
    tenants = {
        row["tenancy"]: json.loads(row["tenants"]) for row in await door.rows(TENANTS, [f.tenancy for f in found])
    }
    people = await door.request.app.state.people.look_up(
        {tenant for each in tenants.values() for tenant in each},
        kommunenummer=door.principal.kommunenummer,
        acting_user=door.principal.subject,
    )
    return [
        {
            "tenancy": each.tenancy,
            "heading": who(tenants.get(each.tenancy, []), people) or f"Sak {case_reference(each.tenancy)}",
            "what": WHAT[each.what],
            "before": _told(each.before, each.peak_before),
            "after": _told(each.after, each.peak_after),
        }
        for each in found
    ]


def _told(day: int, peak: int) -> str:
    return f"{long_date(date.fromordinal(day))}, {LEVEL_NAMES[peak].lower()}" if day else "–"
