"""Payments whose KID doesn't say whose they are: placed on a tenancy by a person, or sent back."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.access import Door, page_door
from chassis.errors import Reject
from intake.domain.ledger.books import Account
from intake.domain.ledger.ids import account_key
from intake.domain.ledger.register import Lease
from intake.messages import PlacePayment
from intake.pages.frame import case_reference, render, vault_of
from intake.pages.tenants import names_of
from intake.translation.uploading import tenancy_id

router = APIRouter()
Accountant = Annotated[Door, Depends(page_door("okonomi"))]
Version = Annotated[int, Form(ge=1, le=2**31 - 1)]

MOST, MOST_CANDIDATES = 100, 10
OPEN = "select * from suspense where status = 'open' order by dated_on, payment limit $1"
SENT_BACK = "tilbake"


@router.get("/reskontro/uplassert")
async def listed(door: Accountant) -> HTMLResponse:
    return await _page(door)


@router.post("/reskontro/uplassert/{id}")
async def place(
    door: Accountant,
    id: UUID,
    version: Version,
    choice: Annotated[str, Form(max_length=100)] = "",
    contract: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """On one of those that were suggested, on the contract that was written, or back to where it came from."""
    if not choice and not contract.strip():
        return await _page(door, 422, "Velg et leieforhold, skriv kontrakten, eller send tilbake.")
    where: str | None = choice or None
    if contract.strip():
        where = tenancy_id(vault_of(door), door.principal.kommunenummer, contract.strip())
    elif choice == SENT_BACK:
        where = None
    try:
        await door.send(PlacePayment(tenancy=where, version=version, by=door.principal.subject), str(id))
    except Reject as refusal:
        return await _page(door, refusal.status, refusal.sentence)
    return RedirectResponse("/reskontro/uplassert", 303)


async def _page(door: Door, status: int = 200, notice: str = "") -> HTMLResponse:
    rows = await door.rows(OPEN, MOST)
    wanted = {id for row in rows for id in json.loads(row["candidates"])[:MOST_CANDIDATES]}
    names, leases = await names_of(door, wanted, "suspense_page"), await _leases(door, {row["account"] for row in rows})
    payments = [_shown(row, names, leases) for row in rows]
    return render(door, "suspense.html", status, payments=payments, notice=notice, sent_back=SENT_BACK)


async def _leases(door: Door, accounts: Iterable[str]) -> Mapping[str, Lease]:
    keys = [account_key(door.principal.kommunenummer, account) for account in sorted(accounts)]
    found: dict[str, Account] = await door.states("account", keys)
    return {id: lease for account in found.values() for id, lease in account.tenancies.items()}


def _shown(row: Mapping[str, Any], names: Mapping[str, str], leases: Mapping[str, Lease]) -> dict[str, Any]:
    candidates = json.loads(row["candidates"])
    return {
        "id": row["payment"],
        "version": row["version"],
        "dated_on": row["dated_on"],
        "amount_ore": row["amount_ore"],
        "kid": row["kid"],
        "account": row["account"],
        "import": row["import"],
        "number": row["line_number"],
        "since": row["since"],
        "more": max(0, len(candidates) - MOST_CANDIDATES),
        "candidates": [
            {"id": id, "reference": case_reference(id), "name": names.get(id, ""), "rent_ore": lease.rent_ore}
            for id in candidates[:MOST_CANDIDATES]
            if (lease := leases.get(id))
        ],
    }
