"""Legal steps and agreements of a tenancy, entered one by one."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.access import Door, door
from chassis.http.problems import problem
from intake.api.identity import TheVault
from intake.messages import EnterSteps
from intake.translation.steps import MOST_INSTALMENTS, Entry, lines_of, on_the_books, own_reference

log = structlog.get_logger()
router = APIRouter(tags=["leieforhold"])

Staff = Annotated[Door, Depends(door("okonomi", "boligansvarlig"))]
Text = Annotated[str, StringConstraints(max_length=64)]
Ore = Annotated[int, Field(ge=1, le=10**12)]


class Instalment(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    amount_ore: Ore
    due: Text


class NewStep(BaseModel):
    """The columns of a file's line under their own names; dates as ÅÅÅÅ-MM-DD.

    `reference`: the caller's own for the step, unique per account and kind; made of the Idempotency-Key where left out.
    `amends`: the reference of a plan's first instalment. `version`: how many steps the caller has seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    kind: Text
    date: Text
    reference: Text = ""
    amount_ore: Ore | None = None
    until: Text = ""
    dated: Text = ""
    received: Text = ""
    code: Text = ""
    amends: Text = ""
    instalments: list[Instalment] = Field(default=[], max_length=MOST_INSTALMENTS)
    version: Annotated[int, Field(ge=0)] | None = None


@router.post("/tenancies/{tenancy}/steps", status_code=201)
async def enter_step(tenancy: UUID, body: NewStep, door: Staff, vault: TheVault) -> dict[str, Any]:
    """Book one step, as a line of a file would be."""
    who, id = door.principal, str(tenancy)
    if (known := await on_the_books(door, id)) is None:
        raise problem(404, "not_found", "Leieforholdet finnes ikke.")
    once = door.request.headers.get("idempotency-key", "")
    cells = {name: getattr(body, name) for name in ("date", "until", "dated", "received", "code", "amends")}
    entry = Entry(
        kind=body.kind,
        reference=body.reference or own_reference(vault, who.kommunenummer, who.subject, once),
        cells=cells | ({"amount_ore": str(body.amount_ore)} if body.amount_ore else {}),
        instalments=[(str(each.amount_ore), each.due) for each in body.instalments],
    )
    lines, faults = lines_of(entry, who.kommunenummer, str(known.account), id)
    if faults:
        errors = [{"line": fault.line, "field": fault.field, "message": fault.message} for fault in faults]
        raise problem(422, "step_refused", "Steget kan ikke føres.", errors=errors)
    answer = await door.send(EnterSteps(lines=tuple(lines), version=body.version, by=who.subject), id, status=201)
    log.info("tenancy.step_entered", acting_user=who.acting_user, kind=body.kind, lines=len(lines))
    return answer
