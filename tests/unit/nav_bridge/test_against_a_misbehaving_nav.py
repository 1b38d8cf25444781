"""Referrals through a NAV that misbehaves in 30 % of all calls: its own record says that it has each once.

Deciders and gateways as they are, a clock that jumps to what is due; no database. Faults of the calls runner are drawn
besides: an answer that is lost with the process that waited for it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx

from chassis.outputs import Answer, Answered, Call, Cancel, Event, Key, Later, Outgoing
from chassis.testing import decide
from demo import nav_simulator
from demo.nav_simulator import Behaviour, Nav
from nav_bridge.domain import WITHDRAWN, Case, Policy
from nav_bridge.gateway import NavHandIn, NavRecall, NavStatus
from nav_bridge.gateway.doors import withheld
from nav_bridge.handlers import handlers
from nav_bridge.messages import DeliveryOutcome, ReferralRequested, ReferralWithdrawn
from nav_bridge.translation.nav import OUTCOMES
from tests.unit.demo_partners.clock import Clock
from tests.unit.demo_partners.test_nav_simulator import MESSAGE

REFERRALS, SEED, SHARE, LOST = 300, 20190501, 0.3, 0.05
HANDLERS = handlers(Policy(first=60, longest=3600))


@dataclass
class Content:
    """What the owner's door tells of any referral, until it is withdrawn."""

    withdrawn: set[str]

    async def message(self, call: Outgoing) -> dict[str, Any]:
        if call.ref["referral"] in self.withdrawn:
            raise withheld(WITHDRAWN)
        return MESSAGE | {"henvisningId": call.ref["referral"], "versjon": call.ref["revision"]}


@dataclass
class Bridge:
    """One case after the other to its end: calls in their order, then the next timer."""

    gateways: dict[str, Any]
    clock: Clock
    chance: Random
    case: str = ""
    states: dict[Key, Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    timers: dict[str, Later] = field(default_factory=dict)
    told: list[Any] = field(default_factory=list)
    handlers: Any = HANDLERS

    def give(self, body: Any) -> None:
        decided = decide(self.handlers, self.states, self.case, body, now=self.clock.time)
        self.states = dict(decided.states)
        for output in decided.outputs:
            match output:
                case Call():
                    self.calls.append(output)
                case Later():
                    self.timers[output.name] = output
                case Cancel(name):
                    self.timers.pop(name, None)
                case Event(data=data):
                    self.told.append(data)

    async def carry(self) -> None:
        """The first open call once. What was not sent stays open; a lost answer is unknown, as after a lease."""
        call, attempt = self.calls[0], 1
        sent: Answer = await self.gateways[call.destination].send(Outgoing(call.key, "3427", call.ref, attempt))
        answer = Answer("unknown") if self.chance.random() < LOST else sent
        if answer.outcome != "unreachable":
            self.calls.pop(0)
        self.give(Answered(call.destination, call.key, answer.outcome, answer.body, call.ref))

    async def finish(self, *, awaiting: str = "") -> None:
        """`awaiting`: what timers are called that wait for nothing but NAV's silence."""
        while self.calls or [name for name in self.timers if not (awaiting and name.startswith(awaiting))]:
            if self.calls:
                await self.carry()
                continue
            name, due = min(self.timers.items(), key=lambda item: item[1].at)
            del self.timers[name]
            self.clock.time = max(self.clock.time, due.at) + timedelta(seconds=1)
            self.give(due.message)


def to_nav(nav: httpx.AsyncClient, withdrawn: set[str]) -> dict[str, Any]:
    """The gateways to it."""
    status = NavStatus(nav)
    return {
        "nav": NavHandIn(nav, {"referral": Content(withdrawn)}),
        "nav-lookup": status,
        "nav-outcome": status,
        "nav-recall": NavRecall(nav),
    }


def referred(bridge: Bridge, number: int) -> str:
    """The so many-th case asks for its referral, which is named."""
    case, referral, public = (str(uuid5(NAMESPACE_OID, f"{what} {number}")) for what in ("case", "referral", "public"))
    bridge.case = case
    asked = {"referral_id": referral, "revision": 1, "public_id": public}
    bridge.give(ReferralRequested(**asked, legal_basis="law", requested_on=bridge.clock.time.date()))
    return referral


def record(nav: Nav) -> Iterator[dict[str, Any]]:
    assert nav.record is not None
    yield from map(json.loads, nav.record.read_text().splitlines())


async def test_each_referral_is_accepted_once_and_its_outcome_comes_back(tmp_path: Path) -> None:
    clock, chance = Clock(), Random(SEED)
    nav = Nav(seed=SEED, hang_seconds=0, late_seconds=0, record=tmp_path / "nav.jsonl", now=clock)
    nav.behaviour = Behaviour(misbehaving=SHARE)
    at_nav = httpx.AsyncClient(transport=httpx.ASGITransport(nav_simulator.build(nav)), base_url="http://nav")
    withdrawn = set[str]()
    gateways = to_nav(at_nav, withdrawn)
    for number in range(REFERRALS):
        bridge = Bridge(gateways, clock, chance)
        referral = referred(bridge, number)
        if chance.random() < 0.2:
            await bridge.carry()
            withdrawn.add(referral)
            bridge.give(ReferralWithdrawn(referral_id=referral))
        await bridge.finish()
        state: Case = bridge.states[Key("delivery", bridge.case)]
        (delivery,) = state.deliveries
        taken = nav.accepted.get(delivery.call_key)
        if referral in withdrawn and taken is None:
            assert (delivery.status, delivery.code) == ("rejected", "withdrawn")
            continue
        assert taken is not None, delivery
        if taken.recalled:
            assert delivery.status == "recalled"
        else:
            assert delivery.status == "closed"
            outcomes = [told.outcome for told in bridge.told if isinstance(told, DeliveryOutcome)]
            assert outcomes == [OUTCOMES[nav.outcome(taken)[0]]]
        assert taken.recalled <= (referral in withdrawn)

    noted = Counter(line["what"] for line in record(nav))
    accepted = [UUID(line["key"]) for line in record(nav) if line["what"] == "accepted"]
    assert len(accepted) == len(set(accepted)) == len(nav.accepted)
    assert "conflict" not in noted
    assert noted["misbehaved"] > REFERRALS / 2
    assert noted["recalled"] > 10
