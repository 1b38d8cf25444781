"""A token from Maskinporten for the calls to NAV: the JWT grant of RFC 7523, as Digdir's guide for API clients has it.

What signs comes from files and stays in memory: it is never logged, and stands in no text of an object.
"""

import asyncio
import json
import re
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from chassis.http import NothingSent

log = structlog.get_logger()

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTED = 60  # seconds that an assertion is good for; Maskinporten takes 120 at most
RENEW_AFTER = 0.7  # of a token's life
AGAIN = 10  # seconds between two tries to renew one that is still good
SHORTEST = 2048  # bits of a key
UNTOLD = "unreadable"
# An error code of RFC 6749 § 5.2: nothing else of what Maskinporten says of a refusal is repeated.
CODE = re.compile("[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Signer:
    """The key, and by what Maskinporten knows it: the id of one that is registered there, or its certificate."""

    key: RSAKey = field(repr=False)
    known_by: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, key_file: Path, key_id: str = "", certificate_file: Path | None = None) -> "Signer":
        """`key_file`: PEM or JWK. `certificate_file`: PEM, ours first. Raises `ValueError`, which quotes neither."""
        try:
            content = key_file.read_text(encoding="ascii")
            key = RSAKey.import_key(json.loads(content) if content.lstrip().startswith("{") else content)
            chain = x509.load_pem_x509_certificates(certificate_file.read_bytes()) if certificate_file else []
        except (OSError, ValueError, TypeError, JoseError):
            raise ValueError("en nøkkel eller et sertifikat kan ikke leses") from None
        if key.private_key is None or key.private_key.key_size < SHORTEST:
            raise ValueError(f"nøkkelen må være en privat RSA-nøkkel på minst {SHORTEST} bit")
        if chain and chain[0].public_key() != key.public_key:
            raise ValueError("sertifikatet hører til en annen nøkkel")
        x5c = [b64encode(each.public_bytes(Encoding.DER)).decode() for each in chain]
        return cls(key, {"x5c": x5c} if chain else {"kid": key_id})

    def signed(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", **self.known_by}, dict(claims), self.key)


@dataclass(frozen=True, slots=True)
class Grant:
    """What is asked for, and of whom. `audience`: Maskinporten's own name. `resource`, `consumer`: where they are asked
    for: the API that the token is to be for (RFC 8707), and the organisation that it is asked on behalf of.
    """

    token_url: str
    audience: str
    client_id: str
    scopes: str
    signer: Signer
    resource: str = ""
    consumer: str = ""

    def assertion(self, at: int) -> str:
        asked = {"resource": self.resource, "consumer_org": self.consumer}
        claims = {"iss": self.client_id, "aud": self.audience, "scope": self.scopes, "jti": str(uuid4())}
        given = {name: value for name, value in asked.items() if value}
        return self.signer.signed({**claims, **given, "iat": at, "exp": at + ASSERTED})


class Maskinporten(httpx.Auth):
    """One token, kept for most of its life and fetched once however many wait for it.

    It is fetched anew before it ends, so that Maskinporten may be away for a while. `now` is what an assertion is
    dated by, `clock` what a token's life is measured by.
    """

    def __init__(
        self,
        grant: Grant,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grant, self._transport, self._now, self._clock = grant, transport, now, clock
        self._token, self._renew_at, self._ends_at, self._lock = "", 0.0, 0.0, asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """A 401 means that nothing was done: once more with a fresh token, and then it is for the operator."""
        token = await self._current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {await self._current(refused=token)}"
            yield request

    async def _current(self, refused: str = "") -> str:
        """Raises `NothingSent` where there is no token to be had: the call is as good as not made."""
        async with self._lock:
            spent = self._token == refused or self._clock() >= self._ends_at
            if spent or self._clock() >= self._renew_at:
                try:
                    await self._renew()
                except _NoToken as error:
                    log.warning("nav_bridge.no_token", code=error.code, spent=spent)
                    if spent:
                        raise NothingSent("Maskinporten gave no token") from None
                    self._renew_at = self._clock() + AGAIN
            return self._token

    async def _renew(self) -> None:
        began, form = self._clock(), {"grant_type": GRANT, "assertion": self._grant.assertion(int(self._now()))}
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=httpx.Timeout(5, connect=2)) as client:
                answer = await client.post(self._grant.token_url, data=form)
            told = answer.json()
        except httpx.HTTPError as error:
            raise _NoToken(type(error).__name__) from None
        except ValueError:
            raise _NoToken(UNTOLD) from None
        told = told if isinstance(told, dict) else {}
        token, life = told.get("access_token"), told.get("expires_in")
        if not answer.is_success or not isinstance(token, str) or not isinstance(life, int) or life <= 0:
            code = str(told.get("error"))
            raise _NoToken(code if CODE.fullmatch(code) else UNTOLD)
        self._token, self._renew_at, self._ends_at = token, began + life * RENEW_AFTER, began + life


class _NoToken(Exception):
    """`code`: why, in a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
