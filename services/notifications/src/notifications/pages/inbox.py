"""The inbox: open alerts, the most urgent first, each with its reasons and a button to acknowledge it."""

import json
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
from notifications.messages import AcknowledgeAlert
from notifications.pages.cards import Card, card, case_reference, mail_trouble

router = APIRouter()
pages = Pages(Path(__file__).parents[1] / "templates", "boligflyt varsler")
Caseworker = Annotated[Door, Depends(page_door("boligansvarlig", "leder"))]

OPEN = """
select a.*, t.tenants, t.reserved, t.frozen_at, t.as_of as closed_to, p.since as waits_since
from alerts a join tenancies t using (tenancy, kommunenummer) left join parked p on p.key = a.tenancy
where a.resolution is null and $1::text is null or a.alert_id = $1
order by a.level desc, a.next_date nulls last, a.debt_ore / greatest(a.rent_ore, 1)::float8 desc, a.dpd desc,
    a.raised_as_of, a.tenancy
"""
WAITING = """
select key, since, exists (select from tenancies where tenancy = key) as known from parked order by since
"""
MISSED = """
select t.account, min(t.as_of) as as_of, count(*) as tenancies, coalesce(max(m.mail), '') as mail
from tenancies t left join missed_bank_files m using (kommunenummer, account)
where t.frozen_at is not null group by t.account order by t.account
"""


@router.get("/")
async def inbox(door: Caseworker) -> HTMLResponse:
    cards = await shown(door)
    waiting = [{**row, "reference": case_reference(row["key"])} for row in await door.rows(WAITING)]
    unseen = sum(not each.acknowledged_at for each in cards)
    levels = [list(each) for _, each in groupby(cards, attrgetter("level"))]
    missed = [{**row, "trouble": mail_trouble(row["mail"])} for row in await door.rows(MISSED)]
    counts = {"count": len(cards), "unseen": unseen}
    return pages.render("inbox.html", principal=door.principal, levels=levels, waiting=waiting, missed=missed, **counts)


@router.get("/varsler.css", dependencies=[Depends(page_door("boligansvarlig", "leder", "okonomi"))])
async def style() -> FileResponse:
    return FileResponse(Path(__file__).with_name("varsler.css"), media_type="text/css")


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
    notice, status = "", 200
    try:
        await door.send(command, str(tenancy))
    except Reject as refusal:
        notice, status = refusal.sentence, refusal.status
    values: dict[str, Any] = {"card": await one(door, alert_id), "notice": notice}
    if "hx-request" in door.request.headers:
        return pages.render("card.html", fresh=True, **values)
    if notice:
        return pages.render("alert.html", status=status, principal=door.principal, **values)
    return RedirectResponse(f"/#varsel-{alert_id}", 303)


async def one(door: Door, alert_id: UUID) -> Card:
    cards = await shown(door, str(alert_id))
    if not cards:
        raise Problem(404, "no_such_alert", "Varselet finnes ikke", "Det kan høre til en annen kommune.")
    return cards[0]


async def shown(door: Door, alert_id: str | None = None) -> list[Card]:
    """With the people's names as intake gives them now; without while its door is closed."""
    rows, who, state = await door.rows(OPEN, alert_id), door.principal, door.request.app.state
    tenants = {tenant for row in rows for tenant in json.loads(row["tenants"])}
    people = await state.people.look_up(tenants, kommunenummer=who.kommunenummer, acting_user=who.subject)
    today = state.clock.now().astimezone(OSLO).date()
    return [card(row, people, today, who.subject) for row in rows]
