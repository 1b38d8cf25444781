"""Tenancies: the opaque id behind a contract, for who knows the contract already."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from chassis.access import Door, door
from intake.api.identity import TheVault
from intake.api.persons import Contract
from intake.translation.uploading import tenancy_id

router = APIRouter(tags=["leieforhold"])

Staff = Annotated[Door, Depends(door("okonomi", "boligansvarlig", "leder"))]


class Contracts(BaseModel):
    """`contracts`: as the ledger file names them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contracts: list[Contract] = Field(max_length=1000)


@router.post("/tenancies/lookup")
async def look_up(body: Contracts, door: Staff, vault: TheVault) -> dict[str, Any]:
    """The ids that events, pages and projections carry; a contract that is not known is left out."""
    ids = {tenancy_id(vault, door.principal.kommunenummer, contract): contract for contract in body.contracts}
    known = await door.states("tenancy", list(ids))
    return {"tenancies": {ids[id]: id for id in known}}
