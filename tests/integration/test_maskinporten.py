"""Tokens of a real issuer for the calls to NAV: mock-oauth2-server, behind what Maskinporten itself would refuse."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from chassis.outputs import Answer, Outgoing
from demo.local import Platform
from nav_bridge.gateway import Maskinporten, NavStatus, Signer
from tests import maskinporten as strict
from tests.maskinporten import SCOPE, certificate, certificate_file, grant, key_file

pytestmark = pytest.mark.integration

KEY, AUTHORITY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
NOW = datetime.now(UTC)
SOON, PAST = NOW + timedelta(days=1), NOW - timedelta(days=1)
CALL = Outgoing(UUID(int=1), "3427", {"referral": str(UUID(int=2)), "revision": 1})
NOTHING_SENT = Answer("unreachable")


class Nav:
    """Lets in whom the issuer has given a token for our scope, and keeps what it was told of them."""

    def __init__(self, issuer: str) -> None:
        self._issuer, self.let_in = issuer, list[dict[str, Any]]()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            keys = KeySet.import_key_set((await client.get(f"{self._issuer}/jwks")).json())
        try:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
            jwt.JWTClaimsRegistry(iss={"essential": True, "value": self._issuer}).validate(claims)
        except (JoseError, ValueError):
            return httpx.Response(401)
        self.let_in.append(claims)
        return httpx.Response(200, json={"status": "MOTTATT"})


class Way:
    """From us by the strict Maskinporten and the issuer to NAV."""

    def __init__(self, issuer: str, keys: dict[str, tuple[RSAKey, float]]) -> None:
        self.nav, self._issuer = Nav(issuer), issuer
        self.asked = strict.Maskinporten(keys, gives=self._gives, time=time.time())
        self.asked.authority = certificate(AUTHORITY, AUTHORITY, ends=SOON, authority=True)

    async def _gives(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            form = {"Content-Type": request.headers["Content-Type"]}
            return await client.post(f"{self._issuer}/token", content=request.content, headers=form)

    async def ask(self, signer: Signer, skew: float = 0, **changes: str) -> Answer:
        token = Maskinporten(grant(signer, **changes), httpx.MockTransport(self.asked), lambda: time.time() + skew)
        nav = httpx.AsyncClient(transport=httpx.MockTransport(self.nav), base_url="http://nav", auth=token)
        return await NavStatus(nav).send(CALL)


@pytest.fixture
def way(platform: Platform) -> Callable[..., Way]:
    """`ends`: when the registered key does."""

    def made(ends: datetime = SOON) -> Way:
        return Way(platform.issuer.url.replace("/boligflyt", "/maskinporten"), {"nøkkel-1": (KEY, ends.timestamp())})

    return made


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.read(key_file(tmp_path, KEY), "nøkkel-1")


async def test_a_registered_key_gets_a_token_and_nav_lets_it_in(way, signer):
    to = way()
    assert (await to.ask(signer)).outcome == "accepted"
    assert [claims["scope"] for claims in to.nav.let_in] == [SCOPE]


async def test_a_certificate_of_the_organisation_gets_a_token_and_nav_lets_it_in(way, tmp_path):
    to = way(PAST)
    own = certificate_file(tmp_path, certificate(KEY, AUTHORITY, ends=SOON))
    signer = Signer.read(key_file(tmp_path, KEY), certificate_file=own)
    assert (await to.ask(signer)).outcome == "accepted"
    assert len(to.nav.let_in) == 1


async def test_an_assertion_for_another_maskinporten_gets_no_token_and_nothing_is_sent(way, signer):
    to = way()
    assert await to.ask(signer, audience="https://test.maskinporten.test/") == NOTHING_SENT
    assert (to.asked.refused, to.nav.let_in) == (["audience"], [])


async def test_a_key_that_has_ended_gets_no_token_and_nothing_is_sent(way, signer):
    to = way(PAST)
    assert await to.ask(signer) == NOTHING_SENT
    assert (to.asked.refused, to.nav.let_in) == (["key"], [])


async def test_a_certificate_that_has_ended_gets_no_token_and_nothing_is_sent(way, tmp_path):
    to = way()
    own = certificate_file(tmp_path, certificate(KEY, AUTHORITY, ends=PAST))
    signer = Signer.read(key_file(tmp_path, KEY), certificate_file=own)
    assert await to.ask(signer) == NOTHING_SENT
    assert (to.asked.refused, to.nav.let_in) == (["key"], [])


@pytest.mark.parametrize(("skew", "why"), [(60, "from the future"), (-120, "expired")])
async def test_a_clock_that_is_off_gets_no_token_and_nothing_is_sent(way, signer, skew, why):
    to = way()
    assert await to.ask(signer, skew) == NOTHING_SENT
    assert (to.asked.refused, to.nav.let_in) == ([why], [])


@pytest.mark.parametrize("skew", [-30, 5])
async def test_a_clock_that_is_a_little_off_does_no_harm(way, signer, skew):
    to = way()
    assert (await to.ask(signer, skew)).outcome == "accepted"


async def test_an_issuer_that_is_away_is_as_good_as_nothing_sent(way, signer):
    to = way()
    to.asked.gives = None
    to.asked.down = True
    assert await to.ask(signer) == NOTHING_SENT
    assert to.nav.let_in == []
