"""What the services' pure parts make of a folder of input, without Kafka, PostgreSQL or HTTP.

The form is that of `demo/check.py`. Files go through intake's own reading and books; tenancies.v1 may be read ahead
of, or behind, arrears.v1, as it may on real topics.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from chassis.outputs import OSLO, Key
from chassis.testing import decide
from eligibility.domain.assessment import assess
from eligibility.domain.policy import Absence, guideline_for
from eligibility.translation.policy_files import policy
from intake.domain.ledger import books
from intake.domain.ledger.entry import enter
from intake.domain.ledger.file import read_file
from intake.domain.national_id import age_on, classify
from intake.domain.tenancies import Tenancy as IntakeTenancy
from intake.handlers.booking import EVENTS
from intake.messages import BookLine, LedgerClosed
from notifications import messages
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from notifications.projection import project

READ = {cls.type: cls for cls in vars(messages).values() if isinstance(getattr(cls, "type", None), str)}
NOW = datetime.combine(date(2025, 1, 1), time(), OSLO)


@cache
def tenancy_id(contract: str) -> str:
    return str(uuid5(NAMESPACE_OID, contract))


def events_of(folder: Path) -> tuple[dict[str, str], dict[str, list[Any]], dict[str, list[Any]]]:
    """Contract by tenancy, and per tenancy the events of tenancies.v1 and arrears.v1, as intake would write them."""
    contracts: dict[str, str] = {}
    own, arrears = defaultdict(list), defaultdict(list)
    accounts: dict[str, books.Account] = {}
    shards: dict[str, books.Shard] = {}

    def name(contract: str) -> str:
        return contracts.setdefault(contract, tenancy_id(contract))

    for path in sorted((folder / "ledger").glob("*.csv")):
        file, faults = read_file(path.read_bytes(), path.name.split("-")[2], name)
        assert not faults, (path.name, faults[:5])
        assert file
        review = books.review(
            file, accounts.get(file.key), {key: shards[key] for key in books.shards(file) & shards.keys()}, {}
        )
        assert not review.faults, (path.name, review.faults[:5])
        entry = enter(file, review, str(uuid5(NAMESPACE_OID, path.name)))
        accounts[file.key] = entry.account
        shards |= entry.shards
        for line in review.fresh:
            state = IntakeTenancy(account=file.account, public_id=line.tenancy)
            event = EVENTS[line.kind](state, BookLine(kind=line.kind, line_id=line.id, fields=line.fields))
            (own if line.kind.startswith("tenancy.") else arrears)[line.tenancy].append(event)
        for close in entry.closes:
            closed = LedgerClosed(line_id=close.id, dated_on=file.as_of, account=file.account, as_of=file.as_of)
            arrears[close.tenancy].append(closed)
    return {id: contract for contract, id in contracts.items()}, own, arrears


def told(state: Tenancy | None, tenancy: str, event: Any) -> Tenancy:
    data = READ[event.type].model_validate(event.model_dump())
    id = uuid5(NAMESPACE_OID, repr((tenancy, event)))
    key = Key("tenancy", tenancy)
    return decide(HANDLERS, {key: state}, tenancy, data, now=NOW, id=id).states[key]


def tenancies(folder: Path, *, own_first: bool) -> dict[str, Any]:
    """The observed tenancies. `own_first`: all of tenancies.v1 is read before any of arrears.v1, else after it."""
    contracts, own, arrears = events_of(folder)
    found = {}
    for tenancy, contract in contracts.items():
        state: Tenancy | None = None
        streams: Iterable[list[Any]] = (own[tenancy], arrears[tenancy])
        for events in streams if own_first else reversed(tuple(streams)):
            for event in events:
                state = told(state, tenancy, event)
        found[contract] = observed(tenancy, state)
    return found


def observed(tenancy: str, state: Tenancy | None) -> dict[str, Any]:
    rows = project(Key("tenancy", tenancy), "3427", state or Tenancy())
    notices = [row["dated_on"] for row in rows["statutory_steps"] if row["step"] == "eviction_notice.sent"]
    return {
        "episodes": [_episode(alert, rows["alert_changes"], notices) for alert in rows["alerts"]],
        "balances": {row["as_of"].isoformat(): row["outstanding_ore"] for row in rows["balances"]},
    }


def _episode(alert: dict[str, Any], changes: list[dict[str, Any]], notices: list[date]) -> dict[str, Any]:
    first: dict[str, date] = {}
    for change in changes:
        if change["episode"] == alert["episode"]:
            for rule in change["rules"]:
                first.setdefault(rule, change["as_of"])
    requested, raised = alert["enforcement_requested_on"], alert["raised_as_of"]
    until = alert["resolved_as_of"] or date.max
    notice = min((day for day in notices if (raised - day).days <= 60 and day <= until), default=date.max)
    return {
        "rules": list(first),
        "peak_level": alert["peak_level"],
        "first_as_of": raised.isoformat(),
        "resolution": alert["resolution"],
        "requested_on": requested and requested.isoformat(),
        "lead_days": requested and (requested - raised).days,
        "e1_before_notice": "E1" in first and first["E1"] < notice,
    }


def assessments(bodies: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of each application: the overall, or why there is none; the flags; the criteria that spoke."""
    return {body["ref"]: _assessment(body) for body in bodies}


def _assessment(body: dict[str, Any]) -> dict[str, Any]:
    received = date.fromisoformat(body["received_on"])
    kind, dwelling = body["application_type"], body.get("dwelling_type")
    guideline = guideline_for(policy(), body["kommunenummer"], kind, dwelling, received)
    if isinstance(guideline, Absence):
        return {"overall": None, "absent_reason": guideline.code, "flags": (), "results": {}}
    number = classify(body["applicant"]["national_id"])
    age = age_on(number.birth_date, received) if number and number.birth_date else None
    found = assess(guideline, body["answers"], {"age_on_received": age}, received)
    return {"overall": found.overall, "absent_reason": None, "flags": found.flags, "results": found.results}
