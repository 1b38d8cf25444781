"""States at the end of a run, without what rests on when and how often: times, counters, random ids, who acknowledged.

Left out as well is what rests on a race that the architecture allows. Of applications: what is withdrawn or erased
while it is handed to NAV. Of tenancies: those of people who are to be erased. Of tenancies that ended: who is
registered as a tenant after the end, and its stage and the alerts of days from the end on, as the end comes on
another topic than the close by which they are judged.
"""

from dataclasses import fields, is_dataclass
from typing import Any

from tests.simulation import acts
from tests.simulation.run import DECLARED, Run

Named = tuple[str, str, str]  # service, kind, id

LEFT_OUT = {
    # when it was
    "updated_at", "requested_on", "sent_at", "heard_at", "silences", "silent_since", "decided_on",
    "delivered_on", "referred_on", "granted_on", "unreachable_since",
    "acknowledged_at", "acknowledged_by", "accepted_at",
    # what a person did of it, and when
    "Delivery.notes",
    # how often it was tried, or seen to change
    "version", "asked", "attempts", "resends", "retries", "lookups", "late_looks", "polls", "unknowns", "standing",
    # made from what brought it, or known from an answer that may be lost
    "referral_id", "proof", "recipient", "letter_id", "recall_id", "doubted",
    # when the caseworker told NAV, of which debt, and whether anything was owed or reserved by then
    "nav_notices",
    # who was told of an alert, and what comes next: when it was seen, and by which hour of which day it was told of
    "care", "mails",
    # which of an account's files came to its end first, where one waited for a tenancy that was parked
    "Import.number", "Import.total",
}  # fmt: skip

BY_THE_CLOCK = {"digest", "alarm", "audit"}
"""Kinds of state that are of an hour or a day, whatever was told in it."""


def of(run: Run) -> dict[Named, Any]:
    racing = set()
    for each in filter(races, run.world.applications):
        racing |= {acts.application(run, each.tag), acts.person(each.tag, each.kommunenummer)}
    for account in run.world.accounts:
        at = account.kommunenummer
        racing |= {made(each, at) for each in account.erased for made in (_home, acts.person)}
    return {
        (name, key.kind, key.id): _plain(row.state)
        for name in DECLARED
        for key, row in run.tables[name].states.items()
        if row.state is not None and key.id not in racing and key.kind not in BY_THE_CLOCK
        if not _of_a_tenancy(name, row.state)
    }


def _home(contract: str, kommunenummer: str) -> str:
    return acts.tenancy(kommunenummer, contract)


def _of_a_tenancy(name: str, state: Any) -> bool:
    """What the bridge knows of a tenancy: notices, which race, and reservations, which notifications has as well."""
    return name == "nav-bridge" and not getattr(state, "public_id", "") and hasattr(state, "deliveries")


def races(each: Any) -> bool:
    return bool(each.withdraws or each.erased)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value) if LEFT_OUT.isdisjoint({each.name, f"{_name(value)}.{each.name}"})]
        found = {name: getattr(value, name) for name in names}
        if "tenants" in found:
            found["tenants"] = tuple(sorted(found["tenants"]))
        if found.get("ended_on") and "episodes" in found:
            raised = tuple(each.raised for each in found["episodes"] if each.raised < found["ended_on"].toordinal())
            found = {name: found[name] for name in found.keys() - {"tenants", "stage"}} | {"episodes": raised}
        return {name: _plain(each) for name, each in found.items()}
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_plain(each) for each in value)
    return value


def _name(value: Any) -> str:
    return type(value).__name__


def difference(expected: Any, found: Any) -> str:
    """Which fields are others, and what they are."""
    if isinstance(expected, dict) and isinstance(found, dict):
        others = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
        return "; ".join(f"{name} ({difference(expected.get(name), found.get(name))})" for name in sorted(others))
    if isinstance(expected, tuple) and isinstance(found, tuple) and len(expected) == len(found):
        pairs = [(a, b) for a, b in zip(expected, found, strict=True) if a != b]
        return ", ".join(difference(a, b) for a, b in pairs)
    return f"{expected!r} when calm, now {found!r}"
