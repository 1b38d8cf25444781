"""What the ledger files hold in all, for the service that keeps a ledger of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from chassis.access import Door, door
from chassis.http.problems import problem

router = APIRouter(tags=["avstemming"])

Service = Annotated[Door, Depends(door("tjeneste"))]
PURPOSE = "reconcile"

SUMS = """
select account, kind, dated_on, sum(lines)::bigint as lines, sum(amount_ore)::bigint as amount_ore,
    coalesce(array_agg(distinct as_of order by as_of) filter (where as_of is not null), '{}') as files
from (select account, kind, dated_on, lines, amount_ore, as_of from import_sums
    union all select account, kind, dated_on, 1, amount_ore, null from steps_by_hand) told
group by account, kind, dated_on order by account, dated_on, kind
"""
BOOKING = """
select distinct i.account from imports i where i.closes > (
    select count(*) from bookings b where b.kommunenummer = i.kommunenummer and b.account = i.account
    and b.first_import <= i.number and b.closed_import >= i.number)
"""
VACANT = "select account, max(vacant_until) as day from bookings where vacant_until is not null group by account"


@router.get("/ledger/sums")
async def sums(door: Service) -> dict[str, Any]:
    """Lines and øre of all accepted files and steps by hand, by account, kind and day.

    `files`: by their last day, those that the lines stand in. `booking`: accounts whose lines aren't all told yet.
    `vacant_until`: by account, the newest day of lines of tenancies whose tenants are all erased: up to that day no
    ledger comes to the files' sums any longer.
    """
    if door.principal.purpose != PURPOSE:
        raise problem(403, "wrong_purpose", f"Summene vises bare med formålet «{PURPOSE}».")
    booking = [row["account"] for row in await door.rows(BOOKING)]
    vacant = {row["account"]: row["day"] for row in await door.rows(VACANT)}
    return {"sums": [dict(row) for row in await door.rows(SUMS)], "booking": booking, "vacant_until": vacant}
