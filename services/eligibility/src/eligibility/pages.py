"""The pages of cases: all of them, the newest first, and one with what it was held against and what is open in it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse

from chassis.access import Door, page_door
from chassis.causation import trail
from chassis.http import Problem
from chassis.pages import Pages
from eligibility.domain.case import Case
from eligibility.domain.policy import ABSENCES
from eligibility.translation import trail_view, words
from eligibility.translation.case_view import AssessmentView, CombinationView, case_view
from eligibility.translation.policy_files import policy

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
pages = Pages(Path(__file__).parent / "templates", "boligflyt saker")
log = structlog.get_logger()

READERS = Depends(page_door("boligansvarlig", "boligutvalg", "vedtakskontor", "leder"))
Reader = Annotated[Door, READERS]

ON_A_PAGE = 50
NEWEST_FIRST = """
select *, exists (select from parked where parked.key = application) as events_waiting
from cases order by received_on desc, application limit $1 offset $2
"""
COUNTED = """
select count(*) as cases, count(*) filter (where decision is null and application_type = 'kommunal_bolig'
    and absent_reason is distinct from 'application_withdrawn') as undecided
from cases
"""
WITHOUT_CASE = """
select count(*) as waiting from parked where not exists (select from cases where application = parked.key)
"""
OF_APPLICATION = """
select exists (select from parked where parked.key = application) as events_waiting from cases where application = $1
"""


@router.get("/", dependencies=[READERS])
async def home() -> RedirectResponse:
    return RedirectResponse("/saker", 303)


@router.get("/saker.css", dependencies=[READERS])
async def style() -> FileResponse:
    return FileResponse(Path(__file__).parent / "templates" / "saker.css", media_type="text/css")


@router.get("/saker")
async def cases(door: Reader, side: Annotated[int, Query(ge=1, le=10_000)] = 1) -> HTMLResponse:
    (counted,) = await door.rows(COUNTED)
    (unseen,) = await door.rows(WITHOUT_CASE)
    rows = await door.rows(NEWEST_FIRST, ON_A_PAGE, (side - 1) * ON_A_PAGE)
    last = max(1, -(-counted["cases"] // ON_A_PAGE))
    shown = {"rows": [in_list(row) for row in rows], "counted": counted, "page": side, "last": last}
    return pages.render("cases.html", principal=door.principal, unseen=unseen["waiting"], **shown)


@router.get("/saker/{application}")
async def case(door: Reader, application: UUID) -> HTMLResponse:
    """Each look into a case is logged: its criteria reveal health and prison."""
    id, who = str(application), door.principal
    rows, states = await door.rows(OF_APPLICATION, id), await door.states("case", [id])
    if not rows or id not in states:
        raise Problem(404, "unknown_case", "Saken finnes ikke", "Den kan høre til en annen kommune.")
    log.info("eligibility.case_read", case=id, acting_user=who.subject)
    view = case_view(policy(), who.kommunenummer, id, states[id], events_waiting=rows[0]["events_waiting"])
    about = words.subject(view.application_type, view.dwelling_type)
    hinders = hindering(view.assessment) if view.assessment else {}
    enough = list(any_is_enough(view.assessment.combination)) if view.assessment else []
    return pages.render("case.html", principal=who, case=view, about=about, words=words, hinders=hinders, enough=enough)


@router.get("/saker/{application}/spor")
async def walk(door: Reader, application: UUID) -> HTMLResponse:
    """From the application to NAV's receipt, or to the decision: what each service tells of its own part."""
    id, who = str(application), door.principal
    case: Case | None = (await door.states("case", [id])).get(id)
    if case is None:
        raise Problem(404, "unknown_case", "Saken finnes ikke", "Den kan høre til en annen kommune.")
    log.info("eligibility.case_read", case=id, acting_user=who.subject)
    parts: dict[str, Any] = {"eligibility": await trail(door.rows, id)}
    for name, service in door.request.app.state.elsewhere.items():
        parts[name] = await service.trail(id, kommunenummer=who.kommunenummer, acting_user=who.subject)
    return pages.render(
        "trail.html",
        principal=who,
        application=id,
        case_number=case.facts.case_number if case.facts else None,
        steps=trail_view.steps({name: part for name, part in parts.items() if part}),
        silent=[trail_view.SERVICES[name] for name, part in parts.items() if part is None],
    )


def in_list(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the list tells of a case; a code becomes its sentence."""
    return {
        **{name: row[name] for name in ("application", "case_number", "received_on", "overall", "events_waiting")},
        "about": words.subject(row["application_type"], row["dwelling_type"]),
        "assessment": words.OVERALL.get(row["overall"] or "", ""),
        "colour": words.COLOURS.get(row["overall"] or "", ""),
        "absence": ABSENCES.get(row["absent_reason"] or "", ""),
        "decision": words.OUTCOMES.get(row["decision"] or "", ""),
        "decided_on": row["decided_on"],
        "referral": words.REFERRALS.get(row["referral_status"] or "", ""),
        "not_referred": ABSENCES.get(row["not_referred_reason"] or "", ""),
    }


def hindering(assessment: AssessmentView) -> dict[str, list[str]]:
    """What stands against it in the guideline's words, and what is yet to be asked, each under its heading."""
    by_id = {one.id: one for one in assessment.criteria}
    against = [f"{by_id[id].quotation} ({id})" for id in assessment.unfulfilled if id in by_id]
    to_ask = [f"{by_id[id].question} ({id})" for id in assessment.unresolved if id in by_id]
    weighed = [f"{flag.sentence} ({flag.criterion})" for flag in assessment.flags]
    headings = ("Dette er ikke oppfylt", "Dette må avklares", "Dette kan et menneske legge vekt på")
    return {heading: found for heading, found in zip(headings, (against, to_ask, weighed), strict=True) if found}


def any_is_enough(part: CombinationView) -> Iterator[list[str]]:
    """The criteria of which one would do, where none does yet."""
    ids = [each.criterion for each in part.parts if each.criterion]
    if part.how == "any" and part.result != "fulfilled" and len(ids) > 1:
        yield ids
    for each in part.parts:
        yield from any_is_enough(each)
