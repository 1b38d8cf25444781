"""Tokens: whether one that comes is the issuer's own and meant for us, and one of our own for other services."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from chassis.http import NothingSent
from chassis.http.problems import Problem, problem, unavailable
from chassis.settings import ServiceSettings
from chassis.tracing import pass_on

log = structlog.get_logger()

SIGNATURES = JWSRegistry(algorithms=["RS256", "ES256"], strict_check_header=False)
LEEWAY = 30  # seconds by which clocks may differ
KEYS_LIVE = 3600  # seconds
KEYS_OUTLIVE = 24 * 3600  # seconds for which the keys that we have are good while the issuer can't be asked
ASK_AGAIN = 30  # seconds between fetches for the sake of unknown key ids, whoever makes those up
RENEW_AFTER = 0.8  # of a token's life


class Issuer:
    """Keys are fetched at first use, hourly, and when a token names one that we don't have.

    An issuer that is away gives no tokens, but those that it gave stay good: for a day they are held against the keys
    that we have. One that names a key that we don't have can't be judged meanwhile, and is answered with a 503.
    """

    def __init__(
        self, url: str, transport: httpx.AsyncBaseTransport | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._url, self._transport, self._now = url, transport, now
        self._metadata: Mapping[str, Any] = {}
        self._keys, self._fetched, self._failed, self._lock = KeySet([]), -math.inf, -math.inf, asyncio.Lock()

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token that this issuer signed for this audience and that is valid now, else a 401."""
        expected = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._url},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            try:
                claims = jwt.decode(token, await self._fresh_keys(KEYS_LIVE, KEYS_OUTLIVE), registry=SIGNATURES).claims
            except InvalidKeyIdError:
                claims = jwt.decode(token, await self._fresh_keys(ASK_AGAIN), registry=SIGNATURES).claims
            expected.validate(claims)
        except (JoseError, ValueError):
            raise problem(401, "invalid_token", "Tokenet er ikke gyldig her.") from None
        return claims

    async def metadata(self) -> Mapping[str, Any]:
        """The discovery document. One that names another issuer isn't this issuer's (OIDC Discovery § 4.3)."""
        if not self._metadata:
            document = await self._json("GET", f"{self._url.rstrip('/')}/.well-known/openid-configuration")
            if document.get("issuer") != self._url:
                raise unavailable("issuer_mismatch", "Innloggingstjenesten oppgir en annen utsteder.")
            self._metadata = document
        return self._metadata

    async def service_token(self, credentials: tuple[str, str], audience: str) -> tuple[str, float]:
        """A client_credentials token, and its life in seconds."""
        form = {"grant_type": "client_credentials", "scope": audience, "audience": audience}
        answer = await self._json("POST", (await self.metadata())["token_endpoint"], data=form, auth=credentials)
        return str(answer["access_token"]), float(answer.get("expires_in", 60))

    async def _fresh_keys(self, max_age: float, without_issuer: float = 0) -> KeySet:
        """No older than `max_age` seconds; than `without_issuer` where the issuer didn't answer just now."""
        async with self._lock:
            age, just_asked = self._now() - self._fetched, self._now() - self._failed < ASK_AGAIN
            if age > max_age and not (just_asked and age <= without_issuer):
                try:
                    self._keys = KeySet.import_key_set(await self._json("GET", (await self.metadata())["jwks_uri"]))
                    self._fetched = self._now()
                except Problem as problem:
                    self._failed = self._now()
                    if age > without_issuer:
                        raise
                    log.warning("access.keys_not_renewed", code=problem.code, age_seconds=round(age))
            return self._keys

    async def _json(self, method: str, url: str, **content: Any) -> Any:
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=httpx.Timeout(5, connect=2)) as client:
                return (await client.request(method, url, **content)).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise unavailable("issuer_unavailable", "Innloggingstjenesten svarer ikke. Prøv igjen om litt.") from error


class ServiceToken(httpx.Auth):
    """One token, kept until most of its life is over and fetched once however many wait for it."""

    def __init__(
        self, issuer: Issuer, credentials: tuple[str, str], audience: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._credentials, self._audience, self._now = issuer, credentials, audience, now
        self._token, self._renew_at, self._lock = "", 0.0, asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """A 401 means that nothing was done: once more with a new token."""
        token = await self._current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            request.headers["Authorization"] = f"Bearer {await self._current(refused=token)}"
            yield request

    async def _current(self, refused: str = "") -> str:
        async with self._lock:
            if self._token == refused or self._now() >= self._renew_at:
                try:
                    self._token, life = await self._issuer.service_token(self._credentials, self._audience)
                except (Problem, KeyError) as error:
                    raise NothingSent("the issuer gave no token") from error
                self._renew_at = self._now() + life * RENEW_AFTER
            return self._token


def service_client(
    settings: ServiceSettings, base_url: str, audience: str, *, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client to one service; the caller adds `Kommunenummer`, `Acting-User` and `Purpose`."""
    credentials = (settings.client_id, settings.client_secret.get_secret_value())
    token = ServiceToken(Issuer(settings.issuer_url, transport), credentials, audience)
    timeout = httpx.Timeout(10, connect=2)
    hooks = {"request": [pass_on]}
    return httpx.AsyncClient(base_url=base_url, auth=token, timeout=timeout, transport=transport, event_hooks=hooks)
