"""People: registered by those who meet them, looked up by who acts for them."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.access import Door, door
from chassis.access.principal import ROLES, SERVICE
from intake.api.identity import (
    Address,
    Email,
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
from intake.domain.people import Identity, Person
from intake.messages import RegisterPerson
from intake.translation.uploading import tenancy_id

log = structlog.get_logger()
router = APIRouter(tags=["personer"])

Registrar = Annotated[Door, Depends(door("servicetorg", "boligansvarlig"))]
Anyone = Annotated[Door, Depends(door(*ROLES, SERVICE))]
Contract = Annotated[str, StringConstraints(pattern=r"^[^\s;](?:[^\x00-\x1f\x7f-\x9f;]{0,62}[^\s;])?$")]

NUMBERED = {("nav-bridge", "nav_referral"), ("nav-bridge", "nav_notice")}


class NewPerson(BaseModel):
    """`tenancies`: the contracts as the ledger file names them; `mistaken_tenancies`: those that were named by mistake.

    `protected` left out: as before, at first false.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    national_id: Number
    name: Name
    address: Address | None = None
    phone: Phone | None = None
    email: Email | None = None
    protected: bool | None = None
    tenancies: list[Contract] = Field(default=[], max_length=100)
    mistaken_tenancies: list[Contract] = Field(default=[], max_length=100)


class Wanted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    ids: list[Pseudonym] = Field(max_length=1000)


@router.post("/persons", status_code=201)
async def register_person(body: NewPerson, door: Registrar, vault: TheVault, mode: TheMode) -> dict[str, Any]:
    """Register a person, or the newest that is known of them."""
    number = admitted(body.national_id, mode, "national_id")
    person = await current_pseudonym(door, vault, number)
    identity = Identity(number.digits, body.name, body.address, body.phone, body.email)

    def ids(contracts: list[str]) -> tuple[str, ...]:
        return tuple(tenancy_id(vault, door.principal.kommunenummer, contract) for contract in contracts)

    tenancies, mistaken = ids(body.tenancies), ids(body.mistaken_tenancies)
    sealed = vault.seal(person, identity)
    command = RegisterPerson(sealed=sealed, protected=body.protected, tenancies=tenancies, mistaken=mistaken)
    return await door.send(command, person, status=201)


@router.post("/persons/lookup")
async def look_up(body: Wanted, door: Anyone, vault: TheVault) -> dict[str, Any]:
    """Who they are, for showing or sending now and not for keeping. Each look-up is logged, without what it found.

    The number itself goes to one service alone, for the hand-off of a referral or a notice to NAV.
    """
    found = await door.states("person", body.ids)
    who = door.principal
    numbered = who.is_service and (who.subject, who.purpose) in NUMBERED
    log.info("person.looked_up", acting_user=who.acting_user, purpose=who.purpose, count=len(body.ids))
    return {"persons": {id: _shown(vault, id, found.get(id), numbered=numbered) for id in body.ids}}


def _shown(vault: Vault, id: str, person: Person | None, *, numbered: bool) -> dict[str, Any]:
    if person is None:
        return {"status": "unknown"}
    if person.sealed is None:
        return {"status": "erased"}
    if person.protected:
        return {"status": "protected"}
    identity = vault.unseal(id, person.sealed)
    contact = {"address": identity.address, "phone": identity.phone, "email": identity.email}
    number = {"national_id": identity.national_id} if numbered else {}
    return {"status": "found", "name": identity.name, **contact, **number}
