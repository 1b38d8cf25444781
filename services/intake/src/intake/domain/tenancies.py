"""A tenancy as intake keeps it: who lives there, and how far its ledger is booked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Standing = Literal["expected", "started", "ended"]

AFTER: Mapping[str, Standing] = {"tenancy.started": "started", "tenancy.ended": "ended"}


@dataclass(frozen=True, slots=True)
class Tenancy:
    """`account` and `public_id` are set when a file that starts the tenancy is accepted.

    `booked` counts its lines. Imports of an account are numbered from 1: the tenancy has been closed by those
    from `first_import` up to `closed_import`. `newest_on`: the newest date of its lines. `vacant`: the last who lived
    there is erased, so that no other service keeps its ledger any longer. `unclosed`: lines were booked since the last
    close.
    """

    account: str | None = None
    public_id: str | None = None
    tenants: tuple[str, ...] = ()
    standing: Standing = "expected"
    booked: int = 0
    first_import: int | None = None
    closed_import: int | None = None
    newest_on: date | None = None
    vacant: bool = False
    unclosed: bool = False


def move_in(tenancy: Tenancy | None, tenant: str) -> Tenancy:
    """A tenant more; the same again changes nothing."""
    known = tenancy or Tenancy()
    return replace(known, tenants=tuple(dict.fromkeys((*known.tenants, tenant))))


def claim(tenancy: Tenancy | None, account: str, public_id: str) -> Tenancy:
    """From now on the tenancy belongs to this account."""
    return replace(tenancy or Tenancy(), account=account, public_id=public_id)


def move_out(tenancy: Tenancy, tenant: str) -> Tenancy:
    """A tenant less, who never lived there."""
    return replace(tenancy, tenants=tuple(each for each in tenancy.tenants if each != tenant))


def forget(tenancy: Tenancy, tenant: str) -> Tenancy:
    """A tenant is erased: the books stay, and name nobody."""
    left = move_out(tenancy, tenant)
    return replace(left, vacant=not left.tenants)


def book(tenancy: Tenancy, kind: str, dated_on: date) -> Tenancy:
    """One line more, and where the tenancy stands after it."""
    standing, newest = AFTER.get(kind, tenancy.standing), max(tenancy.newest_on or dated_on, dated_on)
    return replace(tenancy, booked=tenancy.booked + 1, standing=standing, newest_on=newest, unclosed=True)


def close(tenancy: Tenancy, number: int) -> Tenancy:
    return replace(tenancy, first_import=tenancy.first_import or number, closed_import=number, unclosed=False)
