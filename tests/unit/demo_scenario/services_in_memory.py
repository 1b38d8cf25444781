"""What the services' pure parts make of a folder of input, without Kafka, PostgreSQL or HTTP.

The form is that of `demo/check.py`. Files go through intake's own reading and books; tenancies.v1 may be read ahead
of, or behind, arrears.v1, as it may on real topics.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from chassis.outputs import OSLO, Key, Tell
from chassis.testing import Decided, decide
from eligibility.domain.assessment import assess
from eligibility.domain.policy import Absence, guideline_for
from eligibility.translation.policy_files import policy
from intake.domain.national_id import age_on, classify
from intake.domain.tenancies import Tenancy as IntakeTenancy
from intake.handlers import HANDLERS as INTAKE
from intake.handlers.booking import EVENTS
from intake.messages import BookLine, CloseLedger, LedgerClosed, TakeChunk
from notifications import messages
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from notifications.projection import project
from tests.ledger_files import received

READ = {cls.type: cls for cls in vars(messages).values() if isinstance(getattr(cls, "type", None), str)}
NOW = datetime.combine(date(2025, 1, 1), time(), OSLO)


@cache
def tenancy_id(contract: str) -> str:
    return str(uuid5(NAMESPACE_OID, contract))


def events_of(folder: Path) -> tuple[dict[str, str], dict[str, list[Any]], dict[str, list[Any]]]:
    """Contract by tenancy, and per tenancy the events of tenancies.v1 and arrears.v1, as intake would write them."""
    contracts: dict[str, str] = {}
    own, arrears = defaultdict(list), defaultdict(list)
    states: dict[Key, Any] = {}

    def name(contract: str) -> str:
        return contracts.setdefault(contract, tenancy_id(contract))

    for path in sorted((folder / "ledger").glob("*.csv")):
        account, taken = entered(path, states, name)
        states = dict(taken.states)
        for tell in taken.outputs:
            match tell.message:
                case BookLine() as line:
                    state = IntakeTenancy(account=account, public_id=tell.key.id)
                    event = EVENTS[line.kind](state, line)
                    (own if line.kind.startswith("tenancy.") else arrears)[tell.key.id].append(event)
                case CloseLedger(line_id=id, as_of=as_of):
                    closed = LedgerClosed(line_id=id, dated_on=as_of, account=account, as_of=as_of)
                    arrears[tell.key.id].append(closed)
    return {id: contract for contract, id in contracts.items()}, own, arrears


def entered(path: Path, states: dict[Key, Any], name: Callable[[str], str]) -> tuple[str, Decided]:
    """The account, with the file in intake's books, and what its tenancies are told."""
    kommunenummer, id = path.name.split("-")[2], str(uuid5(NAMESPACE_OID, path.name))
    found = received(path.read_bytes(), kommunenummer, name, lambda tenancy: tenancy, import_id=id)
    assert not found.bad, (path.name, found.faults[:5])
    now = datetime.combine(date(2030, 1, 1), time(), OSLO)
    waiting = {Key("import_chunk", f"{found.upload}:{number}"): chunk for number, chunk in enumerate(found.chunks)}
    made = decide(INTAKE, states | waiting, id, found.command, now=now, kommunenummer=kommunenummer)
    states, outputs = dict(made.states), []
    for number in range(max(1, len(found.chunks))):
        made = decide(INTAKE, states, id, TakeChunk(number=number), now=now, kommunenummer=kommunenummer)
        states = dict(made.states)
        outputs += [tell for tell in made.only(Tell) if not isinstance(tell.message, TakeChunk)]
    assert not [key for key, state in states.items() if key.kind == "bad_line" and state], path.name
    return found.file.account, Decided(states, outputs)


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
