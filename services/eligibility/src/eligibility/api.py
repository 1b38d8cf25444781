"""The cases, for those who handle and decide them; a referral's content, for nav-bridge."""

import re
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.access import Door, door
from chassis.http import Problem
from eligibility.domain.policy import ABSENCES
from eligibility.messages import FetchFacts, Outcome, RecordDecision
from eligibility.translation.case_view import CaseView, case_view
from eligibility.translation.policy_files import policy
from eligibility.translation.referral import ReferralContent, referral_content

router = APIRouter(tags=["cases"])
log = structlog.get_logger()

ReaderDoor = Annotated[Door, Depends(door("boligansvarlig", "boligutvalg", "vedtakskontor", "leder"))]
DeciderDoor = Annotated[Door, Depends(door("boligutvalg", "vedtakskontor"))]
CaseworkerDoor = Annotated[Door, Depends(door("boligansvarlig"))]
ServiceDoor = Annotated[Door, Depends(door("tjeneste"))]

# decided_by goes out in an event: an e-mail address or a name as `sub` must not.
OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}")

PARKED = "exists (select from parked where parked.key = application) as events_waiting"
NEWEST_FIRST = f"select *, {PARKED} from cases order by received_on desc, application limit $1 offset $2"  # noqa: S608
OF_APPLICATION = f"select {PARKED} from cases where application = $1"  # noqa: S608
OF_REFERRAL = "select application from referrals where referral_id = $1"


class DecisionBody(BaseModel):
    """`version`: of the case that the person saw; a change since then is told, and nothing is recorded."""

    model_config = ConfigDict(extra="forbid")
    outcome: Outcome
    version: Annotated[int | None, Field(ge=1)] = None


@router.get("/cases")
async def cases(
    door: ReaderDoor,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[dict[str, Any]]:
    return [_with_sentences(dict(row)) for row in await door.rows(NEWEST_FIRST, limit, offset)]


@router.get("/cases/{application}")
async def case(door: ReaderDoor, application: UUID) -> CaseView:
    id = str(application)
    rows, states = await door.rows(OF_APPLICATION, id), await door.states("case", [id])
    if not rows or id not in states:
        raise _not_found("unknown_case", "Saken finnes ikke.")
    log.info("eligibility.case_read", case=id, acting_user=door.principal.acting_user)
    municipality = door.principal.kommunenummer
    return case_view(policy(), municipality, id, states[id], events_waiting=rows[0]["events_waiting"])


@router.post("/cases/{application}/decisions", status_code=201)
async def record_decision(door: DeciderDoor, application: UUID, body: DecisionBody) -> dict[str, Any]:
    """A named person decides; the assessment is advice."""
    who = door.principal
    if not OPAQUE.fullmatch(who.subject):
        raise Problem(403, "subject_not_opaque", "Du har ikke tilgang", "Tokenets «sub» må være en kode, ikke et navn.")
    command = RecordDecision(
        outcome=body.outcome, decided_by=who.subject, roles=tuple(sorted(who.roles)), version=body.version
    )
    return await door.send(command, str(application), status=201)


@router.post("/cases/{application}/facts", status_code=202)
async def fetch_facts(door: CaseworkerDoor, application: UUID) -> dict[str, Any]:
    """The application was supplemented at intake: fetch its facts anew, and assess or refer by them."""
    return await door.send(FetchFacts(), str(application), status=202)


@router.get("/referrals/{referral_id}", tags=["referrals"])
async def referral(door: ServiceDoor, referral_id: UUID) -> ReferralContent:
    rows = await door.rows(OF_REFERRAL, str(referral_id))
    if not rows:
        raise _not_found("unknown_referral", "Henvisningen finnes ikke.")
    id, who = rows[0]["application"], door.principal
    states = await door.states("case", [id])
    if states[id].withdrawn_on:
        raise Problem(410, "referral_withdrawn", "Dette kan ikke gis ut", "Søknaden er trukket av søker.")
    content = referral_content(policy(), who.kommunenummer, id, states[id])
    if content is None:
        detail = "Det finnes ikke lenger samtykke eller hjemmel for å gi opplysningene videre."
        raise Problem(409, "legal_basis_missing", "Dette kan ikke gis ut", detail)
    log.info("eligibility.referral_read", case=id, acting_user=who.acting_user, purpose=who.purpose)
    return content


def _with_sentences(row: dict[str, Any]) -> dict[str, Any]:
    reasons = {"absent_sentence": row["absent_reason"], "not_referred_sentence": row["not_referred_reason"]}
    return row | {name: ABSENCES[code] if code else None for name, code in reasons.items()}


def _not_found(code: str, detail: str) -> Problem:
    return Problem(404, code, "Finnes ikke", detail)
