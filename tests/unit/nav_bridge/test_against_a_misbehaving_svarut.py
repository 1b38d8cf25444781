"""Letters through a SvarUt that misbehaves in 30 % of all calls: its own record says that each went once.

Deciders and gateways as they are, as in the same trial of NAV's API. A letter whose answer was lost isn't found at
once, as SvarUt may still work on it: then it is sent again, under the id that was reserved. Whether SvarUt refuses the
repeat or takes it for the first one, there is no second letter.
"""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from chassis.outputs import Key
from demo import svarut_simulator
from demo.svarut_simulator import Behaviour, SvarUt
from nav_bridge.domain import Case, Delivery, Policy, call_key, recall_key
from nav_bridge.gateway import LetterHandIn, LetterLookup, LetterRecall, LetterReserve, LetterStatus
from nav_bridge.handlers import handlers
from nav_bridge.messages import DeliveryOutcome, HandleDelivery, ReferralWithdrawn
from nav_bridge.translation.svarut import FAILED
from tests.unit.nav_bridge.test_against_a_misbehaving_nav import Bridge, Clock, Content, referred
from tests.unit.nav_bridge.test_svarut import POSTS

LETTERS, SHARE, FOUND_AFTER = 30, 0.3, 30.0
HANDLERS = handlers(Policy(first=60, longest=3600, by_letter=frozenset({"3427"})))


def of_case(bridge: Bridge) -> Delivery:
    state: Case = bridge.states[Key("delivery", bridge.case)]
    (delivery,) = state.deliveries
    return delivery


@pytest.mark.parametrize(("seed", "refuses"), [(20190501, False), (20190503, True)])
async def test_each_letter_goes_once_and_a_person_closes_what_was_read(
    tmp_path: Path, seed: int, refuses: bool
) -> None:
    clock, chance, withdrawn = Clock(), Random(seed), set[str]()
    svarut = SvarUt({"tynset": "hemmelig-1"}, seed=seed, hang_seconds=0, late_seconds=0, now=clock)
    svarut.record = tmp_path / "svarut.jsonl"
    svarut.behaviour = Behaviour(misbehaving=SHARE, refuses_repeats=refuses, found_after=FOUND_AFTER)
    transport = httpx.ASGITransport(svarut_simulator.build(svarut))
    there = httpx.AsyncClient(transport=transport, base_url="http://svarut")
    gateways = {
        "svarut-reserve": LetterReserve(there, POSTS),
        "svarut": LetterHandIn(there, POSTS, {"referral": Content(withdrawn)}),
        "svarut-lookup": LetterLookup(there, POSTS),
        "svarut-outcome": LetterStatus(there, POSTS),
        "svarut-recall": LetterRecall(there, POSTS),
    }
    ends = Counter[str]()
    for number in range(LETTERS):
        bridge = Bridge(gateways, clock, chance, handlers=HANDLERS)
        referral = referred(bridge, number)
        if chance.random() < 0.2:
            for _ in range(chance.randint(1, 3)):
                if bridge.calls:
                    await bridge.carry()
            withdrawn.add(referral)
            bridge.give(ReferralWithdrawn(referral_id=referral))
        await bridge.finish(awaiting="silence:")
        delivery = of_case(bridge)
        clock.time += timedelta(seconds=FOUND_AFTER)
        letters = svarut.under("tynset", str(call_key(referral, 1)))
        recalls = svarut.under("tynset", str(recall_key(referral, 1)))
        ends[delivery.status] += 1
        ends["recalled by letter"] += len(recalls)
        match delivery.status:
            case "rejected":
                assert (delivery.code, letters, recalls) == ("withdrawn", [], [])
            case "recalled":
                assert (len(letters), len(recalls)) == (1, 1)
                assert svarut.fate(svarut.letters[delivery.recall_id])[0] not in FAILED
            case "parked" if recalls:
                assert (len(letters), len(recalls), delivery.code) == (1, 1, "recall_refused")
                assert svarut.fate(svarut.letters[delivery.recall_id])[0] in FAILED
            case "parked":
                assert delivery.code == FAILED[svarut.fate(svarut.letters[delivery.letter_id])[0]]
                assert len(letters) == 1
            case read:
                assert (letters, recalls) == ([delivery.letter_id], [])
                assert (read == "received") == (svarut.fate(svarut.letters[delivery.letter_id])[0] == "LEST")
                of = {"referral_id": referral, "revision": 1, "by": "sub-1", "seen": delivery.seen}
                bridge.give(HandleDelivery(**of, act="outcome", reason="nav_told", outcome="granted"))
                await bridge.finish()
                assert of_case(bridge).status == "closed"
                assert [told.outcome for told in bridge.told if isinstance(told, DeliveryOutcome)] == ["granted"]

    assert svarut.record is not None
    noted = [json.loads(line) for line in svarut.record.read_text().splitlines()]
    references = Counter(line["reference"] for line in noted if line["what"] == "accepted")
    assert set(references.values()) == {1}
    assert ends["received"] > LETTERS / 3
    assert ends["recalled by letter"] > 0
    whats = {line["what"] for line in noted}
    assert (whats >= {"repeated", "lookup", "misbehaved"}, "conflict" in whats) == (True, False)
