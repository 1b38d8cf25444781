"""The walk from an application to what came of it, in the order of cause and effect, told in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eligibility.translation.words import BASES, CALLS, DECIDERS, OTHERWISE, OUTCOMES, OVERALL, REFERRALS, STANDINGS

Data = Mapping[str, Any]

SERVICES: Mapping[str, str] = {"intake": "Mottaket", "eligibility": "Saksbehandlingen", "nav-bridge": "Broen til NAV"}


@dataclass(frozen=True, slots=True)
class Step:
    """`follows`: the number of the step that it followed from, if that is told of.

    `proof`: the SHA-256 of what was sent to NAV. `receipt`: when NAV had it, by NAV's own clock.
    """

    number: int
    follows: int | None
    service: str
    what: str
    details: Sequence[str]
    id: str
    kind: str
    at: datetime
    proof: str = ""
    receipt: datetime | None = None


@dataclass(frozen=True, slots=True)
class Node:
    service: str
    kind: str
    row: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def at(self) -> datetime:
        time = self.row["time"]
        return time if isinstance(time, datetime) else datetime.fromisoformat(time)


def steps(parts: Mapping[str, Mapping[str, Any]]) -> list[Step]:
    """`parts`: each service's trail. What followed from a step stands right after it."""
    nodes = [
        Node(name, kind, row) for name, part in parts.items() for kind in ("events", "calls") for row in part[kind]
    ]
    following: dict[str, list[Node]] = {}
    for node in nodes:
        following.setdefault(node.row["cause"], []).append(node)
    known, proofs = {node.id for node in nodes}, _proofs(parts)
    begun = [node for node in nodes if node.row["cause"] not in known]
    numbers: dict[str, int] = {}
    found: list[Step] = []
    for node in _in_order(begun, following):
        numbers[node.id] = len(numbers) + 1
        what, details = _call(node.row) if node.kind == "calls" else _event(node.row)
        names = (SERVICES[node.service], what, details, node.id, node.kind)
        shown = (node.at, proofs.get(node.id, ""), _receipt(node.row))
        found.append(Step(numbers[node.id], numbers.get(node.row["cause"]), *names, *shown))
    return found


def _in_order(begun: Sequence[Node], following: Mapping[str, Sequence[Node]]) -> Iterator[Node]:
    """A call stands with what followed from it: its own time is of another clock than that of events."""
    for node in sorted(begun, key=lambda each: (_first(each, following), each.at)):
        yield node
        yield from _in_order(following.get(node.id, ()), following)


def _first(node: Node, following: Mapping[str, Sequence[Node]]) -> datetime:
    if node.kind == "events":
        return node.at
    return min((_first(each, following) for each in following.get(node.id, ())), default=node.at)


def _proofs(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """By the call that nav-bridge sent it with."""
    deliveries = parts.get("nav-bridge", {}).get("deliveries", ())
    return {each.get("call", ""): each["proof_hash"] or "" for each in deliveries}


def _receipt(row: Mapping[str, Any]) -> datetime | None:
    at = row.get("data", {}).get("received_at")
    return datetime.fromisoformat(at) if at else None


def _event(row: Mapping[str, Any]) -> tuple[str, list[str]]:
    return _EVENTS[row["type"]](row["data"]) if row["type"] in _EVENTS else (str(row["type"]), [])


def _stopped(status: str) -> Callable[[Data], tuple[str, list[str]]]:
    return lambda data: (REFERRALS[status], [f"Kode {data['code']}"])


_EVENTS: Mapping[str, Callable[[Data], tuple[str, list[str]]]] = {
    "application.registered": lambda _: ("Søknaden er registrert", []),
    "application.withdrawn": lambda _: ("Søknaden er trukket", []),
    "assessment.completed": lambda data: (
        f"Vurdert: {OVERALL[data['overall']]}",
        [f"Retningslinjer, utgave {data['guideline_version']}"],
    ),
    "decision.made": lambda data: (f"Vedtak: {OUTCOMES[data['outcome']]}", [DECIDERS.get(data["role"], data["role"])]),
    "referral.requested": lambda data: (
        "Henvisning til NAV",
        [BASES[data["legal_basis"]], f"Utgave {data['revision']}"],
    ),
    "referral.withdrawn": lambda _: ("Henvisningen er trukket", []),
    "delivery.sent": lambda _: ("Henvisningen er levert", []),
    "delivery.received": lambda _: ("Kvittering fra NAV", []),
    "delivery.outcome": lambda data: (f"Utfall hos NAV: {REFERRALS[data['outcome']]}", []),
    "delivery.rejected": _stopped("rejected"),
    "delivery.parked": _stopped("parked"),
    "delivery.recalled": lambda _: (REFERRALS["recalled"], []),
    "delivery.overdue": lambda data: ("NAV har ikke svart", [f"{data['period']}. gang"]),
}


def _call(row: Mapping[str, Any]) -> tuple[str, list[str]]:
    to, status = row["destination"], row["status"]
    what, standing = OTHERWISE.get((to, status), (CALLS.get(to, to), STANDINGS[status]))
    tries = f"{row['attempts']} forsøk" if row["attempts"] > 1 else ""
    return what, [each for each in (standing, tries) if each]
