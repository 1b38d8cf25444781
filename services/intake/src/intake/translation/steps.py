"""A step that a person enters, as lines of our own form: read, refused and named as those of a file are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from intake.domain.ledger.ids import account_key
from intake.domain.ledger.kinds import STEPS
from intake.domain.ledger.lines import Fault, Line, read_line
from intake.domain.tenancies import Tenancy
from intake.translation.uploading import Vault

INSTALMENTS = ("payment_plan.agreed", "payment_plan.changed")
AGREED = "payment_plan.agreed"
MOST_INSTALMENTS = 60  # five years of months

# A contract stands in every line of a file; here the tenancy is known by its id.
BY_ID = "-"


class Door(Protocol):
    """Of one municipality."""

    async def states(self, kind: str, ids: Sequence[str]) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """`cells`: the step's columns, as texts, without account, kind, reference and tenancy. `instalments`: amount and
    due of each, of a plan. `reference`: its own; the instalments after the first have it with their number.
    """

    kind: str
    reference: str
    cells: Mapping[str, str] = field(default_factory=dict)
    instalments: Sequence[tuple[str, str]] = ()


async def on_the_books(door: Door, id: str) -> Tenancy | None:
    """The tenancy, if a file has started it; None of another municipality's, too."""
    found: Tenancy | None = (await door.states("tenancy", [id])).get(id)
    return found if found and found.account is not None else None


def own_reference(vault: Vault, kommunenummer: str, by: str, once: str) -> str:
    """Of a step that has none: the same for the same person's same Idempotency-Key."""
    return vault.opaque("step", kommunenummer, by, once)


def lines_of(entry: Entry, kommunenummer: str, account: str, tenancy: str) -> tuple[list[Line], list[Fault]]:
    """The lines, or everything that is wrong; a fault's line is the number of the instalment, from 1."""
    if entry.kind not in STEPS:
        return [], [Fault(1, "kind", f"må være ett av {', '.join(STEPS)}")]
    key, lines, faults = account_key(kommunenummer, account), list[Line](), list[Fault]()
    for number, cells in enumerate(_cells(entry), 1):
        known = {"account": account, "kind": entry.kind, "tenancy": BY_ID, **cells}
        line, wrong = read_line(number, known, key, lambda _: tenancy)
        faults += wrong
        if line:
            lines.append(replace(line, number=0))
    return ([], faults) if faults else (lines, [])


def _cells(entry: Entry) -> list[Mapping[str, str]]:
    if entry.kind not in INSTALMENTS:
        return [{**entry.cells, "reference": entry.reference}]
    first, found = entry.reference, list[Mapping[str, str]]()
    for number, (amount, due) in enumerate(entry.instalments or [("", "")], 1):
        of = {"reference": first if number == 1 else f"{first}.{number}", "amount_ore": amount, "due": due}
        plan = {"amends": first} if entry.kind == AGREED and number > 1 else {}
        found.append({**entry.cells, **plan, **of})
    return found
