"""What the API queries: the status of applications, imports, how far each tenancy's ledger is booked, and who is
erased.
"""

from collections.abc import Mapping
from typing import Any

from chassis.outputs import Key
from intake.domain.applications import Application
from intake.domain.ledger.entry import Import
from intake.domain.people import Erasure, Person
from intake.domain.tenancies import Tenancy

TABLES: Mapping[str, tuple[str, ...]] = {
    "applications": ("application",),
    "imports": ("import",),
    "ledger_lines": ("line_id",),
    "import_sums": ("import", "kind", "dated_on"),
    "bookings": ("tenancy",),
    "erasures": ("person",),
}


def project(key: Key, kommunenummer: str, state: Any) -> dict[str, list[dict[str, Any]]]:
    match state:
        case Application():
            return {"applications": [{"application": key.id, "kommunenummer": kommunenummer} | _application(state)]}
        case Import():
            mine = {"import": key.id, "kommunenummer": kommunenummer}
            lines = [{"line_id": id, "line_number": number, **mine} for id, number in state.numbers.items()]
            summed = [mine | row for row in _sums(state)]
            return {"imports": [mine | _import(state)], "ledger_lines": lines, "import_sums": summed}
        case Tenancy(account=str()):
            return {"bookings": [{"tenancy": key.id, "kommunenummer": kommunenummer} | _booking(state)]}
        case Person(erasure=Erasure() as erasure):
            return {"erasures": [{"person": key.id, "kommunenummer": kommunenummer} | _erasure(erasure)]}
    return {}


def _application(state: Application) -> dict[str, Any]:
    return {
        "public_id": state.public_id,
        "case_number": state.case_number,
        "application_type": state.facts.application_type,
        "dwelling_type": state.facts.dwelling_type,
        "received_on": state.facts.received_on,
        "status": state.status,
        "assessment": state.assessment,
        "decision": state.decision,
        "decided_on": state.decided_on,
    }


def _import(state: Import) -> dict[str, Any]:
    return {
        "account": state.account,
        "as_of": state.as_of,
        "number": state.number,
        "lines": state.lines,
        "fresh": state.fresh,
        "closes": state.closes,
        "total": state.total,
        "digest": state.digest,
        "end_line": state.end,
        "command": state.command,
        "accepted_at": state.accepted_at,
        "amount_ore": state.ore,
    }


def _sums(state: Import) -> list[dict[str, Any]]:
    of = {"account": state.account, "as_of": state.as_of}
    return [
        {**of, "kind": each.kind, "dated_on": each.dated_on, "lines": each.lines, "amount_ore": each.ore}
        for each in state.sums
    ]


def _booking(state: Tenancy) -> dict[str, Any]:
    return {
        "account": state.account,
        "booked": state.booked,
        "first_import": state.first_import,
        "closed_import": state.closed_import,
        "vacant_until": state.newest_on if state.vacant else None,
    }


def _erasure(state: Erasure) -> dict[str, Any]:
    return {
        "asked_on": state.asked_on,
        "asked_by": state.asked_by,
        "lacking": list(state.lacking),
        "completed_on": state.completed_on,
    }
