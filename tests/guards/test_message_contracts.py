"""Each check between schemas and message classes is fed a class or a topics.yaml at odds, and must say so."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel

from tests.contract import service_checks, tree
from tests.contract.wiring import Service, services

pytestmark = pytest.mark.guard

OPEN = "housing-events.{kommunenummer}.v1"


class Payment(BaseModel):
    type: ClassVar[str] = "payment.registered"
    line_id: str
    dated_on: date
    amount_ore: int
    kid: str | None


class PaymentWithChannel(Payment):
    channel: str


class PaymentWithoutKid(BaseModel):
    type: ClassVar[str] = "payment.registered"
    line_id: str
    dated_on: date
    amount_ore: int


class PaymentWithKid(Payment):
    kid: str


class PaymentInKroner(Payment):
    amount_ore: float


class PaymentOfOneRent(Payment):
    amount_ore: Literal[765000]


class Decision(BaseModel):
    type: ClassVar[str] = "decision.made"
    outcome: str
    decided_by: str
    role: str
    decided_on: date


class GrantedOnly(Decision):
    outcome: Literal["granted"]


class GrantedOrAppealed(Decision):
    outcome: Literal["granted", "appealed"]


def reading(message: type[BaseModel]) -> tuple[Service, ...]:
    """As if notifications read nothing but this."""
    return _with("notifications", reads={"arrears.v1": (message,)})


def writing(name: str, topic: str, *messages: type[BaseModel]) -> tuple[Service, ...]:
    """The service writes this on that topic instead of what it writes there."""
    (service,) = (s for s in services() if s.name == name)
    return _with(name, writes={**service.writes, topic: messages})


def _with(name: str, **sides: Any) -> tuple[Service, ...]:
    return tuple(replace(s, **sides) if s.name == name else s for s in services())


def declared(change: Callable[[dict[str, Any]], object]) -> tree.Tree:
    """topics.yaml with something else in it."""
    found = tree.read()
    patched = deepcopy(found.topics)
    change(patched)
    return replace(found, topics=patched)


TREE = tree.read()
ARREARS = next(s.writes["arrears.v1"] for s in services() if s.name == "intake")
VIOLATIONS: list[tuple[str, tree.Tree, tuple[Service, ...], str]] = [
    ("wiring_differs", TREE, writing("eligibility", "arrears.v1", Payment), "eligibility writes arrears.v1"),
    ("wiring_differs", TREE, writing("intake", "decisions.v1", Decision), "intake writes decisions.v1"),
    ("wiring_differs", TREE, writing("intake", "arrears.v1", *ARREARS[1:]), f"nobody writes {ARREARS[0].type}.v1"),
    (
        "wiring_differs",
        TREE,
        writing("intake", "arrears.v1", *ARREARS, Decision),
        "decision.made.v1 is not on arrears.v1",
    ),
    ("wiring_differs", TREE, _with("notifications", reads={}), "topics.yaml says that notifications reads arrears.v1"),
    ("wiring_differs", TREE, _with("eligibility", reads={OPEN: ()}), f"eligibility reads {OPEN}"),
    (
        "wiring_differs",
        declared(lambda t: t["risks.v1"]["readers"].append("nav-bridge")),
        services(),
        "nav-bridge reads risks.v1",
    ),
    ("wiring_differs", declared(lambda t: t[OPEN]["writers"].remove("intake")), services(), f"intake writes {OPEN}"),
    ("wiring_differs", declared(lambda t: t.pop("risks.v1")), services(), "notifications writes risks.v1"),
    ("readers_at_odds", TREE, reading(PaymentWithChannel), "the schema has no channel"),
    ("readers_at_odds", TREE, reading(PaymentWithKid), "it refuses some"),
    ("readers_at_odds", TREE, reading(PaymentWithKid), "partial-without-kid.json: 1 fields don't parse"),
    ("readers_at_odds", TREE, reading(PaymentOfOneRent), "it refuses some"),
    ("writers_at_odds", TREE, writing("intake", "arrears.v1", PaymentWithoutKid), "kid on one side alone"),
    ("writers_at_odds", TREE, writing("intake", "arrears.v1", PaymentWithChannel), "channel on one side alone"),
    ("writers_at_odds", TREE, writing("intake", "arrears.v1", PaymentInKroner), "it could say"),
    ("writers_at_odds", TREE, writing("eligibility", "decisions.v1", Decision), "it could say"),
    ("writers_at_odds", TREE, writing("eligibility", "decisions.v1", GrantedOrAppealed), "it could say"),
    ("unwritten_values", TREE, writing("eligibility", "decisions.v1", GrantedOnly), "nobody sends dismissed, refused"),
    ("unwritten_values", TREE, writing("eligibility", "decisions.v1", GrantedOnly), "no writer could have sent it"),
]


@pytest.mark.parametrize(("check", "of", "by", "said"), VIOLATIONS, ids=[f"{v[0]}-{v[3]}" for v in VIOLATIONS])
def test_a_check_rejects_its_violation(check, of, by, said):
    assert any(said in problem for problem in getattr(service_checks, check)(of, by))


def test_no_check_is_without_a_violation():
    checks = {
        name
        for name, found in vars(service_checks).items()
        if not name.startswith("_") and getattr(found, "__module__", "") == service_checks.__name__
    }

    assert {violation[0] for violation in VIOLATIONS} == checks
