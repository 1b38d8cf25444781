"""NAV's word that comes unasked: a signed callback at a door of its own, beside those for people and services.

A callback counts where one of NAV's keys has signed it, for us, just now; once, as the database decides. Who sends
what doesn't is told a code, and so is the log: neither holds anything of what was sent.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import structlog
from fastapi import APIRouter, Depends, Request, Response
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jws import JWSRegistry, extract_compact

from chassis.access import guarding
from chassis.errors import Reject
from chassis.http import Problem
from chassis.http.problems import problem
from chassis.outputs import Message
from chassis.tracing import child_traceparent
from nav_bridge.gateway.nav_keys import NavKeys
from nav_bridge.messages import TakeStanding
from nav_bridge.translation import nav as words

log = structlog.get_logger()

PATH = "/nav/callbacks"
SIGNATURES = JWSRegistry(algorithms=["RS256", "ES256"], strict_check_header=False)
MEDIA, TYPE = "application/jose", "nav-status+jwt"
SIGNED = {"required": True, "content": {MEDIA: {"schema": {"type": "string"}}}}
LARGEST = 16_384  # bytes
LEEWAY = 30  # seconds by which clocks may differ
LONGEST_LIFE = 600  # seconds; far less than it is known for what has been received

OF_KEY = "select application, kommunenummer, referral_id, revision from deliveries where nav_key = $1"
REFUSALS = {
    "callbacks_off": (404, "Her tas ikke imot meldinger fra NAV."),
    "callback_media_type": (415, f"Innholdet må være {MEDIA}."),
    "callback_too_large": (413, f"Innholdet kan være på {LARGEST} tegn."),
    "callback_signature": (401, "Signaturen er ikke laget med en av NAVs nøkler."),
    "callback_type": (401, f"Hodet «typ» må være {TYPE}."),
    "callback_issuer": (401, "Meldingen er fra en annen."),
    "callback_audience": (401, "Meldingen er til en annen."),
    "callback_expired": (401, "Meldingen er for gammel, gjelder for lenge, eller er fra framtiden."),
    "callback_unreadable": (422, "Meldingen sier ikke hvilken levering den gjelder, eller hvordan den står."),
    "callback_replayed": (409, "Meldingen er mottatt før."),
    "unknown_delivery": (404, "Leveringen finnes ikke her."),
}
OF_CLAIMS = {"iss": "callback_issuer", "aud": "callback_audience", "iat": "callback_expired", "exp": "callback_expired"}
# What the store and the decider say no with, and what NAV is told. Any other no of theirs is no answer to NAV.
OF_STORE = {"idempotency_key_reused": "callback_replayed", "erased": "unknown_delivery"}


@dataclass(frozen=True, slots=True)
class Callback:
    """`id`: of what counts once. `key`: the delivery's Idempotency-Key. `standing`: how it stands, in our words."""

    id: UUID
    key: UUID
    standing: Mapping[str, Any]


class Callbacks:
    """Which callbacks are NAV's own, meant for us and of just now. `keys`: None where none are taken."""

    def __init__(self, keys: NavKeys | None, issuer: str, audience: str, now: Callable[[], float] = time.time) -> None:
        self._keys, self._issuer, self._audience, self._now = keys, issuer, audience, now

    async def read(self, request: Request) -> Callback:
        """Raises a `Problem` with a code of `REFUSALS`."""
        if self._keys is None:
            raise refused("callbacks_off")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA:
            raise refused("callback_media_type")
        claims = await self._signed(await _content(request), self._keys)
        if code := self._unfit(claims):
            raise refused(code)
        if (told := words.told(claims)) is None:
            raise refused("callback_unreadable")
        return Callback(uuid5(NAMESPACE_URL, f"{self._issuer}|{json.dumps(claims['jti'])}"), *told)

    async def _signed(self, content: bytes, keys: NavKeys) -> dict[str, Any]:
        """The claims of what one of NAV's keys has signed as a callback, and as nothing else."""
        try:
            header = extract_compact(content).headers()
            signed_with = await keys.named(str(header.get("kid", "")))
            claims = jwt.decode(content, signed_with, registry=SIGNATURES).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            raise refused("callback_signature") from None
        if header.get("typ") != TYPE:
            raise refused("callback_type")
        return claims

    def _unfit(self, claims: Mapping[str, Any]) -> str:
        """Why it is not for us, or not of now; empty where it is. By the machine's clock, as with tokens."""
        expected = jwt.JWTClaimsRegistry(
            now=int(self._now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            iat={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            expected.validate(dict(claims))
        except ClaimError as error:
            return OF_CLAIMS.get(error.claim, "callback_unreadable")
        return "callback_expired" if claims["exp"] > claims["iat"] + LONGEST_LIFE else ""


def callback_door(callbacks: Callbacks) -> APIRouter:
    """The door that NAV's signature opens, and nothing else."""
    routes = APIRouter(tags=["callbacks"])

    async def by_nav(request: Request) -> Callback:
        return await callbacks.read(request)

    @routes.post(PATH, status_code=202, response_class=Response, openapi_extra={"requestBody": SIGNED})
    async def callback(told: Annotated[Callback, Depends(guarding(by_nav))], request: Request) -> Response:
        """The municipality is that of the delivery: from here on nothing of any other can be seen or changed.

        What came before is refused, also where it is the very same: NAV needn't send that again.
        """
        store, clock = request.app.state.store, request.app.state.clock
        async with store.database.runner() as connection:
            found = await connection.fetchrow(OF_KEY, told.key)
        if found is None:
            raise refused("unknown_delivery")
        body = TakeStanding(referral_id=found["referral_id"], revision=found["revision"], **told.standing)
        trace = child_traceparent(request.headers.get("traceparent", ""))
        where = found["application"], found["kommunenummer"], clock.now()
        message = Message(told.id, body.type, *where, body, str(told.id), trace)
        try:
            await store.command(message, request_hash=uuid4().bytes)
        except Reject as error:
            if (code := OF_STORE.get(error.code, error.code)) not in REFUSALS:
                raise
            raise refused(code) from None
        return Response(status_code=202)

    return routes


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            raise refused("callback_too_large")
    return bytes(content)


def refused(code: str) -> Problem:
    log.warning("nav_bridge.callback_refused", code=code)
    return problem(REFUSALS[code][0], code, REFUSALS[code][1])
