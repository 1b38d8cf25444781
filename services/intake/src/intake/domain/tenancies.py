"""A tenancy as intake keeps it: who lives there, and how far its ledger is booked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from intake.domain.ledger.terms import Terms, day

Standing = Literal["expected", "started", "ended"]

# The fields of a step's event by which its last day is told.
UNTIL = ("deadline_on", "scheduled_on")

AFTER: Mapping[str, Standing] = {"tenancy.started": "started", "tenancy.ended": "ended"}


@dataclass(frozen=True, slots=True)
class Step:
    """A legal step or an agreement, by hand or from a file. `id`: its line's. `amends`: the line of its plan.

    `by`: who entered it by hand, an opaque `sub`; empty where a file brought it.
    """

    id: str
    kind: str
    dated_on: date
    reference: str = ""
    amount_ore: int | None = None
    due_on: date | None = None
    until: date | None = None
    written_on: date | None = None
    received_on: date | None = None
    arrangement: str | None = None
    amends: str = ""
    by: str = ""
    entered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tenancy:
    """`account` and `public_id` are set when a file that starts the tenancy is accepted.

    `booked` counts its lines. Imports of an account are numbered from 1: the tenancy has been closed by those
    from `first_import` up to `closed_import`. `newest_on`: the newest date of its lines. `vacant`: the last who lived
    there is erased, so that no other service keeps its ledger any longer. `unclosed`: lines were booked since the last
    close. `steps`: in the order in which they became known. `terms`: as the accepted lines say, booked or not yet.
    `started_on`, `ended_on`: as the newest line booked says of each.
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
    steps: tuple[Step, ...] = ()
    terms: Terms = field(default_factory=Terms)
    started_on: date | None = None
    ended_on: date | None = None


def step_of(id: str, kind: str, fields: Mapping[str, Any], reference: str = "") -> Step:
    """`fields`: those of its event; a date may be a text, as it is once it was told on as JSON."""
    return Step(
        id=id,
        kind=kind,
        dated_on=date.fromisoformat(str(fields["dated_on"])),
        reference=reference,
        amount_ore=fields.get("amount_ore"),
        due_on=day(fields, "due_on"),
        until=next(filter(None, (day(fields, name) for name in UNTIL)), None),
        written_on=day(fields, "written_on"),
        received_on=day(fields, "received_on"),
        arrangement=fields.get("arrangement"),
        amends=fields.get("amends") or "",
    )


def with_steps(tenancy: Tenancy, steps: Iterable[Step]) -> Tenancy:
    """What is known already stays as it is."""
    known = {step.id for step in tenancy.steps}
    return replace(tenancy, steps=(*tenancy.steps, *(step for step in steps if step.id not in known)))


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
    """A tenant is erased: the books stay, and name nobody. With the last of them the steps and the contract go."""
    left = move_out(tenancy, tenant)
    if left.tenants:
        return replace(left, vacant=False)
    return replace(left, vacant=True, steps=(), terms=replace(left.terms, contract=""))


def book(tenancy: Tenancy, kind: str, dated_on: date) -> Tenancy:
    """One line more, and where the tenancy stands after it."""
    standing, newest = AFTER.get(kind, tenancy.standing), max(tenancy.newest_on or dated_on, dated_on)
    if kind in AFTER:
        tenancy = _turned(tenancy, kind, dated_on)
    return replace(tenancy, booked=tenancy.booked + 1, standing=standing, newest_on=newest, unclosed=True)


def _turned(tenancy: Tenancy, kind: str, on: date) -> Tenancy:
    """One that starts again has not ended."""
    if kind == "tenancy.started":
        return replace(tenancy, started_on=on, ended_on=None)
    return replace(tenancy, ended_on=on)


def close(tenancy: Tenancy, number: int) -> Tenancy:
    return replace(tenancy, first_import=tenancy.first_import or number, closed_import=number, unclosed=False)
