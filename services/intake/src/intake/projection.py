"""What the API queries: the status of applications, imports, how far each tenancy's ledger is booked, who is erased,
and what the chain from renting to owning is counted from.
"""

from collections.abc import Mapping
from typing import Any

from chassis.outputs import Key
from intake.domain.applications import Application
from intake.domain.ledger.books import Entered
from intake.domain.ledger.entry import BadEntry, Import, Suspense
from intake.domain.ledger.ids import account_name
from intake.domain.people import Erasure, Person
from intake.domain.tenancies import Tenancy

TABLES: Mapping[str, tuple[str, ...]] = {
    "applications": ("application",),
    "imports": ("import",),
    "ledger_lines": ("line_id",),
    "bad_lines": ("bad_line",),
    "suspense": ("payment",),
    "import_sums": ("import", "kind", "dated_on"),
    "bookings": ("tenancy",),
    "steps_by_hand": ("line_id",),
    "erasures": ("person",),
    "referrals": ("application",),
    "tenants": ("tenancy", "tenant"),
}


def project(key: Key, kommunenummer: str, state: Any) -> dict[str, list[dict[str, Any]]]:
    of = {"kommunenummer": kommunenummer}
    match state:
        case Import():
            mine = {"import": key.id} | of
            return {"imports": [mine | _import(state)], "import_sums": [mine | row for row in _sums(state)]}
        case Application():
            mine = {"application": key.id} | of
            referrals = [mine | _referral(state)] if state.referred_on else []
            return {"applications": [mine | _application(state)], "referrals": referrals}
        case Tenancy(account=str()):
            mine = {"tenancy": key.id} | of
            tenants = [mine | _lived(state, tenant) for tenant in state.tenants if state.started_on]
            return {"bookings": [mine | _booking(state)], "steps_by_hand": _by_hand(of, state), "tenants": tenants}
        case Person(erasure=Erasure() as erasure):
            return {"erasures": [{"person": key.id} | of | _erasure(erasure)]}
    return _of_ledger(key, of, state)


def _of_ledger(key: Key, of: Mapping[str, str], state: Any) -> dict[str, list[dict[str, Any]]]:
    match state:
        case Entered(number=int(number)) if number:
            place = {"import": state.import_id, "line_number": number}
            return {"ledger_lines": [{"line_id": key.id, **of} | place]}
        case BadEntry():
            return {"bad_lines": [{"bad_line": key.id, **of} | _bad(state)]}
        case Suspense():
            return {"suspense": [{"payment": key.id, **of} | _suspense(state)]}
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


def _referral(state: Application) -> dict[str, Any]:
    return {
        "application_type": state.facts.application_type,
        "applicant": state.applicant,
        "referred_on": state.referred_on,
        "granted_on": state.granted_on,
    }


def _lived(state: Tenancy, tenant: str) -> dict[str, Any]:
    return {"tenant": tenant, "started_on": state.started_on, "ended_on": state.ended_on}


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
        "taken": state.taken,
        "again": state.again,
        "closing": state.closing,
        "register": state.register,
        "whole": state.chunks_taken >= state.chunks,
    }


def _sums(state: Import) -> list[dict[str, Any]]:
    of = {"account": state.account, "as_of": state.as_of}
    return [
        {**of, "kind": each.kind, "dated_on": each.dated_on, "lines": each.lines, "amount_ore": each.ore}
        for each in state.sums
    ]


def _bad(state: BadEntry) -> dict[str, Any]:
    return {
        "account": account_name(state.account),
        "import": state.import_id,
        "line_number": state.number,
        "faults": [{"field": field, "message": message} for field, message in state.faults],
        "sealed": state.sealed,
        "status": state.status,
        "version": state.version,
        "done_by": state.by,
        "done_on": state.on,
    }


def _suspense(state: Suspense) -> dict[str, Any]:
    line = state.line
    return {
        "account": account_name(state.account),
        "import": state.import_id,
        "line_number": line.number,
        "dated_on": line.dated_on,
        "amount_ore": line.fields["amount_ore"],
        "kid": line.fields["kid"],
        "candidates": list(state.candidates),
        "status": state.status,
        "version": state.version,
        "tenancy": state.tenancy,
        "since": state.since,
        "done_by": state.by,
        "done_on": state.on,
    }


def _booking(state: Tenancy) -> dict[str, Any]:
    return {
        "account": state.account,
        "booked": state.booked,
        "first_import": state.first_import,
        "closed_import": state.closed_import,
        "vacant_until": state.newest_on if state.vacant else None,
        "standing": state.standing,
        "register": state.terms.register,
    }


def _by_hand(of: Mapping[str, str], state: Tenancy) -> list[dict[str, Any]]:
    """What no file holds, so that the ledger's sums have it as well."""
    return [
        {
            "line_id": step.id,
            **of,
            "account": state.account,
            "kind": step.kind,
            "dated_on": step.dated_on,
            "amount_ore": step.amount_ore or 0,
        }
        for step in state.steps
        if step.by
    ]


def _erasure(state: Erasure) -> dict[str, Any]:
    return {
        "asked_on": state.asked_on,
        "asked_by": state.asked_by,
        "lacking": list(state.lacking),
        "completed_on": state.completed_on,
    }
