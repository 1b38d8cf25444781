"""The inbox: open alerts, the most urgent first, each with its reasons and a button to acknowledge it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse

from chassis.access import Door, page_door
from chassis.errors import Reject
from chassis.http import Problem
from chassis.outputs import OSLO
from chassis.pages import Pages
from notifications.domain.words import LEVEL_NAMES, STAGES
from notifications.messages import AcknowledgeAlert, RequestNavNotice
from notifications.pages.cards import LEVEL_COLOURS, Card, card, case_reference, mail_trouble
from notifications.pages.care import STAFF, Staff, staff
from notifications.pages.rows import ALERTS, MISSED, WAITING, Row
from notifications.pages.wanted import Wanted, wanted

router = APIRouter()
pages = Pages(Path(__file__).parents[1] / "templates", "boligflyt varsler")
Caseworker = Annotated[Door, Depends(page_door("boligansvarlig", "leder"))]
Looking = Annotated[Wanted, Depends(wanted)]


@router.get("/")
async def inbox(door: Caseworker, looking: Looking) -> HTMLResponse:
    rows = await door.rows(ALERTS, None, None)
    cards = await shown(door, [row for row in rows if looking.admits(row)], staff(await door.rows(STAFF)))
    return pages.render(
        "inbox.html",
        principal=door.principal,
        levels=[list(each) for _, each in groupby(cards, attrgetter("level"))],
        looking=looking,
        stages=STAGES,
        **summary(rows, looking),
        **notes(await door.rows(WAITING), await door.rows(MISSED)),
    )


@router.get("/varsler.css", dependencies=[Depends(page_door("boligansvarlig", "leder", "okonomi"))])
async def style() -> FileResponse:
    return FileResponse(Path(__file__).with_name("varsler.css"), media_type="text/css")


@router.get("/varsler.js", dependencies=[Depends(page_door("boligansvarlig", "leder"))])
async def script() -> FileResponse:
    return FileResponse(Path(__file__).with_name("varsler.js"), media_type="text/javascript")


@router.get("/varsler/{alert_id}")
async def alert(door: Caseworker, alert_id: UUID) -> HTMLResponse:
    """One alert, also when it is closed: where the mail's link leads."""
    return pages.render("alert.html", principal=door.principal, card=await one(door, alert_id), notice="")


@router.post("/varsler/{alert_id}/kvittering")
async def acknowledge(
    door: Caseworker,
    alert_id: UUID,
    tenancy: Annotated[UUID, Form()],
    version: Annotated[int, Form(ge=1, le=2**31 - 1)],
) -> Response:
    """A form made from an older version saves nothing and gets the alert as it is now."""
    command = AcknowledgeAlert(alert_id=str(alert_id), version=version, by=door.principal.subject)
    return await acted(door, alert_id, tenancy, command)


@router.post("/varsler/{alert_id}/nav-varsel")
async def notify_nav(
    door: Caseworker,
    alert_id: UUID,
    tenancy: Annotated[UUID, Form()],
    version: Annotated[int, Form(ge=1, le=2**31 - 1)],
) -> Response:
    """NAV is told of what is owed now, or the card says why it isn't."""
    command = RequestNavNotice(alert_id=str(alert_id), version=version, by=door.principal.subject)
    return await acted(door, alert_id, tenancy, command)


# The field that a refusal is about, of those that somebody can put right in the form.
FIELDS = {
    "bad_snooze_end": "until_on",
    "bad_promise": "promised_on",
    "bad_promised_sum": "promised",
    "no_such_owner": "to",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A form of the card as it was sent: what was written in it, and which field of it can't be so."""

    form: str
    written: Mapping[str, str]
    field: str = ""
    sentence: str = ""

    def wrong(self, field: str, sentence: str) -> "Tried":
        return replace(self, field=field, sentence=sentence)


async def acted(door: Door, alert_id: UUID, tenancy: UUID, command: Any, tried: Tried | None = None) -> Response:
    """The card as it is then. `tried`: the form that the command came of, if what it holds must not be lost."""
    try:
        await door.send(command, str(tenancy))
    except Reject as refusal:
        if tried and (field := FIELDS.get(refusal.code)):
            return await refused(door, alert_id, tried.wrong(field, refusal.sentence), refusal.status)
        return await refused(door, alert_id, tried, refusal.status, refusal.sentence)
    if "hx-request" in door.request.headers:
        return pages.render("card.html", fresh=True, notice="", card=await one(door, alert_id))
    return RedirectResponse(f"/varsler/{alert_id}" if tried else f"/#varsel-{alert_id}", 303)


async def refused(door: Door, alert_id: UUID, tried: Tried | None, status: int = 422, notice: str = "") -> Response:
    """The alert as it is now, with what was written: `notice` stands above it, what is wrong in a field beside that."""
    values: dict[str, Any] = {"card": await one(door, alert_id), "notice": notice, "tried": tried}
    if "hx-request" in door.request.headers:
        return pages.render("card.html", fresh=True, **values)
    return pages.render("alert.html", status=status, principal=door.principal, **values)


async def one(door: Door, alert_id: UUID) -> Card:
    rows = await door.rows(ALERTS, str(alert_id), None)
    if not rows:
        raise Problem(404, "no_such_alert", "Varselet finnes ikke", "Det kan høre til en annen kommune.")
    (found,) = await shown(door, rows, staff(await door.rows(STAFF)))
    return found


async def shown(door: Door, rows: Iterable[Row], staff: Staff) -> list[Card]:
    """In order, with the people's names as intake gives them now; without while its door is closed."""
    rows, who, state = list(rows), door.principal, door.request.app.state
    tenants = {tenant for row in rows for tenant in json.loads(row["tenants"])}
    people = await state.people.look_up(tenants, kommunenummer=who.kommunenummer, acting_user=who.subject)
    return sorted((card(row, people, staff, today(door), who.subject) for row in rows), key=attrgetter("order"))


def today(door: Door) -> date:
    found: date = door.request.app.state.clock.now().astimezone(OSLO).date()
    return found


def summary(rows: Sequence[Row], looking: Wanted) -> dict[str, Any]:
    """How many there are: of all, of those that are looked at, and of each level if it alone were looked at."""
    seen = [row for row in rows if looking.admits(row)]
    per_level = Counter(row["level"] for row in rows if looking.admits_but_for_level(row))
    return {
        "count": len(rows),
        "admitted": len(seen),
        "unseen": sum(row["acknowledged_at"] is None for row in seen),
        "tallies": [
            {
                "level": level,
                "name": LEVEL_NAMES[level],
                "colour": LEVEL_COLOURS[level],
                "count": per_level[level],
                "chosen": level in looking.levels,
                "href": looking.with_level(level),
            }
            for level in sorted(per_level.keys() | looking.levels, reverse=True)
        ],
    }


def notes(waiting: Iterable[Row], missed: Iterable[Row]) -> dict[str, Any]:
    """What stands above the alerts because something is missing."""
    return {
        "waiting": [{**row, "reference": case_reference(row["key"])} for row in waiting],
        "missed": [{**row, "trouble": mail_trouble(row["mail"])} for row in missed],
    }
