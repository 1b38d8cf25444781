"""What is agreed of a tenancy beside its rent, as the newest accepted line or row of a register says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from intake.domain.ledger.lines import Line

TOLD_BY = frozenset({"tenancy.started", "tenancy.changed", "tenancy.renewed"})


@dataclass(frozen=True, slots=True)
class Terms:
    """`dwelling`: an opaque id. `contract`: its name, sealed. `register`, `number`: the newest register that has it, as
    an import, and the line there. `mark`: of that row, empty while something of it holds from a later day only.
    """

    kid: str = ""
    lease_ends_on: date | None = None
    dwelling: str = ""
    contract: str = ""
    register: str = ""
    number: int = 0
    mark: str = ""


def day(fields: Mapping[str, Any], name: str) -> date | None:
    """A date of a line, which is a text once it has waited as JSON."""
    return date.fromisoformat(str(fields[name])) if fields.get(name) else None


def told(terms: Terms, line: Line) -> Terms:
    """With what this line, one of `TOLD_BY`, says. A renewal and a start say that a lease has no end by naming none."""
    ends_on = day(line.fields, "lease_ends_on")
    return replace(
        terms,
        kid=str(line.fields.get("kid") or terms.kid),
        dwelling=str(line.fields.get("dwelling") or terms.dwelling),
        lease_ends_on=ends_on or terms.lease_ends_on if line.kind == "tenancy.changed" else ends_on,
    )
