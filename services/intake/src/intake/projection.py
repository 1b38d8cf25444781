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
    "bookings": ("tenancy",),
    "erasures": ("person",),
}


def project(key: Key, kommunenummer: str, state: Any) -> dict[str, list[dict[str, Any]]]:
    match state:
        case Application():
            return {"applications": [{"application": key.id, "kommunenummer": kommunenummer} | _application(state)]}
        case Import():
            return {"imports": [{"import": key.id, "kommunenummer": kommunenummer} | _import(state)]}
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
    }


def _booking(state: Tenancy) -> dict[str, Any]:
    return {
        "account": state.account,
        "booked": state.booked,
        "first_import": state.first_import,
        "closed_import": state.closed_import,
    }


def _erasure(state: Erasure) -> dict[str, Any]:
    return {
        "asked_on": state.asked_on,
        "asked_by": state.asked_by,
        "lacking": list(state.lacking),
        "completed_on": state.completed_on,
    }
