"""Referrals through a NAV that misbehaves in 30 % of all calls, and of all callbacks at the door for them."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx

from chassis.errors import Reject
from chassis.outputs import Key
from demo.nav_simulator import Behaviour, Callbacks, Nav, build, keys
from demo.nav_simulator.callbacks import MANNERS
from nav_bridge.domain import Delivery
from nav_bridge.gateway import Callbacks as TakenCallbacks
from nav_bridge.gateway import NavHandIn, NavKeys, NavRecall, NavStatus, callback_door
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryReceived,
    DeliverySent,
    HousingApplicationChanged,
    ReferralRequested,
    ReferralWithdrawn,
)
from nav_bridge.translation.nav import OUTCOMES
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import FakeStore, web_app
from tests.unit.nav_bridge.test_against_a_misbehaving_nav import REFERRALS, SEED, SHARE, Bridge, Clock, Content, record

AT_HOME = "3427"


@dataclass
class Cases(FakeStore):
    """What the door finds and tells: the case that is under way, each message once."""

    bridge: Bridge | None = None
    taken: set[UUID] = field(default_factory=set)

    @property
    def database(self) -> "Cases":
        return self

    @asynccontextmanager
    async def runner(self) -> AsyncIterator["Cases"]:
        yield self

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
        assert self.bridge
        if message.id in self.taken:
            raise Reject("idempotency_key_reused", "Brukt.", status=422)
        self.taken.add(message.id)
        self.bridge.give(message.data)
        return {}


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
    status, withdrawn = NavStatus(at_nav), set[str]()
    gateways = {
        "nav": NavHandIn(at_nav, {"referral": Content(withdrawn)}),
        "nav-lookup": status,
        "nav-outcome": status,
        "nav-recall": NavRecall(at_nav),
    }
    ends = Counter[str]()
    for number in range(REFERRALS):
        case, referral, public = (str(uuid5(NAMESPACE_OID, f"{what} {number}")) for what in ("case", "told", "public"))
        bridge = store.bridge = Told(gateways, clock, NothingLost(), case, callbacks=callbacks)
        asked = {"referral_id": referral, "revision": 1, "public_id": public}
        bridge.give(ReferralRequested(**asked, legal_basis="law", requested_on=clock.time.date()))
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
