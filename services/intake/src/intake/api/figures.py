"""Figures that only intake can count, as it alone knows both whose an application is and who lives where."""

from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from chassis.access import Door, door
from chassis.access.principal import SERVICE
from intake.domain.renting_to_owning import Lease, Referral, years

router = APIRouter(tags=["tall"])

Service = Annotated[Door, Depends(door(SERVICE))]

REFERRED = """
select r.application, r.referred_on, r.granted_on, t.tenancy, t.started_on, t.ended_on
from referrals r join tenants t on t.tenant = r.applicant and t.kommunenummer = r.kommunenummer
where r.application_type = 'startlan' order by r.application, t.tenancy
"""


@router.get("/figures/renting-to-owning")
async def renting_to_owning(door: Service) -> dict[str, Any]:
    """By year of the referral: tenants referred for startlån, granted, dwellings freed, and the median months between.

    Nothing that names or points to anybody. Who is erased is no longer counted.
    """
    rows = await door.rows(REFERRED)
    referrals = [
        Referral(
            mine[0]["referred_on"],
            mine[0]["granted_on"],
            tuple(Lease(row["tenancy"], row["started_on"], row["ended_on"]) for row in mine),
        )
        for mine in (list(each) for _, each in groupby(rows, itemgetter("application")))
    ]
    return {"years": years(referrals)}
