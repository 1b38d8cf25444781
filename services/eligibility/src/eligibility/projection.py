"""What pages and the API query: one row per case, one per referral. No criteria: they stay in the state."""

from collections.abc import Mapping
from typing import Any

from chassis.outputs import Key
from eligibility.domain.case import Case
from eligibility.domain.erasure import Erasure

TABLES: Mapping[str, tuple[str, ...]] = {"cases": ("application",), "referrals": ("referral_id",)}


def project(key: Key, kommunenummer: str, state: Case | Erasure) -> dict[str, list[dict[str, Any]]]:
    if isinstance(state, Erasure):
        return {}
    case, referral, decision, assessment = state, state.referral, state.decision, state.assessment
    row = {
        "application": key.id,
        "kommunenummer": kommunenummer,
        "public_id": case.public_id,
        "case_number": case.facts.case_number if case.facts else None,
        "application_type": case.application_type,
        "dwelling_type": case.dwelling_type,
        "received_on": case.received_on,
        "facts_door": case.door,
        "overall": assessment.overall if assessment else None,
        "guideline_version": assessment.guideline_version if assessment else None,
        "absent_reason": case.not_assessed,
        "decision": decision.outcome if decision else None,
        "decided_on": decision.decided_on if decision else None,
        "referral_id": referral.referral_id if referral else None,
        "referral_status": referral.status if referral else None,
        "not_referred_reason": case.not_referred,
        "version": case.version,
        "updated_at": case.updated_at,
    }
    found = {"referral_id": referral.referral_id, "application": key.id} if referral else None
    return {"cases": [row], "referrals": [{**found, "kommunenummer": kommunenummer}] if found else []}
