"""What may happen to each service: the examples of the events that it reads, commands, and answers to its calls."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from random import Random
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from nav_bridge.domain import Policy
from nav_bridge.handlers import handlers
from tests.contract import tree
from tests.contract.commands import COMMANDS
from tests.contract.wiring import PACKAGES, named, services
from tests.contract.world import Answer, World

SUBJECTS = tuple(str(uuid5(NAMESPACE_OID, f"subject {number}")) for number in range(3))
WALKS, STEPS = 120, 100
RECEIPT = {"received_at": "2019-06-03T09:00:04+02:00"}
LETTER = "7d2f0a3e-1c4b-4f5a-8b6c-0d1e2f3a4b5c"

# What partners say, by destination. A destination that isn't here makes the walk fail.
ANSWERS: dict[str, tuple[Answer, ...]] = {
    "intake-facts": (
        ("accepted", {"age_on_received": 35, "answers": {"GB-03": "yes"}, "legal_basis": {"kind": "consent"}}),
        ("accepted", {"age_on_received": 17, "answers": {}, "legal_basis": {"kind": "law"}}),
        ("accepted", {"answers": {"GB-03": "unknown"}, "legal_basis": None}),
        ("unknown", {}),
        ("unreachable", {}),
        ("refused", {"code": "unknown"}),
    ),
    "nav": (
        ("accepted", RECEIPT),
        ("accepted", {}),
        ("refused", {"code": "missing_legal_basis"}),
        ("refused", {"code": "protected"}),
        ("refused", {}),
        ("unknown", {}),
        ("unreachable", {}),
    ),
    "nav-lookup": (
        ("accepted", {"found": True, **RECEIPT}),
        ("accepted", {"found": False}),
        ("refused", {}),
        ("unreachable", {}),
    ),
    "nav-outcome": (
        *(("accepted", {"found": True, "outcome": word, **RECEIPT}) for word in ("contacted", "granted", None)),
        ("accepted", {"found": False}),
        ("unknown", {}),
        ("unreachable", {}),
    ),
    "nav-recall": (
        ("accepted", {}),
        ("refused", {"code": "decided"}),
        ("refused", {"code": "lost_by_nav"}),
        ("refused", {}),
        ("unknown", {}),
        ("unreachable", {}),
    ),
    "svarut-reserve": (("accepted", {"letter": LETTER}), ("unknown", {}), ("refused", {}), ("unreachable", {})),
    "svarut": (
        ("accepted", {"recipient": "NAV Tynset"}),
        ("refused", {"code": "letter_refused"}),
        ("refused", {"code": "protected"}),
        ("unknown", {}),
        ("unreachable", {}),
    ),
    "svarut-lookup": (
        ("accepted", {"found": True}),
        ("accepted", {"found": False}),
        ("accepted", {"found": True, "outcome": "withdrawn"}),
        ("unreachable", {}),
    ),
    "svarut-outcome": (
        ("accepted", {"found": True}),
        ("accepted", {"found": True, "settled": True, **RECEIPT}),
        ("accepted", {"found": True, "code": "letter_undelivered"}),
        ("accepted", {"found": False}),
        ("unreachable", {}),
    ),
    "svarut-recall": (("accepted", {}), ("refused", {"code": "letter_refused"}), ("unknown", {}), ("unreachable", {})),
    "mail": (("accepted", {}), ("refused", {}), ("unknown", {}), ("unreachable", {})),
    "operator-mail": (("accepted", {}), ("refused", {}), ("unknown", {}), ("unreachable", {})),
    "digest-mail": (("accepted", {}), ("refused", {}), ("unknown", {}), ("unreachable", {})),
    "alarm-mail": (("accepted", {}), ("refused", {}), ("unknown", {}), ("unreachable", {})),
    "audit": (
        ("accepted", {"unattended": []}),
        ("accepted", {"unattended": [str(uuid5(NAMESPACE_OID, "subject 0"))]}),
        ("unknown", {}),
    ),
}
# One of the two municipalities reaches NAV by letter.
DECIDERS = {"nav-bridge": handlers(Policy(by_letter=frozenset({"5027"})))}


@dataclass(frozen=True)
class Walked:
    """What many walks of one service came to. `decided`: types that a handler took; `events`: all it told."""

    handled: set[str]
    decided: set[str]
    events: list[Any]


@cache
def walked(service: str) -> Walked:
    """The same each time: chance is seeded."""
    handlers = DECIDERS.get(service) or import_module(f"{PACKAGES[service]}.handlers").HANDLERS
    new = _news(service)
    worlds = [World(handlers, Random(seed), ("5027", "3427")[seed % 2]) for seed in range(WALKS)]
    for world in worlds:
        for _ in range(STEPS):
            world.step(new, _answer)
    decided = {type for world in worlds for type in world.decided}
    return Walked({h.on for h in handlers}, decided, [event for world in worlds for event in world.events])


def _answer(world: World, destination: str) -> Answer:
    return world.chance.choice(ANSWERS[destination])


def _news(service: str) -> Callable[[World], tuple[str, Any]]:
    """An example of an event that the service reads, on one of few subjects, or a command."""
    examples = tree.read().examples
    (reader,) = (s for s in services() if s.name == service)
    events = [m for messages in reader.reads.values() for m in messages]
    commands = COMMANDS[service]

    def new(world: World) -> tuple[str, Any]:
        if world.chance.random() < 0.5 and (command := world.chance.choice(commands)(world, SUBJECTS)):
            return command
        message = world.chance.choice(events)
        data = world.chance.choice(sorted(examples[named(message)].items()))[1]
        known = (key.id for key in sorted(world.states) if key.kind == "application")
        subject = world.chance.choice([*SUBJECTS, *known])
        return subject, message.model_validate(data | _fitting(world, subject, data))

    return new


def _fitting(world: World, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    """A delivery is of the referral or notice that the case asked for: its id is made while the world runs."""
    referrals = [r for k, s in world.states.items() if k.id == subject and (r := getattr(s, "referral", None))]
    if referrals and "referral_id" in data:
        return {"referral_id": referrals[0].referral_id, "revision": referrals[0].revision}
    notices = [n for k, s in world.states.items() if k.id == subject for n in getattr(s, "nav_notices", ())]
    if notices and "referral_id" in data:
        return {"referral_id": notices[-1].id, "revision": notices[-1].revision, "matter": "nav_notice"}
    return {}
