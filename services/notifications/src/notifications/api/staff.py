"""The municipality's staff register, and whose tenancies are, for whoever keeps them in another system."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from chassis.access import Door, door
from notifications.api.alerts import Caseworker
from notifications.domain.staff import Register, register_id
from notifications.messages import AssignTenancy, StaffMember, StoreStaff
from notifications.messages.parts import Subject
from notifications.messages.staff import MOST_MEMBERS, Address, Area, Empty

router = APIRouter(tags=["ansatte"])
Leader = Annotated[Door, Depends(door("leder"))]


class Staff(BaseModel):
    """The whole register. `version`: the one that it takes the place of, 0 where there is none."""

    model_config = ConfigDict(extra="forbid")
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    members: tuple[StaffMember, ...] = Field(max_length=MOST_MEMBERS)
    fallback_mail: Address | Empty = ""
    operator_mail: Address | Empty = ""


class Whose(BaseModel):
    """A tenancy's caseworker and area, and those that were shown; empty is nobody's in particular."""

    model_config = ConfigDict(extra="forbid")
    caseworker: Subject | Empty = ""
    area: Area = ""
    was_caseworker: Subject | Empty = ""
    was_area: Area = ""


@router.get("/staff")
async def staff(door: Leader) -> dict[str, Any]:
    """The register as it stands, with the version that a change of it has to name."""
    register = await register_of(door)
    members = [
        {
            "subject": each.subject,
            "name": each.name,
            "mail": each.mail,
            "roles": each.roles,
            "area": each.area,
            "substitute": each.substitute,
            "absences": [{"first": absence.first, "last": absence.last} for absence in each.absences],
        }
        for each in register.members
    ]
    mails = {"fallback_mail": register.fallback_mail, "operator_mail": register.operator_mail}
    return {"version": register.version, "members": members, **mails}


@router.put("/staff")
async def store_staff(door: Leader, body: Staff) -> dict[str, Any]:
    """The whole register in place of the one of that version."""
    return await door.send(StoreStaff(**body.model_dump()), register_id(door.principal.kommunenummer))


@router.put("/tenancies/{tenancy}/caseworker")
async def assign_tenancy(door: Caseworker, tenancy: UUID, body: Whose) -> dict[str, Any]:
    """Whose one tenancy is; an open alert that nobody chose an owner for goes along."""
    return await door.send(AssignTenancy(**body.model_dump(), by=door.principal.subject), str(tenancy))


async def register_of(door: Door) -> Register:
    id = register_id(door.principal.kommunenummer)
    found: Register | None = (await door.states("staff", [id])).get(id)
    return found or Register()
