"""What the ledger says of a run: the wire, the event logs, the states that people are shown, NAV's own record."""

import json
from collections.abc import Mapping
from typing import Any

from tests.e2e import counting, waiting, wire
from tests.e2e.counting import Count, Seen
from tests.e2e.storm import seen_of
from tests.prove.load import Load
from tests.prove.recovery import Watch
from tests.prove.rig import SERVICES, Rig

FINAL = ("granted", "refused", "withdrawn", "expired")
OWN = """
select (select count(*) from outbox where position is null and refused is null) as unsent,
       (select count(*) from outbox where refused is not null) as refused,
       (select count(*) from timers where told) as told, (select count(*) from calls where status = 'open') as calls,
       (select count(*) from timers where not told and due < now() + interval '5 minutes') as soon,
       (select count(*) from parked) as parked, (select count(*) from dead_letters where handled_at is null) as letters
"""
UNDECIDED = "select count(*) as n from cases where referral_id is not null and referral_status = any(%s)"
CASES = "select application, overall, referral_id, referral_status from cases"
BALANCES = "select tenancy, as_of, outstanding_ore from balances"
RENTS = "select tenancy, rent_ore from tenancies"
LOG = "select topic, key, headers ->> 'ce_sequence' as sequence, position from outbox order by position"


def left(rig: Rig, watch: Watch) -> dict[str, int]:
    """What waits, by where: Kafka's own end offsets against the positions among it."""
    found: dict[str, int] = {}
    for service in SERVICES:
        rows = rig.query(service, "select topic, partition, next from positions")
        read = {(row["topic"], row["partition"]): row["next"] for row in rows}
        ends = watch.ends(waiting.READERS[service])
        found[f"{service} on Kafka"] = sum(max(0, end - read.get(place, 0)) for place, end in ends.items())
        found |= {f"{service} {what}": number for what, number in rig.query(service, OWN)[0].items()}
    found["referrals without outcome"] = rig.query("eligibility", UNDECIDED, list(waiting.UNDER_WAY))[0]["n"]
    return found


def counts(rig: Rig, load: Load, watch: Watch) -> tuple[dict[str, Count], list[Seen]]:
    """By where it was looked, and all that is on the wire, each time that it is there."""
    seen = [seen_of(record) for record in wire.read(rig.platform.admin_kafka().aiokafka(), _topics(rig), limit=600)]
    tenancies = load.tenancies()
    return {
        "doors": Count(lost=[f"refused: {text}" for text in load.refused]),
        "wire": counting.on_the_wire(seen) + counting.facts(to_be_told(load, tenancies), seen),
        "event logs": _event_logs(rig),
        "rent accounts": _on_accounts(rig, load, tenancies),
        "applications": _on_cases(rig, load),
        "NAV's record": _on_nav(rig),
        "left behind": counting.waits(left(rig, watch)),
    }, seen


def _topics(rig: Rig) -> list[str]:
    return sorted(rig.platform.topics.named)


def _event_logs(rig: Rig) -> Count:
    found = Count()
    for service in SERVICES:
        rows = rig.query(service, LOG)
        found += counting.event_log((r["topic"], r["key"], int(r["sequence"]), r["position"]) for r in rows)
    return found


def _on_accounts(rig: Rig, load: Load, ids: Mapping[str, str]) -> Count:
    found = Count()
    balances = {(r["tenancy"], r["as_of"]): r["outstanding_ore"] for r in rig.query("notifications", BALANCES)}
    rents = {r["tenancy"]: r["rent_ore"] for r in rig.query("notifications", RENTS)}
    for account in load.accounts:
        contracts = [contract for contract in account.contracts if contract.name in ids]
        found += counting.once_each(
            [c.name for c in account.contracts if c.rents], [c.name for c in contracts], "the tenancy"
        )
        found += counting.money({ids[c.name]: c.money for c in contracts}, account.closes, balances)
        found += counting.last_words(
            {ids[c.name]: c.rents[-1] for c in contracts}, rents, {ids[c.name]: c.rents[:-1] for c in contracts}
        )
    return found


def _on_cases(rig: Rig, load: Load) -> Count:
    applications, referred = set(load.applications.values()), load.referred
    cases, rows = rig.query("eligibility", CASES), rig.query("intake", "select application, status from applications")
    told = [row["application"] for row in rows if row["status"] == "assessed"]
    assessed = [row["application"] for row in cases if row["overall"]]
    ended = [row["application"] for row in cases if row["referral_status"] in FINAL]
    return (
        counting.once_each(applications, [row["application"] for row in rows], "the registration")
        + counting.once_each(applications, [row["application"] for row in cases], "the case")
        + counting.once_each(applications - referred, assessed, "the assessment")
        + counting.once_each(applications - referred, told, "the status")
        + counting.once_each(referred, [row["application"] for row in cases if row["referral_id"]], "the referral")
        + counting.once_each(referred, ended, "the outcome")
    )


def _on_nav(rig: Rig) -> Count:
    lines = (rig.platform.folder / "nav.jsonl").read_text(encoding="utf-8").splitlines()
    referrals = [row["referral_id"] for row in rig.query("eligibility", CASES) if row["referral_id"]]
    return counting.nav([json.loads(line) for line in lines], referrals)


def to_be_told(load: Load, ids: Mapping[str, str]) -> dict[tuple[str, str], Any]:
    """Each subject's events on each topic that one writer fills, in their order."""
    expected: dict[tuple[str, str], Any] = {}
    for account in load.accounts:
        for contract in account.contracts:
            if id := ids.get(contract.name):
                expected["tenancies.v1", id], expected["arrears.v1", id] = contract.tenancies, contract.arrears
    referred, delivered = load.referred, ("delivery.sent", "delivery.received", "delivery.outcome")
    for id in load.applications.values():
        expected["applications.v1", id] = [("application.registered", None)]
        if id in referred:
            expected["referrals.v1", id] = [("referral.requested", None)]
            expected["deliveries.v1", id] = [(type, None) for type in delivered]
        else:
            expected["decisions.v1", id] = [("assessment.completed", None)]
    return expected
