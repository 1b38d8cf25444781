"""A notice of husleieloven § 9-11 that a caseworker asks for."""

from typing import Any

import httpx

from tests.e2e.erased import HOME
from tests.e2e.system import System
from tests.e2e.waiting import query

TO_NOTIFY = """
select tenancy, alert_id, version from alerts where kommunenummer = %s and resolution is null and debt_ore > 0
and tenancy in (select tenancy from tenancies where not reserved)
and tenancy not in (select tenancy from nav_notices) order by tenancy limit 1
"""


def a_nav_notice(system: System, once: str) -> dict[str, Any]:
    """An alert at home of which a caseworker has let NAV be told: its tenant owes, and has not said no. `once`: the
    Idempotency-Key.
    """
    (alert,) = query(system, "notifications", TO_NOTIFY, HOME)
    url = f"{system.url('notifications')}/alerts/{alert['tenancy']}/nav-notice"
    headers = {"Authorization": f"Bearer {system.token('boligansvarlig', HOME)}", "Idempotency-Key": once}
    body = {"alert_id": alert["alert_id"], "version": alert["version"]}
    told = httpx.post(url, json=body, headers=headers).raise_for_status().json()
    return {**alert, "version": told["version"], "notice_id": told["notice_id"]}
