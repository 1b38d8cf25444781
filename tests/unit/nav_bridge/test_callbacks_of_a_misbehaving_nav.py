"""Referrals through a NAV that misbehaves in 30 % of all calls, and of all callbacks at the door for them."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx

from chassis.outputs import Key
from demo.nav_simulator import Behaviour, Callbacks, Nav, build, keys
from demo.nav_simulator.callbacks import MANNERS
from nav_bridge.domain import Delivery
from nav_bridge.gateway import Callbacks as TakenCallbacks
from nav_bridge.gateway import NavKeys, callback_door
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryReceived,
    DeliverySent,
    HousingApplicationChanged,
    ReferralWithdrawn,
)
from nav_bridge.translation.nav import OUTCOMES
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import web_app
from tests.unit.nav_bridge.test_against_a_misbehaving_nav import (
    REFERRALS,
    SEED,
    SHARE,
    Bridge,
    Clock,
    record,
    referred,
    to_nav,
)
from tests.unit.nav_bridge.test_callbacks import Deliveries

AT_HOME = "3427"


@dataclass
class Cases(Deliveries):
    """What the door finds and tells: the case that is under way."""

    bridge: Bridge | None = None

    def deliveries(self) -> tuple[Delivery, ...]:
        assert self.bridge
        found: tuple[Delivery, ...] = self.bridge.states[Key("delivery", self.bridge.case)].deliveries
        return found

    async def fetchrow(self, _: str, key: UUID) -> Mapping[str, Any] | None:
        for each in self.deliveries():
            if each.call_key == key:
                named = {"referral_id": each.referral_id, "revision": each.revision}
                return {"application": self.bridge and self.bridge.case, "kommunenummer": AT_HOME, **named}
        return None

    async def command(self, message: Any, *, request_hash: bytes) -> Mapping[str, Any]:
        answer = await super().command(message, request_hash=request_hash)
        assert self.bridge
        self.bridge.give(message.data)
        return answer


@dataclass
class Told(Bridge):
    """NAV calls back whenever something is due there."""

    callbacks: Any = None

    async def carry(self) -> None:
        await self.callbacks.tell_due()
        if self.calls:
            await super().carry()
        await self.callbacks.tell_due()


class NothingLost(Random):
    """Every answer comes back to the process that waited for it."""

    def random(self) -> float:
        return 1.0


async def test_whatever_nav_tells_and_in_whatever_order_each_referral_comes_to_its_one_end(tmp_path: Path) -> None:
    clock, chance, store = Clock(), Random(SEED), Cases()
    nav = Nav(seed=SEED, outcome_delay=90, hang_seconds=0, late_seconds=0, record=tmp_path / "nav.jsonl", now=clock)
    nav.behaviour = Behaviour(misbehaving=SHARE, callbacks_misbehaving=SHARE)
    key = keys(tmp_path / "keys")
    door = callback_door(TakenCallbacks(NavKeys(str(tmp_path / "keys" / "jwks.json")), "nav", "nav-bridge"))
    app = web_app(store, FakeIssuer(), tmp_path, routers=[door])
    callbacks = Callbacks(nav, "http://bridge/nav/callbacks", key, httpx.ASGITransport(app))
    at_nav = httpx.AsyncClient(transport=httpx.ASGITransport(build(nav, callbacks)), base_url="http://nav")
    withdrawn, ends = set[str](), Counter[str]()
    gateways = to_nav(at_nav, withdrawn)
    for number in range(REFERRALS):
        bridge = store.bridge = Told(gateways, clock, NothingLost(), callbacks=callbacks)
        referral = referred(bridge, number)
        if chance.random() < 0.2:
            await bridge.carry()
            withdrawn.add(referral)
            bridge.give(ReferralWithdrawn(referral_id=referral))
        await bridge.finish()
        (delivery,) = store.deliveries()
        if (taken := nav.accepted.get(delivery.call_key)) is None:
            assert (delivery.status, delivery.code) == ("rejected", "withdrawn")
            continue
        ends[delivery.status] += 1
        facts = Counter(type(told) for told in bridge.told)
        assert facts[DeliverySent] == facts[DeliveryReceived] == 1
        assert facts[HousingApplicationChanged] == 1 + (delivery.status != "parked")
        assert delivery.proof == taken.body_hash
        outcomes = [told.outcome for told in bridge.told if isinstance(told, DeliveryOutcome)]
        match delivery.status:
            case "recalled":
                assert taken.recalled
                assert not outcomes
            case "parked":
                assert delivery.code == "outcome_unknown"
            case _:
                assert (delivery.status, outcomes) == ("closed", [OUTCOMES[nav.outcome(taken)[0]]])

    heard = [line for line in record(nav) if line["what"] == "called_back"]
    puzzled = {line["key"] for line in heard if line.get("manner") == "puzzling" and line["answer"] == 202}
    assert 0 < ends["parked"] <= len(puzzled)
    assert ends["closed"] > REFERRALS / 2
    assert ends["recalled"] > 5
    assert {line.get("manner", "") for line in heard} == {"", *MANNERS}
    assert {line["answer"] for line in heard} == {202, 401, 404, 409}
    assert json.dumps(heard).count("MOTTATT") > REFERRALS / 2
