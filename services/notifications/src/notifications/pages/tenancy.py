"""A tenancy with its ledger: each invoice with what is open of it, as of the newest close."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from chassis.access import Door, page_door
from chassis.http import Problem
from notifications.domain.allocation import Allocation, allocate
from notifications.domain.episodes import Episode
from notifications.domain.steps import Enforcement
from notifications.domain.tenancy import Tenancy, alert_id
from notifications.domain.thresholds import Thresholds
from notifications.domain.words import LEVEL_NAMES, RESOLUTIONS, STAGES, days
from notifications.pages.cards import LEVEL_COLOURS, case_reference, who
from notifications.pages.inbox import pages

router = APIRouter()
Reader = Annotated[Door, Depends(page_door("boligansvarlig", "leder", "okonomi"))]

STEP_NAMES = {
    Enforcement.REQUESTED: "Begjæring om fravikelse mottatt",
    Enforcement.SCHEDULED: "Fravikelse berammet",
    Enforcement.LIFTED: "Begjæringen trukket eller hevet",
    Enforcement.EXECUTED: "Fravikelse gjennomført",
}
WAITING = "select since from parked where key = $1"


@router.get("/leieforhold/{tenancy}")
async def ledger(door: Reader, tenancy: UUID) -> HTMLResponse:
    id, principal = str(tenancy), door.principal
    state: Tenancy | None = (await door.states("tenancy", [id])).get(id)
    if state is None:
        raise Problem(404, "no_such_tenancy", "Leieforholdet finnes ikke", "Det kan høre til en annen kommune.")
    people = await door.request.app.state.people.look_up(
        state.tenants, kommunenummer=principal.kommunenummer, acting_user=principal.subject
    )
    return pages.render(
        "tenancy.html",
        principal=principal,
        heading=who(state.tenants, people) or f"Sak {case_reference(id)}",
        reference=case_reference(id),
        waits_since=next((row["since"] for row in await door.rows(WAITING, id)), None),
        **told(id, state, door.request.app.state.policies.of(principal.kommunenummer).limits(state.as_of)),
    )


def told(id: str, state: Tenancy, limits: Thresholds) -> dict[str, Any]:
    """All that the page says of the tenancy itself."""
    allocation = allocate(state.ledger, state.as_of or date.max.toordinal(), limits.tolerance)
    return {
        "tenancy": state,
        "stale": bool(state.frozen_at and state.as_of),
        "as_of": date.fromordinal(state.as_of) if state.as_of else None,
        "outstanding": state.closes[-1].ore if state.closes else None,
        "stage": f"{state.stage} – {STAGES[state.stage]}",
        "invoices": list(_invoices(allocation))[::-1],
        "payments": list(_payments(state))[::-1],
        "steps": sorted(_steps(state), key=lambda row: row["dated"], reverse=True),
        "episodes": [_episode(id, episode) for episode in reversed(state.episodes) if not episode.silent],
    }


def _invoices(allocation: Allocation) -> Iterator[dict[str, Any]]:
    for index, invoice in enumerate(allocation.invoices):
        paid, left = allocation.settled[index], allocation.open[index]
        late = 0 if paid is None else max(0, paid - invoice.falls)
        yield {
            "due": date.fromordinal(invoice.due),
            "ore": allocation.amounts[index],
            "open": left,
            "paid": None if paid is None else date.fromordinal(paid),
            "late": f"{days(late)} etter forfall" if late else "",
        }


def _payments(state: Tenancy) -> Iterator[dict[str, Any]]:
    undone = state.ledger.undone(date.max.toordinal())
    for line in state.ledger.payments:
        what = "Innbetaling, tilbakeført" if line.id in undone else "Innbetaling"
        yield {"dated": date.fromordinal(line.dated), "ore": line.ore, "what": what}


def _steps(state: Tenancy) -> Iterator[dict[str, Any]]:
    for notice in state.notices:
        dated, until = date.fromordinal(notice.dated), date.fromordinal(notice.deadline)
        yield {"dated": dated, "what": "Varsel etter § 4-18 sendt", "until": until}
    for step in state.steps:
        day = date.fromordinal(step.scheduled) if step.scheduled else None
        yield {"dated": date.fromordinal(step.dated), "what": STEP_NAMES[step.step], "until": day}
    for reservation in state.reservations:
        what = "Reservasjon mot melding til NAV (§ 9-11)" if reservation.stands else "Reservasjonen (§ 9-11) trukket"
        yield {"dated": date.fromordinal(reservation.dated), "what": what, "until": None}


def _episode(id: str, episode: Episode) -> dict[str, Any]:
    return {
        "alert_id": alert_id(id, episode.number),
        "raised": date.fromordinal(episode.raised),
        "level_name": LEVEL_NAMES[episode.peak],
        "colour": LEVEL_COLOURS[episode.peak],
        "rules": ", ".join(sorted({rule for change in episode.changes for rule in change.rules})),
        "resolved": date.fromordinal(episode.resolved) if episode.resolved else None,
        "resolution": RESOLUTIONS.get(episode.resolution or "", ""),
    }
