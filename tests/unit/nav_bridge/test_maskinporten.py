"""A token for the calls to NAV: asked for as Maskinporten wants it, kept, renewed, and never told to anyone else."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from chassis.outputs import Answer, Outgoing
from nav_bridge.gateway import Maskinporten, NavStatus, Signer
from tests import maskinporten as strict
from tests.maskinporten import CLIENT, ISSUER, SCOPE, certificate, certificate_file, grant, key_file

KEY, AUTHORITY, OTHER = (RSAKey.generate_key(2048) for _ in range(3))
NEVER, LONG_AGO = datetime(2040, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
CALL = Outgoing(UUID(int=1), "3427", {"referral": str(UUID(int=2)), "revision": 1})


@dataclass
class Wire:
    """Maskinporten, NAV behind it, and our clocks. `takes`: the tokens that NAV takes; None for any."""

    asked: strict.Maskinporten
    takes: set[str] | None = None
    brought: list[str] = field(default_factory=list)
    clock: float = 0.0
    skew: float = 0.0

    def token(self, signer: Signer, **changes: str) -> Maskinporten:
        transport = httpx.MockTransport(self.asked)
        return Maskinporten(
            grant(signer, **changes), transport, lambda: self.asked.time + self.skew, lambda: self.clock
        )

    def passes(self, seconds: float) -> None:
        self.clock += seconds
        self.asked.time += seconds

    def nav(self, auth: Maskinporten) -> NavStatus:
        return NavStatus(httpx.AsyncClient(transport=httpx.MockTransport(self._nav), base_url="http://nav", auth=auth))

    def _nav(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.brought.append(token)
        taken = self.takes is None or token in self.takes
        return httpx.Response(200, json={"status": "MOTTATT"}) if taken else httpx.Response(401, json={})


@pytest.fixture
def wire() -> Wire:
    return Wire(strict.Maskinporten({"nøkkel-1": (KEY, NEVER.timestamp())}))


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.read(key_file(tmp_path, KEY), "nøkkel-1")


FOUND = Answer("accepted", {"found": True, "received_at": None, "outcome": None})
NOTHING_SENT = Answer("unreachable")


async def test_what_is_asserted_is_who_asks_whom_for_what_and_for_how_long(wire: Wire, signer: Signer) -> None:
    nav = wire.nav(wire.token(signer, resource="https://nav.test/", consumer="999999999"))
    assert await nav.send(CALL) == FOUND
    (asserted,) = wire.asked.seen
    assert UUID(str(asserted["jti"])).version == 4
    assert asserted == {
        "iss": CLIENT,
        "aud": ISSUER,
        "scope": SCOPE,
        "resource": "https://nav.test/",
        "consumer_org": "999999999",
        "iat": 1_800_000_000,
        "exp": 1_800_000_060,
        "jti": asserted["jti"],
    }


async def test_what_isnt_asked_for_isnt_asserted(wire: Wire, signer: Signer) -> None:
    await wire.nav(wire.token(signer)).send(CALL)
    assert not {"resource", "consumer_org"} & wire.asked.seen[0].keys()


async def test_a_certificate_of_the_organisation_signs_as_well(wire: Wire, tmp_path: Path) -> None:
    authority = certificate(AUTHORITY, AUTHORITY, ends=NEVER, authority=True)
    wire.asked.authority, wire.asked.keys = authority, {}
    own = certificate_file(tmp_path, certificate(KEY, AUTHORITY, ends=NEVER), authority)
    signer = Signer.read(strict.as_jwk(tmp_path, KEY), certificate_file=own)
    assert await wire.nav(wire.token(signer)).send(CALL) == FOUND


async def test_a_token_is_fetched_once_however_many_wait_for_it(wire: Wire, signer: Signer) -> None:
    nav = wire.nav(wire.token(signer))
    assert await asyncio.gather(*(nav.send(CALL) for _ in range(10))) == [FOUND] * 10
    assert (len(wire.asked.seen), set(wire.brought)) == (1, {"token-1"})


async def test_a_token_is_kept_for_most_of_its_life_and_then_renewed_by_one_alone(wire: Wire, signer: Signer) -> None:
    nav = wire.nav(wire.token(signer))
    for seconds in (0, 83):
        wire.passes(seconds)
        await nav.send(CALL)
    assert len(wire.asked.seen) == 1
    wire.passes(2)
    await asyncio.gather(*(nav.send(CALL) for _ in range(10)))
    assert (len(wire.asked.seen), wire.brought[-1]) == (2, "token-2")


async def test_the_old_token_is_used_while_it_lasts_where_maskinporten_is_away(wire: Wire, signer: Signer) -> None:
    nav = wire.nav(wire.token(signer))
    await nav.send(CALL)
    wire.asked.down = True
    wire.passes(119)
    assert await nav.send(CALL) == FOUND
    wire.passes(1)
    assert await nav.send(CALL) == NOTHING_SENT
    assert wire.brought == ["token-1"] * 2
    wire.asked.down = False
    assert await nav.send(CALL) == FOUND


async def test_one_that_is_away_isnt_asked_at_every_call_while_the_token_lasts(wire: Wire, signer: Signer) -> None:
    nav = wire.nav(wire.token(signer))
    await nav.send(CALL)
    wire.asked.down = True
    wire.passes(90)
    with capture_logs() as logged:
        for _ in range(5):
            await nav.send(CALL)
    assert [(each["event"], each["code"]) for each in logged] == [("nav_bridge.no_token", "ConnectError")]


async def test_a_401_gets_one_fresh_token_and_then_counts_as_nothing_sent(wire: Wire, signer: Signer) -> None:
    nav = wire.nav(wire.token(signer))
    await nav.send(CALL)
    wire.takes = {"token-2"}
    assert await nav.send(CALL) == FOUND
    assert wire.brought == ["token-1", "token-1", "token-2"]
    wire.takes = set()
    assert await nav.send(CALL) == NOTHING_SENT
    assert wire.brought[3:] == ["token-2", "token-3"]


WRONG: dict[str, Callable[[Wire], Any]] = {
    "audience": lambda wire: {"audience": "https://test.maskinporten.test/"},
    "client": lambda wire: {"client_id": "klient-2"},
    "scope": lambda wire: {"scopes": "nav:alt"},
    "key": lambda wire: wire.asked.keys.update({"nøkkel-1": (KEY, wire.asked.time - 1)}),
    "signature": lambda wire: wire.asked.keys.update({"nøkkel-1": (OTHER, NEVER.timestamp())}),
    "from the future": lambda wire: setattr(wire, "skew", 60),
    "expired": lambda wire: setattr(wire, "skew", -90),
}


@pytest.mark.parametrize("why", WRONG)
async def test_without_a_token_nothing_is_sent_and_the_log_has_the_code_alone(
    wire: Wire, signer: Signer, why: str
) -> None:
    changes = WRONG[why](wire) or {}
    with capture_logs() as logged:
        assert await wire.nav(wire.token(signer, **changes)).send(CALL) == NOTHING_SENT
    assert (wire.brought, wire.asked.refused) == ([], [why])
    noted = {"event": "nav_bridge.no_token", "log_level": "warning", "code": "invalid_grant", "spent": True}
    assert logged == [noted]


async def test_a_certificate_that_has_ended_gives_no_token(wire: Wire, tmp_path: Path) -> None:
    authority = certificate(AUTHORITY, AUTHORITY, ends=NEVER, authority=True)
    wire.asked.authority = authority
    own = certificate_file(tmp_path, certificate(KEY, AUTHORITY, ends=LONG_AGO))
    signer = Signer.read(key_file(tmp_path, KEY), certificate_file=own)
    assert await wire.nav(wire.token(signer)).send(CALL) == NOTHING_SENT
    assert (wire.brought, wire.asked.refused) == ([], ["key"])


@pytest.mark.parametrize(
    "told",
    [
        httpx.Response(200, json={"access_token": "x"}),
        httpx.Response(200, json={"access_token": "", "expires_in": -1}),
        httpx.Response(200, json=["x"]),
        httpx.Response(200, text="<html>"),
        httpx.Response(500, json={"error": "01817012345 er ukjent"}),
    ],
)
async def test_an_answer_that_cant_be_read_is_no_token_and_isnt_quoted(
    wire: Wire, signer: Signer, told: httpx.Response
) -> None:
    async def gives(_: httpx.Request) -> httpx.Response:
        return told

    wire.asked.gives = gives
    with capture_logs() as logged:
        assert await wire.nav(wire.token(signer)).send(CALL) == NOTHING_SENT
    assert [each["code"] for each in logged] == ["unreadable"]


async def test_no_text_of_it_tells_a_secret(wire: Wire, signer: Signer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    auth = wire.token(signer)
    with capture_logs() as logged:
        await wire.nav(auth).send(CALL)
        wire.asked.down = True
        wire.passes(200)
        await wire.nav(auth).send(CALL)
    secret = str(KEY.as_dict(private=True)["d"])
    for text in (repr(signer), repr(grant(signer)), repr(auth), str(vars(auth)), str(logged), caplog.text):
        assert secret not in text
        assert "PRIVATE" not in text
    for text in (str(logged), caplog.text):
        assert "token-1" not in text


def other_sort(folder: Path) -> Path:
    path = folder / "ec.pem"
    path.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def public_alone(folder: Path) -> Path:
    path = folder / "public.pem"
    path.write_bytes(KEY.as_pem(private=False))
    return path


def text(folder: Path) -> Path:
    path = folder / "text.pem"
    path.write_text("hemmelig", encoding="ascii")
    return path


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize(
    "made",
    [other_sort, public_alone, text, lambda folder: folder, lambda folder: key_file(folder, RSAKey.generate_key(1024))],
)
def test_a_key_that_cant_be_used_is_refused_and_not_quoted(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    with pytest.raises(ValueError, match="nøkkel") as refused:
        Signer.read(made(tmp_path), "nøkkel-1")
    assert "hemmelig" not in str(refused.value)


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    own = certificate_file(tmp_path, certificate(OTHER, AUTHORITY, ends=NEVER))
    with pytest.raises(ValueError, match="en annen nøkkel"):
        Signer.read(key_file(tmp_path, KEY), certificate_file=own)
