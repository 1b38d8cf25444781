"""Applications: registered once, whatever they are, and followed until decided."""

from datetime import date
from typing import Annotated, Any, Literal, Self

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.access import Door, door
from chassis.access.principal import SERVICE
from chassis.http.problems import problem
from intake.api.identity import (
    Address,
    Email,
    Mode,
    Name,
    Number,
    Phone,
    Pseudonym,
    TheMode,
    TheVault,
    Vault,
    admitted,
    current_pseudonym,
)
from intake.domain.applications import (
    AnswerValue,
    Application,
    ApplicationType,
    DwellingType,
    Facts,
    Household,
    LegalBasis,
)
from intake.domain.national_id import age_on, classify
from intake.domain.people import Identity
from intake.messages import RegisterApplication, WithdrawApplication

log = structlog.get_logger()
router = APIRouter(tags=["søknader"])

Registrar = Annotated[Door, Depends(door("servicetorg", "boligansvarlig"))]
Staff = Annotated[Door, Depends(door("servicetorg", "boligansvarlig", "boligutvalg", "vedtakskontor", "leder"))]
Service = Annotated[Door, Depends(door(SERVICE))]

Criterion = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5}(-[A-Z]?[0-9]{1,2}[a-z]{0,2})?$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-ZÆØÅ][A-ZÆØÅ_]{1,39}$")]
Count = Annotated[int, Field(ge=0, le=50)]
ERASED = "select from states where kind = 'application' and key = $1 and erased"
FORM = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Applicant(BaseModel):
    """Who applies: `person` where registered already, else `national_id` and what is known of them."""

    model_config = FORM
    person: Pseudonym | None = None
    national_id: Number | None = None
    name: Name | None = None
    address: Address | None = None
    phone: Phone | None = None
    email: Email | None = None
    protected: bool | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.person is None) == (self.national_id is None):
            raise PydanticCustomError("applicant", "Oppgi enten person eller national_id.")
        return self


class HouseholdForm(BaseModel):
    model_config = FORM
    adults: Count
    children: Count


class LegalBasisForm(BaseModel):
    model_config = FORM
    kind: Literal["consent", "law"]
    consent_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,100}$")] | None = None
    consented_at: AwareDatetime | None = None


class NewApplication(BaseModel):
    """Only who, what and when are required: what can't be classified is registered all the same."""

    model_config = FORM
    applicant: Applicant
    application_type: ApplicationType
    received_on: Annotated[date, Field(ge=date(1990, 1, 1))]
    dwelling_type: DwellingType | None = None
    birth_date: date | None = None
    answers: dict[Criterion, AnswerValue] = Field(default={}, max_length=200)
    household: HouseholdForm | None = None
    legal_basis: LegalBasisForm | None = None
    purpose: Code | None = None
    grounds: list[Code] = Field(default=[], max_length=20)
    needs_extended_help: bool | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = None
    interpreter: bool | None = None


@router.post("/applications", status_code=201)
async def register_application(body: NewApplication, door: Registrar, vault: TheVault, mode: TheMode) -> dict[str, Any]:
    """Register an application, and the applicant with it if new."""
    who = door.principal
    person, identity = await _applicant(body.applicant, door, vault, mode)
    once = door.request.headers.get("idempotency-key", "")
    command = RegisterApplication(
        public_id=vault.opaque("public application", who.kommunenummer, who.subject, once),
        sealed=vault.seal(person, identity) if identity and body.applicant.national_id else None,
        protected=body.applicant.protected,
        facts=_facts(body, _born(body, identity)),
    )
    return await door.send(command, person, status=201)


@router.post("/applications/{id}/withdrawal", status_code=201)
async def withdraw_application(id: Pseudonym, door: Registrar) -> dict[str, Any]:
    """Put on record that the applicant has withdrawn the application. A referral that isn't sent yet never is."""
    return await door.send(WithdrawApplication(), id, status=201)


@router.get("/applications")
async def applications(door: Staff, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> list[dict[str, Any]]:
    """The newest applications and how far each has come."""
    sql = "select * from applications order by received_on desc, case_number limit $1"
    return [{k: v for k, v in row.items() if k != "kommunenummer"} for row in await door.rows(sql, limit)]


@router.get("/applications/{id}")
async def application(id: str, door: Staff) -> dict[str, Any]:
    """How far one application has come."""
    found = await _found(door, id)
    return {
        **_named(id, found),
        "application_type": found.facts.application_type,
        "dwelling_type": found.facts.dwelling_type,
        "received_on": found.facts.received_on,
        "status": found.status,
        "assessment": found.assessment,
        "decision": found.decision,
        "decided_on": found.decided_on,
        "withdrawn_on": found.withdrawn_on,
    }


@router.get("/applications/{id}/facts")
async def facts(id: str, door: Service) -> dict[str, Any]:
    """What the assessment and the referral need; no name and no number. Each look-up is logged."""
    found = await _found(door, id)
    who = door.principal
    log.info("facts.looked_up", application=id, acting_user=who.acting_user, purpose=who.purpose)
    return {**_named(id, found), "applicant": found.applicant, **{f: getattr(found.facts, f) for f in Facts.__slots__}}


async def _found(door: Door, id: str) -> Application:
    found: Application | None = (await door.states("application", [id])).get(id)
    if found is None and await door.rows(ERASED, id):
        raise problem(410, "erased", "Søknaden er slettet.")
    if found is None:
        raise problem(404, "not_found", "Søknaden finnes ikke.")
    return found


async def _applicant(applicant: Applicant, door: Door, vault: Vault, mode: Mode) -> tuple[str, Identity | None]:
    """The applicant's pseudonym, and their identity: as given here, else as registered, if it is."""
    if applicant.national_id is not None:
        number = admitted(applicant.national_id, mode, "applicant.national_id")
        given = Identity(number.digits, applicant.name, applicant.address, applicant.phone, applicant.email)
        return await current_pseudonym(door, vault, number), given
    person = str(applicant.person)
    known = (await door.states("person", [person])).get(person)
    return person, vault.unseal(person, known.sealed) if known and known.sealed else None


def _born(body: NewApplication, identity: Identity | None) -> date | None:
    """As stated, else as the number tells: a D-number's date may be wrong."""
    number = classify(identity.national_id) if identity else None
    born = body.birth_date or (number.birth_date if number else None)
    if born and born > body.received_on:
        sentence = "Fødselsdatoen er etter mottaksdatoen."
        raise problem(422, "born_after_receipt", sentence, errors=[{"field": "birth_date", "message": sentence}])
    return born


def _facts(body: NewApplication, born: date | None) -> Facts:
    return Facts(
        application_type=body.application_type,
        received_on=body.received_on,
        dwelling_type=body.dwelling_type,
        age_on_received=age_on(born, body.received_on) if born else None,
        answers=body.answers,
        household=Household(**dict(body.household)) if body.household else None,
        legal_basis=LegalBasis(**dict(body.legal_basis)) if body.legal_basis else None,
        purpose=body.purpose,
        grounds=tuple(body.grounds),
        needs_extended_help=body.needs_extended_help,
        language=body.language,
        interpreter=body.interpreter,
    )


def _named(id: str, application: Application) -> dict[str, str]:
    return {"application": id, "public_id": application.public_id, "case_number": application.case_number}
