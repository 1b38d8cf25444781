"""The pages of deliveries: all by state and age, a case's with their whole history and proof, and what to do about one.

For the case's owner and for leaders, who are a municipality's operators: how NAV is reached, and what to do about all
that was stopped for one reason, is for these alone.
"""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Form, Query
from fastapi import Path as PathOf
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse

from chassis.access import Door, page_door
from chassis.causation import trail
from chassis.errors import Reject
from chassis.http import Problem
from chassis.pages import Pages
from nav_bridge import operations
from nav_bridge.domain import OUTCOMES, REASONS, Act, Case, Delivery, Status
from nav_bridge.messages import HandleDelivery, Outcome
from nav_bridge.translation import page_words as words
from nav_bridge.translation.history import Step, history

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
pages = Pages(Path(__file__).parent / "templates", "boligflyt leveringer til NAV")
log = structlog.get_logger()

OWNERS = Depends(page_door("boligansvarlig", "leder"))
Owner = Annotated[Door, OWNERS]
Operator = Annotated[Door, Depends(page_door("leder"))]
Code = Annotated[str, PathOf(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

ON_A_PAGE = 50
COUNTED = """
select status, count(*) as deliveries, min(requested_on) as oldest, count(silent_since) as silent,
    count(unreachable_since) as unreachable
from deliveries group by status order by status
"""


class Handling(BaseModel):
    """The form on a delivery. `seen`: the delivery that it was made from."""

    model_config = ConfigDict(extra="ignore")
    referral_id: UUID
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    act: Act
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    outcome: Outcome | None = None
    seen: Annotated[str, Field(min_length=1, max_length=200)]


class RetryingGroup(BaseModel):
    """The form on a group of stopped deliveries. `seen`: the group that it was made from."""

    model_config = ConfigDict(extra="ignore")
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@router.get("/", dependencies=[OWNERS])
async def home() -> RedirectResponse:
    return RedirectResponse("/leveringer", 303)


@router.get("/leveringer.css", dependencies=[OWNERS])
async def style() -> FileResponse:
    return FileResponse(Path(__file__).parent / "templates" / "leveringer.css", media_type="text/css")


@router.get("/leveringer")
async def deliveries(
    door: Owner, status: Status | None = None, side: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> HTMLResponse:
    counted = await door.rows(COUNTED)
    rows = await operations.listed(door, status, ON_A_PAGE, skip=(side - 1) * ON_A_PAGE)
    all_of = sum(row["deliveries"] for row in counted if status in {None, row["status"]})
    shown = {"rows": rows, "counted": counted, "chosen": status, "page": side, "last": max(1, -(-all_of // ON_A_PAGE))}
    return pages.render("deliveries.html", principal=door.principal, words=words, **shown)


@router.get("/leveringer/drift")
async def overview(door: Operator) -> HTMLResponse:
    return await operator_page(door)


@router.post("/leveringer/drift/{code}")
async def retry_group(door: Operator, code: Code, form: Annotated[RetryingGroup, Form()]) -> HTMLResponse:
    """What came of each; where nothing was done, the page as it is now with the reason."""
    try:
        done = await operations.retry_group(door, code, form.reason, door.principal.subject, form.seen)
    except Reject as refusal:
        return await operator_page(door, notice=refusal.sentence, status=refusal.status)
    log.info("nav_bridge.group_retried", code=code, count=len(done), acting_user=door.principal.subject)
    return pages.render("retried.html", principal=door.principal, words=words, code=code, done=done)


@router.get("/leveringer/{application}")
async def of_case(door: Owner, application: UUID) -> HTMLResponse:
    return await case_page(door, application)


@router.get("/leveringer/{application}/bevis")
async def proof(door: Owner, application: UUID) -> HTMLResponse:
    """What was sent when, with its hash and NAV's receipt; to be printed."""
    state = await _case(door, application)
    sent = [each for each in state.deliveries if each.proof or each.sent_at]
    return pages.render(
        "proof.html",
        principal=door.principal,
        words=words,
        case=application,
        sent=sent,
        printed_at=door.request.app.state.clock.now(),
    )


@router.post("/leveringer/{application}")
async def handle(door: Owner, application: UUID, form: Annotated[Handling, Form()]) -> Any:
    """Back to the page; where nothing was done, the page as it is now with the reason."""
    command = HandleDelivery(**form.model_dump(mode="json"), by=door.principal.subject)
    try:
        await door.send(command, str(application))
    except Reject as refusal:
        return await case_page(door, application, notice=refusal.sentence, status=refusal.status)
    return RedirectResponse(f"/leveringer/{application}", 303)


async def case_page(door: Door, application: UUID, *, notice: str = "", status: int = 200) -> HTMLResponse:
    state, found = await _case(door, application), await trail(door.rows, str(application))
    shown = [_shown(each, history(each, found)) for each in reversed(state.deliveries)]
    frame = {"principal": door.principal, "words": words, "case": application, "notice": notice}
    return pages.render("case.html", status=status, deliveries=shown, **frame)


async def operator_page(door: Door, *, notice: str = "", status: int = 200) -> HTMLResponse:
    state = door.request.app.state
    groups = [(group, await operations.of_group(door, group["code"])) for group in await operations.groups(door)]
    reached = await operations.destinations(door, state.store.database, state.budgets)
    shown = {"groups": groups, "destinations": reached, "reasons": REASONS["retry"], "notice": notice}
    return pages.render("operator.html", status=status, principal=door.principal, words=words, **shown)


async def _case(door: Door, application: UUID) -> Case:
    states: dict[str, Case] = await door.states("delivery", [str(application)])
    if (state := states.get(str(application))) is None or not state.deliveries:
        raise Problem(404, "no_delivery", "Leveringen finnes ikke", "Den kan høre til en annen kommune.")
    log.info("nav_bridge.deliveries_read", case=str(application), acting_user=door.principal.subject)
    return state


def _shown(delivery: Delivery, steps: list[Step]) -> dict[str, Any]:
    acts = {act: REASONS[act] for act in REASONS if delivery.may(act)}
    return {"delivery": delivery, "steps": steps, "acts": acts, "outcomes": OUTCOMES[delivery.matter]}
