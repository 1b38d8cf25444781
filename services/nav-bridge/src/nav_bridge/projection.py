"""What pages and the API query: one row per delivery. Of a notice, `application` is its case too: the tenancy.

By `nav_key`, the Idempotency-Key at NAV, a delivery is found that NAV tells of.
"""

from collections.abc import Mapping
from typing import Any

from chassis.outputs import Key
from nav_bridge.domain import Case, Erasure

TABLES: Mapping[str, tuple[str, ...]] = {"deliveries": ("referral_id", "revision")}


def project(key: Key, kommunenummer: str, state: Case | Erasure) -> dict[str, list[dict[str, Any]]]:
    if isinstance(state, Erasure):
        return {}
    return {
        "deliveries": [
            {
                "referral_id": delivery.referral_id,
                "revision": delivery.revision,
                "application": key.id,
                "matter": delivery.matter,
                "kommunenummer": kommunenummer,
                "legal_basis": delivery.legal_basis,
                "requested_on": delivery.requested_on,
                "status": delivery.status,
                "code": delivery.code or None,
                "attempts": delivery.attempts,
                "proof_hash": delivery.proof or None,
                "sent_at": delivery.sent_at,
                "received_at": delivery.received_at,
                "outcome": delivery.outcome or None,
                "unreachable_since": delivery.unreachable_since,
                "silent_since": delivery.silent_since,
                "channel": delivery.channel,
                "recipient": delivery.recipient or None,
                "nav_key": str(delivery.call_key) if delivery.channel == "api" else None,
            }
            for delivery in state.deliveries
        ]
    }
