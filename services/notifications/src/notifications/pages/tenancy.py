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
from notifications.domain.nav_notices import NavNotice
from notifications.domain.policy import Policy
from notifications.domain.staff import OWNERS
from notifications.domain.tenancy import Tenancy, alert_id
from notifications.domain.words import LEVEL_NAMES, NAV_STOPS, NAV_WORDS, RESOLUTIONS, STAGES, days, kroner, long_date
from notifications.handlers.legal_clocks import clocks_of
from notifications.pages.cards import LEVEL_COLOURS, case_reference, countdown, who
from notifications.pages.care import STAFF, contact_log, staff
from notifications.pages.chart import described, drawn
from notifications.pages.course import STEPS, Course, course
from notifications.pages.inbox import pages, today

router = APIRouter()
Reader = Annotated[Door, Depends(page_door("boligansvarlig", "leder", "okonomi"))]

WIDE, NARROW = 760.0, 340.0  # units of a view box, about pixels
WAITING = "select since from parked where key = $1"


@router.get("/leieforhold/{tenancy}")
async def ledger(door: Reader, tenancy: UUID) -> HTMLResponse:
    return await tenancy_page(door, tenancy)


async def tenancy_page(door: Door, tenancy: UUID, status: int = 200, notice: str = "") -> HTMLResponse:
    """`notice`: what couldn't be done, above the tenancy as it is now."""
    id, principal = str(tenancy), door.principal
    state: Tenancy | None = (await door.states("tenancy", [id])).get(id)
    if state is None:
        raise Problem(404, "no_such_tenancy", "Leieforholdet finnes ikke", "Det kan høre til en annen kommune.")
    handles = bool(OWNERS & principal.roles)  # what caseworkers wrote is theirs to read
    people = await door.request.app.state.people.look_up(
        state.tenants, kommunenummer=principal.kommunenummer, acting_user=principal.subject
    )
    return pages.render(
        "tenancy.html",
        status=status,
        principal=principal,
        notice=notice,
        staff=(known := staff(await door.rows(STAFF))),
        log=contact_log(state, known, principal.subject) if handles else [],
        may_assign=handles,
        heading=who(state.tenants, people) or f"Sak {case_reference(id)}",
        id=id,
        reference=case_reference(id),
        waits_since=next((row["since"] for row in await door.rows(WAITING, id)), None),
        **told(id, state, door.request.app.state.policies.of(principal.kommunenummer), today(door)),
    )


def told(id: str, state: Tenancy, policy: Policy, day: date) -> dict[str, Any]:
    """All that the page says of the tenancy itself. `day`: that on which it is looked at."""
    limits = policy.limits(state.as_of)
    allocation = allocate(state.ledger, state.as_of or date.max.toordinal(), limits.tolerance)
    return {
        **_course(course(state, policy)),
        "tenancy": state,
        "countdown": _countdown(state.open, day),
        "stale": bool(state.frozen_at and state.as_of),
        "as_of": date.fromordinal(state.as_of) if state.as_of else None,
        "outstanding": state.closes[-1].ore if state.closes else None,
        "clocks": _clocks(state),
        "nav_notices": [_nav_notice(each) for each in reversed(state.nav_notices)],
        "stage": f"{state.stage} – {STAGES[state.stage]}",
        "invoices": list(_invoices(allocation))[::-1],
        "payments": list(_payments(state))[::-1],
        "steps": sorted(_steps(state), key=lambda row: row["dated"], reverse=True),
        "episodes": [_episode(id, episode) for episode in reversed(state.episodes) if not episode.silent],
    }


def _course(found: Course | None) -> dict[str, Any]:
    """The course drawn twice, for a wide window and for a narrow one, and the levels that it goes through."""
    if found is None:
        return {"course": None}
    return {
        "course": found,
        "course_text": described(found),
        "wide": drawn(found, "wide", WIDE),
        "narrow": drawn(found, "narrow", NARROW),
        "course_levels": [(level, LEVEL_NAMES[level]) for level in sorted({span.level for span in found.levels})],
        "level_names": LEVEL_NAMES,
    }


def _countdown(episode: Episode | None, day: date) -> str:
    if episode is None or episode.next_date is None:
        return ""
    return countdown(date.fromordinal(episode.next_date), day, episode.stage)


def _clocks(state: Tenancy) -> list[dict[str, Any]]:
    """The statutory dates of the alert that stands, in the order in which they come."""
    found = clocks_of(state)
    named = {
        "Siste dag i § 4-18-varselet": found.pay_by,
        "Begjæring tidligst": found.earliest_request,
        "NAVs to uker går ut": found.nav_until,
        "Begjæring når NAV har hatt to uker": found.request_from if found.nav_until else None,
    }
    return sorted(({"what": what, "on": on} for what, on in named.items() if on), key=lambda row: row["on"])


def _nav_notice(notice: NavNotice) -> dict[str, Any]:
    as_of = long_date(date.fromordinal(notice.as_of))
    return {
        "requested_at": notice.requested_at,
        "what": NAV_WORDS[notice.status].format(ore=kroner(notice.debt), as_of=as_of),
        "why": NAV_STOPS.get(notice.code, ""),
        "received_at": notice.received_at,
        "silent_since": notice.silent_since,
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
        yield {"dated": date.fromordinal(step.dated), "what": STEPS[step.step], "until": day}
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
