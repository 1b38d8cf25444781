"""A tenancy as intake keeps it: who lives there, and how far its ledger is booked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Standing = Literal["expected", "started", "ended"]

AFTER: Mapping[str, Standing] = {"tenancy.started": "started", "tenancy.ended": "ended"}


@dataclass(frozen=True, slots=True)
class Tenancy:
    """`account` and `public_id` are set when a file that starts the tenancy is accepted.

    `booked` counts its lines. Imports of an account are numbered from 1: the tenancy has been closed by those
    from `first_import` up to `closed_import`.
    """

    account: str | None = None
    public_id: str | None = None
    tenants: tuple[str, ...] = ()
    standing: Standing = "expected"
    booked: int = 0
    first_import: int | None = None
    closed_import: int | None = None


def move_in(tenancy: Tenancy | None, tenant: str) -> Tenancy:
    """A tenant more; the same again changes nothing."""
    known = tenancy or Tenancy()
    return replace(known, tenants=tuple(dict.fromkeys((*known.tenants, tenant))))


def claim(tenancy: Tenancy | None, account: str, public_id: str) -> Tenancy:
    """From now on the tenancy belongs to this account."""
    return replace(tenancy or Tenancy(), account=account, public_id=public_id)


def book(tenancy: Tenancy, kind: str) -> Tenancy:
    """One line more, and where the tenancy stands after it."""
    return replace(tenancy, booked=tenancy.booked + 1, standing=AFTER.get(kind, tenancy.standing))


def close(tenancy: Tenancy, number: int) -> Tenancy:
    return replace(tenancy, first_import=tenancy.first_import or number, closed_import=number)
