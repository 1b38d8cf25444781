"""2,000 events while every service is killed once, and the broker once: nothing lost, doubled, reordered or stuck."""

import pytest

from tests.e2e import counting, storm
from tests.e2e.counting import Count
from tests.e2e.storm import LEAST, Storm
from tests.e2e.waiting import query

pytestmark = pytest.mark.e2e

BALANCES = "select tenancy, as_of, outstanding_ore from balances where tenancy = any(%s)"
RENTS = "select tenancy, rent_ore from tenancies where tenancy = any(%s)"
FINAL = ("granted", "refused", "withdrawn", "expired")
REGISTERED = "select application, status from applications where application = any(%s)"


@pytest.fixture(scope="module")
def raged(system, played, told) -> Storm:
    raging = storm.begin(system)
    raging.rage()
    with told():
        print(f"\n{raging.account.lines} ledger lines and {len(raging.applications)} applications were put in")
        for name, number in raging.killed.items():
            print(f"  {name} was killed while {number} events were unhandled, after {raging.times[name]:.0f} s")
        print(f"  nothing waited any longer after {raging.times['still']:.0f} s")
        print(f"  ended of themselves and started again: {system.exits or 'none'}")
    return raging


def test_every_service_and_the_broker_is_killed_while_at_least_200_events_are_unhandled(raged):
    assert set(raged.killed) == {"intake", "eligibility", "nav-bridge", "notifications", "Kafka"}
    assert min(raged.killed.values()) >= LEAST


def test_nothing_is_lost_doubled_reordered_or_stuck(raged, told):
    seen = raged.seen()
    counts = {
        "states": on_states(raged),
        "NAV's record": counting.nav(raged.nav_record(), raged.referrals().values()),
        "wire": counting.on_the_wire(seen) + counting.facts(to_be_told(raged), seen) + counting.waits(raged.left()),
    }
    with told():
        print(f"\n{len(seen)} records on the wire, {len(counting.first_occurrences(seen))} events")
        print(counting.table(counts))
    assert len(counting.first_occurrences(seen)) >= 2_000
    assert [finding for count in counts.values() for finding in count.findings][:20] == []


def on_states(raged: Storm) -> Count:
    """What people are shown: money, rents, applications, cases, referrals."""
    ids, account = raged.tenancies, raged.account
    tenancies = list(ids.values())
    balances = query(raged.system, "notifications", BALANCES, tenancies)
    rents = query(raged.system, "notifications", RENTS, tenancies)
    return (
        counting.money(
            {ids[contract.name]: contract.money for contract in account.contracts},
            account.closes,
            {(row["tenancy"], row["as_of"]): row["outstanding_ore"] for row in balances},
        )
        + counting.last_words(
            {ids[contract.name]: contract.rents[-1] for contract in account.contracts},
            {row["tenancy"]: row["rent_ore"] for row in rents},
            {ids[contract.name]: contract.rents[:-1] for contract in account.contracts},
        )
        + on_cases(raged)
    )


def on_cases(raged: Storm) -> Count:
    referred = {raged.applications[b["ref"]] for b in raged.bodies if "legal_basis" in b}
    assessed = set(raged.applications.values()) - referred
    cases, registered = raged.cases(), query(raged.system, "intake", REGISTERED, list(raged.applications.values()))
    ended = [row["application"] for row in cases if row["referral_status"] in FINAL]
    return (
        counting.once_each(raged.applications.values(), [row["application"] for row in cases], "the case")
        + counting.once_each(assessed, [row["application"] for row in cases if row["overall"]], "the assessment")
        + counting.once_each(
            assessed, [row["application"] for row in registered if row["status"] == "assessed"], "the status"
        )
        + counting.once_each(referred, [row["application"] for row in cases if row["referral_id"]], "the referral")
        + counting.once_each(referred, ended, "the outcome")
    )


def to_be_told(raged: Storm) -> dict:
    """Each subject's events on each topic that one writer fills, in their order."""
    expected: dict = {}
    for contract in raged.account.contracts:
        id = raged.tenancies[contract.name]
        expected["tenancies.v1", id], expected["arrears.v1", id] = contract.tenancies, contract.arrears
    for body in raged.bodies:
        id = raged.applications[body["ref"]]
        expected["applications.v1", id] = [("application.registered", None)]
        if "legal_basis" in body:
            expected["referrals.v1", id] = [("referral.requested", None)]
            delivered = ("delivery.sent", "delivery.received", "delivery.outcome")
            expected["deliveries.v1", id] = [(type, None) for type in delivered]
        else:
            expected["decisions.v1", id] = [("assessment.completed", None)]
    return expected
