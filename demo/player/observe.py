"""What came of the input, read where the services show it: their projections, NAV's own record, the open stream."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import asyncpg

from demo.player.doors import Doors
from demo.player.given import Given, municipality_of
from demo.player.play import Played
from demo.player.running import Running

Observed = dict[str, Any]
OUTCOMES_WITHIN = 60  # seconds from stillness until NAV's last outcome must have come back
UNDER_WAY = ("requested", "sent", "received", "contacted", "application_sent")
CASES = (
    "select application, overall, absent_reason, decision, referral_id, referral_status, not_referred_reason from cases"
)
DELIVERIES = "select application, received_at is not null as received, outcome, status from deliveries"
EPISODES = """
select a.tenancy, a.episode, a.peak_level, a.raised_as_of, a.resolution, a.enforcement_requested_on as requested_on,
    (select json_agg(json_build_object('as_of', c.as_of, 'rules', c.rules) order by c.number)
     from alert_changes c where (c.tenancy, c.episode) = (a.tenancy, a.episode)) as changes,
    (select min(s.dated_on) from statutory_steps s
     where s.tenancy = a.tenancy and s.step = 'eviction_notice.sent' and s.dated_on >= a.raised_as_of - 60
     and (a.resolved_as_of is null or s.dated_on <= a.resolved_as_of)) as notice_on
from alerts a where a.kind = 'arrears' order by a.tenancy, a.episode
"""
BALANCES = "select tenancy, as_of, outstanding_ore from balances"
OUTSTANDING = "select as_of, sum(outstanding_ore)::bigint as ore from balances where kommunenummer = $1 group by as_of"


async def rows(system: Running, service: str, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(system.urls[service].runners)
    try:
        return [dict(row) for row in await connection.fetch(sql, *arguments)]
    finally:
        await connection.close()


async def contracts(system: Running, given: Given) -> dict[str, str]:
    """Tenancy id → contract, by intake's door, for every contract that the ledger names."""
    named: dict[str, set[str]] = {}
    for file in given.ledger:
        with file.open(encoding="utf-8") as lines:
            named.setdefault(municipality_of(file), set()).update(
                fields[4]
                for line in lines
                if len(fields := line.split(";")) > 4 and fields[4] and fields[4] != "tenancy"
            )
    found: dict[str, str] = {}
    async with Doors(system) as doors:
        for municipality, names in named.items():
            answer = await doors.post(
                *("intake", "/tenancies/lookup", "okonomi", municipality, "contracts"),
                json={"contracts": sorted(names)},
            )
            found |= {tenancy: contract for contract, tenancy in answer["tenancies"].items()}
    return found


async def outcomes_are_back(system: Running) -> None:
    """Wait until each referral has ended in one way or another; what has not by then is seen in the check."""
    deadline = time.monotonic() + OUTCOMES_WITHIN
    while time.monotonic() < deadline:
        waiting = [
            r
            for r in await rows(system, "eligibility", CASES)
            if r["referral_id"] and r["referral_status"] in UNDER_WAY
        ]
        if not waiting:
            return
        await asyncio.sleep(0.2)


async def observe(system: Running, given: Given, played: Played) -> Observed:
    """The results in the form of `expected.json`."""
    names = await contracts(system, given)
    municipality = (given.expected or {}).get("kommunenummer", "3427")
    totals = await rows(system, "notifications", OUTSTANDING, municipality)
    return {
        "applications": await _applications(system, played),
        "tenancies": await _tenancies(system, names),
        "outstanding": {row["as_of"].isoformat(): row["ore"] for row in totals},
    }


async def _applications(system: Running, played: Played) -> dict[str, Any]:
    delivered = {row["application"]: row for row in await rows(system, "nav-bridge", DELIVERIES)}
    cases = {row["application"]: row for row in await rows(system, "eligibility", CASES)}
    found = {}
    for ref, application in played.applications.items():
        case, delivery = cases.get(application), delivered.get(application)
        found[ref] = {
            "overall": case and case["overall"],
            "absent_reason": case and case["absent_reason"],
            "decision": case and case["decision"],
            "not_referred_reason": case and case["not_referred_reason"],
            "referral": _referral(case, delivery) if case and case["referral_id"] else None,
        }
    return found


def _referral(case: Mapping[str, Any], delivery: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "status": case["referral_status"],
        "received": bool(delivery and delivery["received"]),
        "outcome": delivery and delivery["outcome"],
    }


async def _tenancies(system: Running, names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {contract: {"episodes": [], "balances": {}} for contract in names.values()}
    for row in await rows(system, "notifications", EPISODES):
        if row["tenancy"] in names:
            found[names[row["tenancy"]]]["episodes"].append(_episode(row))
    for row in await rows(system, "notifications", BALANCES):
        if row["tenancy"] in names:
            found[names[row["tenancy"]]]["balances"][row["as_of"].isoformat()] = row["outstanding_ore"]
    return found


def _episode(row: Mapping[str, Any]) -> dict[str, Any]:
    """`rules`: in the order in which each first held; `lead_days`: from the first alert to the eviction request."""
    changes = json.loads(row["changes"])
    first: dict[str, str] = {}
    for change in changes:
        for rule in change["rules"]:
            first.setdefault(rule, change["as_of"])
    requested, raised, notice = row["requested_on"], row["raised_as_of"], row["notice_on"]
    e1 = date.fromisoformat(first["E1"]) if "E1" in first else None
    return {
        "rules": list(first),
        "peak_level": row["peak_level"],
        "first_as_of": raised.isoformat(),
        "resolution": row["resolution"],
        "requested_on": requested and requested.isoformat(),
        "lead_days": (requested - raised).days if requested else None,
        "e1_before_notice": e1 is not None and (notice is None or e1 < notice),
    }


def nav_record(system: Running) -> Sequence[dict[str, Any]]:
    """What the NAV simulator itself has noted."""
    path = system.folder / "nav.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
