"""When the NAV simulator tells unasked, and what it does where nobody hears."""

import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.nav_simulator import Behaviour, Callbacks, Nav, build, keys
from demo.nav_simulator.callbacks import GIVES_UP, public
from tests.unit.demo_partners.clock import Clock
from tests.unit.demo_partners.test_nav_simulator import KEY, RECALL, client, hand_in, nav, noted

__all__ = ["nav"]


class Bridge:
    """What was heard there, as one of NAV's keys has signed it; `away`: nobody answers."""

    def __init__(self, nav: Nav, folder: Path, clock: Clock) -> None:
        self.heard: list[tuple[int, str]] = []
        self.away, self.clock = False, clock
        self.callbacks = Callbacks(nav, "http://bridge", keys(folder / "keys"), httpx.MockTransport(self))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(build(nav, self.callbacks)), base_url="http://nav")

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        own = KeySet.import_key_set(public(self.callbacks.key))
        claims = jwt.decode(request.content, own, algorithms=["ES256"]).claims
        self.heard.append((claims["løpenummer"], claims["status"]))
        return httpx.Response(202)

    async def after(self, seconds: float) -> list[tuple[int, str]]:
        self.clock.time += timedelta(seconds=seconds)
        await self.callbacks.tell_due()
        return self.heard


@pytest.fixture
def bridge(nav: Nav, tmp_path: Path, clock: Clock) -> Bridge:
    return Bridge(nav, tmp_path, clock)


async def test_it_tells_that_it_has_taken_something_and_later_what_it_has_decided(bridge: Bridge) -> None:
    await hand_in(bridge.http)
    assert bridge.heard == []
    assert await bridge.after(0) == [(1, "MOTTATT")]
    assert await bridge.after(60) == [(1, "MOTTATT"), (2, "INNVILGET")]
    assert await bridge.after(60) == [(1, "MOTTATT"), (2, "INNVILGET")]


async def test_it_tells_that_it_has_let_something_be_and_decides_it_no_more(bridge: Bridge) -> None:
    await hand_in(bridge.http)
    await bridge.after(0)
    await bridge.http.post(f"/referrals/{KEY}/recall", headers=RECALL)
    assert set(await bridge.after(60)) == {(1, "MOTTATT"), (2, "TRUKKET")}


async def test_a_hand_in_that_it_refuses_is_not_told(bridge: Bridge, nav: Nav) -> None:
    nav.behaviour = Behaviour(refuse_next=1)
    await hand_in(bridge.http)
    assert await bridge.after(60) == []


async def test_it_may_tell_before_it_answers(bridge: Bridge, nav: Nav) -> None:
    nav.behaviour = Behaviour(call_back=["early"])
    await hand_in(bridge.http)
    assert bridge.heard == [(1, "MOTTATT")]


@pytest.mark.parametrize(
    ("manner", "heard"),
    [("twice", [(2, "INNVILGET")] * 2), ("backwards", [(2, "INNVILGET"), (1, "MOTTATT")])],
)
async def test_it_misbehaves_as_it_was_wished(bridge: Bridge, nav: Nav, manner: str, heard: list[Any]) -> None:
    nav.behaviour = Behaviour(call_back=["", manner])
    await hand_in(bridge.http)
    await bridge.after(0)
    assert (await bridge.after(60))[1:] == heard


async def test_what_nobody_heard_is_told_again_and_given_up_in_the_end(bridge: Bridge, nav: Nav) -> None:
    nav.outcome_delay = 600
    await hand_in(bridge.http)
    bridge.away = True
    await bridge.after(0)
    bridge.away = False
    assert await bridge.after(1) == [(1, "MOTTATT")]
    bridge.away = True
    for _ in range(GIVES_UP + 3):
        await bridge.after(900)
    bridge.away = False
    assert await bridge.after(60) == [(1, "MOTTATT")]
    assert noted(nav).count("called_back") == 2 + 1 + GIVES_UP


async def test_started_again_on_its_record_it_tells_what_it_may_not_have_told_with_the_same_key(
    bridge: Bridge, nav: Nav, tmp_path: Path, clock: Clock
) -> None:
    await hand_in(bridge.http)
    again = Bridge(Nav(seed=7, record=nav.record, now=clock), tmp_path, clock)
    again.callbacks.remember()
    assert await again.after(60) == [(2, "INNVILGET")]
    assert again.callbacks.key.kid == bridge.callbacks.key.kid


async def test_the_private_key_is_for_nobody_elses_eyes_and_isnt_told(bridge: Bridge, tmp_path: Path) -> None:
    told = (await bridge.http.get("/jwks")).json()
    assert told == json.loads((tmp_path / "keys" / "jwks.json").read_text())
    assert "d" not in told["keys"][0]
    assert stat.S_IMODE((tmp_path / "keys" / "private.json").stat().st_mode) == 0o600


async def test_the_record_of_a_callback_holds_key_number_word_and_answer_alone(bridge: Bridge, nav: Nav) -> None:
    await hand_in(bridge.http)
    await bridge.after(0)
    assert nav.record
    line = json.loads(nav.record.read_text().splitlines()[-1])
    del line["time"]
    assert line == {"what": "called_back", "key": str(KEY), "number": 1, "status": "MOTTATT", "answer": 202}


async def test_without_an_address_nothing_is_told(nav: Nav) -> None:
    await hand_in(client(nav), uuid4())
    assert noted(nav) == ["accepted"]
    assert (await client(nav).get("/jwks")).json() == {"keys": []}
