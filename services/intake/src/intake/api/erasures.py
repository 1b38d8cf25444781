"""Erasing a person: asked for by a leder, refused with all that stands against it, and followed to its end."""

import json
from typing import Annotated, Any, Self

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.access import Door, door
from chassis.http.problems import problem
from chassis.outputs import OSLO
from intake.api.identity import Number, Pseudonym, TheMode, TheVault, admitted, current_pseudonym
from intake.domain.people import Person
from intake.domain.retention import Kept, kept
from intake.handlers.erasing import refusal, standing
from intake.messages import ErasePerson
from intake.translation import duties

log = structlog.get_logger()
router = APIRouter(tags=["sletting"])

Leader = Annotated[Door, Depends(door("leder"))]
CaseNumber = Annotated[str, StringConstraints(pattern=r"^BS-[0-9A-Z]{4}-[0-9A-Z]{4}$")]

NEWEST_FIRST = "select person, asked_on, asked_by, lacking, completed_on from erasures order by asked_on desc, person"


class NewErasure(BaseModel):
    """Who: `person` or `national_id`. `archived`: cases whose documents the leder has seen in the archive."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    person: Pseudonym | None = None
    national_id: Number | None = None
    archived: list[CaseNumber] = Field(default=[], max_length=1000)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.person is None) == (self.national_id is None):
            raise PydanticCustomError("who", "Oppgi enten person eller national_id.")
        return self


@router.post("/erasures", status_code=202)
async def erase_person(body: NewErasure, door: Leader, vault: TheVault, mode: TheMode) -> dict[str, Any]:
    """Erase a person in all services, or say what is kept, why and until when."""
    who = door.principal
    if body.national_id is not None:
        number = admitted(body.national_id, mode, "national_id")
        person = await current_pseudonym(door, vault, number)
    else:
        person = str(body.person)
    if reasons := await _kept(person, body.archived, door):
        log.info("person.erasure_refused", acting_user=who.acting_user, reasons=len(reasons))
        raise problem(409, "erasure_refused", refusal(reasons), errors=[_told(reason) for reason in reasons])
    log.info("person.erasure_asked", acting_user=who.acting_user)
    return await door.send(ErasePerson(archived=tuple(body.archived), by=who.subject), person, status=202)


@router.get("/erasures")
async def erasures(door: Leader) -> list[dict[str, Any]]:
    """Who is erased, and which services are yet to answer."""
    return [dict(row) | {"lacking": _listed(row["lacking"])} for row in await door.rows(NEWEST_FIRST)]


@router.get("/erasures/{person}")
async def erasure(person: Pseudonym, door: Leader) -> dict[str, Any]:
    """Which services have answered, and when."""
    known: Person | None = (await door.states("person", [person])).get(person)
    if known is None or known.erasure is None:
        raise problem(404, "not_found", "Ingen sletting av denne personen er bedt om.")
    return standing(person, known.erasure)


async def _kept(person: str, archived: list[str], door: Door) -> list[Kept]:
    """As the handler will judge it, so that every reason can be named; it judges again under lock."""
    known: Person | None = (await door.states("person", [person])).get(person)
    if known is None or known.erasure:
        return []
    applications = await door.states("application", known.applications)
    tenancies = await door.states("tenancy", known.tenancies)
    today = door.request.app.state.clock.now().astimezone(OSLO).date()
    return kept(duties(), applications, tenancies, archived, today)


def _told(reason: Kept) -> dict[str, Any]:
    until = reason.until and reason.until.isoformat()
    told = {"field": reason.what, "message": reason.sentence, "reason": reason.code}
    return told | {"legal_basis": reason.source, "kept_until": until}


def _listed(lacking: Any) -> list[str]:
    return list(json.loads(lacking))
