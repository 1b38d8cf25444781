"""NAV's door: whose callbacks are taken, whose refused, and what is said of either."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from structlog.testing import capture_logs

from chassis.errors import Reject
from nav_bridge.domain import call_key
from nav_bridge.gateway import Callbacks, NavKeys, callback_door
from nav_bridge.messages import TakeStanding
from tests.unit.chassis.fake_issuer import FakeIssuer, bearer
from tests.unit.chassis.web import FakeStore, client, web_app

NOW = 1_800_000_000
CASE, REFERRAL = "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0001", "9e079f93-2a56-5924-a35b-80f17614c5e6"
KEY = call_key(REFERRAL, 1)
EC, RSA, OTHER = (ECKey.generate_key("P-256"), RSAKey.generate_key(2048), ECKey.generate_key("P-256"))
HEADER = {"alg": "ES256", "kid": "nav-1", "typ": "nav-status+jwt"}
CLAIMS: dict[str, Any] = {
    "iss": "nav",
    "aud": "nav-bridge",
    "iat": NOW,
    "exp": NOW + 120,
    "jti": "en",
    "nøkkel": str(KEY),
    "løpenummer": 2,
    "status": "INNVILGET",
    "kvittering": {"mottatt": "2019-05-02T09:00:04+02:00"},
    "utfall": {"kode": "INNVILGET", "tidspunkt": "2019-05-03T09:00:04+02:00"},
}


@dataclass
class Deliveries(FakeStore):
    """A store that takes each message once."""

    taken: set[UUID] = field(default_factory=set)

    @property
    def database(self) -> "Deliveries":
        return self

    @asynccontextmanager
    async def runner(self) -> AsyncIterator["Deliveries"]:
        yield self

    async def fetchrow(self, _: str, key: UUID) -> Mapping[str, Any] | None:
        found = {"application": CASE, "kommunenummer": "5027", "referral_id": REFERRAL, "revision": 1}
        return found if key == KEY else None

    async def command(self, message: Any, *, request_hash: bytes) -> Mapping[str, Any]:
        if message.id in self.taken:
            raise Reject("idempotency_key_reused", "Brukt.", status=422)
        answer = await super().command(message, request_hash=request_hash)
        self.taken.add(message.id)
        return answer


@dataclass
class Door:
    web: httpx.AsyncClient
    store: Deliveries

    async def tell(self, token: str, media: str = "application/jose") -> tuple[int, str]:
        answer = await self.web.post("/nav/callbacks", content=token, headers={"Content-Type": media})
        return answer.status_code, answer.json()["code"] if answer.content else ""


@pytest.fixture
def door(tmp_path: Path) -> Door:
    (tmp_path / "jwks.json").write_text(
        json.dumps({"keys": [public(EC, "nav-1"), public(RSA, "nav-2"), public(OctKey.generate_key(256), "nav-3")]})
    )
    store = Deliveries()
    callbacks = Callbacks(NavKeys(str(tmp_path / "jwks.json")), "nav", "nav-bridge", now=lambda: NOW)
    return Door(client(web_app(store, FakeIssuer(), tmp_path, routers=[callback_door(callbacks)])), store)


def public(key: Key, kid: str) -> dict[str, Any]:
    return {**key.as_dict(private=isinstance(key, OctKey)), "kid": kid}


def signed(key: Key = EC, header: Mapping[str, Any] = HEADER, **claims: Any) -> str:
    content = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not ...}
    return jwt.encode(dict(header), content, key, algorithms=["ES256", "RS256", "HS256"])


@pytest.mark.parametrize(("key", "header"), [(EC, HEADER), (RSA, HEADER | {"alg": "RS256", "kid": "nav-2"})])
async def test_what_nav_has_signed_becomes_a_message_to_the_case_in_its_own_municipality(
    door: Door, key: Key, header: Mapping[str, Any]
) -> None:
    assert await door.tell(signed(key, header)) == (202, "")
    ((message, _),) = door.store.commands
    assert (message.subject, message.kommunenummer) == (CASE, "5027")
    assert message.data == TakeStanding(
        referral_id=REFERRAL, revision=1, number=2, received_at="2019-05-02T09:00:04+02:00", outcome="granted"
    )


async def test_a_word_that_stands_in_no_table_is_passed_on_as_a_code(door: Door) -> None:
    assert await door.tell(signed(status="UNDER_UTREDNING", utfall=None)) == (202, "")
    assert door.store.commands[0][0].data.code == "outcome_unknown"


async def test_the_same_callback_counts_once_and_the_next_is_told_so(door: Door) -> None:
    token = signed()
    answers = [await door.tell(each) for each in (token, token, signed(status="AVSLÅTT"), signed(jti="to"))]
    assert answers == [(202, ""), (409, "callback_replayed"), (409, "callback_replayed"), (202, "")]


def encoded(part: Mapping[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def tampered(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{signed(status='AVSLÅTT').split('.')[1]}.{signature}"


REFUSED = {
    "another key under NAV's key id": (signed(OTHER), 401, "callback_signature"),
    "a key id that NAV hasn't": (signed(header=HEADER | {"kid": "nav-9"}), 401, "callback_signature"),
    "no key id": (signed(header={"alg": "ES256", "typ": "nav-status+jwt"}), 401, "callback_signature"),
    "another content than was signed": (tampered(signed()), 401, "callback_signature"),
    "no signature": (f"{signed().rpartition('.')[0]}.", 401, "callback_signature"),
    "no algorithm": (f"{encoded(HEADER | {'alg': 'none'})}.{encoded(CLAIMS)}.", 401, "callback_signature"),
    "a shared secret": (
        signed(OctKey.import_key(json.dumps(public(EC, "nav-1"))), HEADER | {"alg": "HS256"}),
        401,
        "callback_signature",
    ),
    "an algorithm that isn't the key's": (signed(RSA, HEADER | {"alg": "RS256"}), 401, "callback_signature"),
    "no JWS": ("hei", 401, "callback_signature"),
    "bytes of no text": ("\x00.\xff.æ", 401, "callback_signature"),
    "a token of another sort": (signed(header=HEADER | {"typ": "JWT"}), 401, "callback_type"),
    "from another": (signed(iss="nav-test"), 401, "callback_issuer"),
    "from nobody": (signed(iss=...), 401, "callback_issuer"),
    "to another": (signed(aud="eligibility"), 401, "callback_audience"),
    "expired": (signed(iat=NOW - 200, exp=NOW - 31), 401, "callback_expired"),
    "from the future": (signed(iat=NOW + 31, exp=NOW + 60), 401, "callback_expired"),
    "good for too long": (signed(exp=NOW + 601), 401, "callback_expired"),
    "good for ever": (signed(exp=...), 401, "callback_expired"),
    "without an id of its own": (signed(jti=...), 422, "callback_unreadable"),
    "of an unknown referral": (signed(nøkkel=str(call_key(REFERRAL, 2))), 404, "unknown_delivery"),
    "of no key": (signed(nøkkel="alle"), 422, "callback_unreadable"),
    "without a number": (signed(løpenummer=...), 422, "callback_unreadable"),
    "with half a number": (signed(løpenummer=1.5), 422, "callback_unreadable"),
    "with a true number": (signed(løpenummer=True), 422, "callback_unreadable"),
    "without a status": (signed(status=...), 422, "callback_unreadable"),
    "too large": (signed(jti="x" * 20_000), 413, "callback_too_large"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_callback_is_refused_that_is(door: Door, what: str) -> None:
    token, status, code = REFUSED[what]
    with capture_logs() as logged:
        assert await door.tell(token) == (status, code)
    assert door.store.commands == []
    noted = [each for each in logged if each["event"].startswith("nav_bridge.")]
    assert noted == [{"event": "nav_bridge.callback_refused", "log_level": "warning", "code": code}]


async def test_clocks_may_differ_by_half_a_minute(door: Door) -> None:
    assert await door.tell(signed(iat=NOW + 30, exp=NOW + 90)) == (202, "")
    assert await door.tell(signed(jti="to", iat=NOW - 60, exp=NOW - 29)) == (202, "")


async def test_another_media_type_is_refused(door: Door) -> None:
    assert await door.tell(signed(), "application/json") == (415, "callback_media_type")
    assert await door.tell(signed(), "Application/JOSE; charset=utf-8") == (202, "")


async def test_no_token_of_a_person_or_a_service_opens_navs_door(door: Door) -> None:
    for roles in (["leder"], ["tjeneste"]):
        headers = bearer(roles=roles) | {"Content-Type": "application/jose"}
        answer = await door.web.post("/nav/callbacks", content="{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "callback_signature")


async def test_without_navs_keys_no_callback_is_taken(tmp_path: Path) -> None:
    off = callback_door(Callbacks(None, "nav", "nav-bridge"))
    web = client(web_app(Deliveries(), FakeIssuer(), tmp_path, routers=[off]))
    answer = await web.post("/nav/callbacks", content=signed(), headers={"Content-Type": "application/jose"})
    assert (answer.status_code, answer.json()["code"]) == (404, "callbacks_off")


async def test_what_the_store_can_neither_take_nor_refuse_nav_may_send_again(door: Door) -> None:
    door.store.fails = Reject("unreadable_state", "Saken kan ikke leses.", status=500)
    assert await door.tell(signed()) == (500, "unreadable_state")
    door.store.fails = None
    assert await door.tell(signed()) == (202, "")


class Place:
    """Where NAV publishes its keys."""

    def __init__(self) -> None:
        self.keys, self.asked, self.time, self.down = [public(EC, "nav-1")], 0, 0.0, False

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(503) if self.down else httpx.Response(200, json={"keys": self.keys})

    def read(self) -> NavKeys:
        return NavKeys("https://nav.example/jwks", httpx.MockTransport(self), lambda: self.time)

    async def knows(self, keys: NavKeys, kid: str) -> str:
        try:
            return str((await keys.named(kid)).kid)
        except Exception as error:  # noqa: BLE001 - which one is what is asked
            return getattr(error, "code", type(error).__name__)


async def test_navs_keys_are_fetched_once_for_all_and_again_each_hour() -> None:
    place = Place()
    keys = place.read()
    assert await asyncio.gather(*(place.knows(keys, "nav-1") for _ in range(5))) == ["nav-1"] * 5
    assert place.asked == 1
    place.time += 3601
    await place.knows(keys, "nav-1")
    assert place.asked == 2


async def test_a_new_key_of_navs_is_found_and_made_up_key_ids_dont_make_us_ask_all_the_time() -> None:
    place = Place()
    keys = place.read()
    await place.knows(keys, "nav-1")
    place.keys, place.time = [public(EC, "nav-1"), public(RSA, "nav-2")], 31.0
    assert await place.knows(keys, "nav-2") == "nav-2"
    assert [await place.knows(keys, f"made-up-{number}") for number in range(20)] == ["InvalidKeyIdError"] * 20
    assert place.asked == 2


async def test_keys_that_we_have_are_good_for_a_day_while_nav_cant_be_asked() -> None:
    place = Place()
    keys = place.read()
    await place.knows(keys, "nav-1")
    place.down, place.time = True, 3700.0
    assert await place.knows(keys, "nav-1") == "nav-1"
    place.time = 24 * 3600 + 3600.0
    assert await place.knows(keys, "nav-1") == "nav_keys_unavailable"


async def test_without_any_key_a_callback_can_be_sent_again_later(tmp_path: Path) -> None:
    keys = NavKeys(str(tmp_path / "none"), now=lambda: 0.0)
    assert await Place().knows(keys, "nav-1") == "nav_keys_unavailable"
