"""NAV tells unasked how what it took stands: by a callback that it signs, now and then badly, as its record notes."""

import asyncio
import heapq
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from demo.nav_simulator.nav import PUZZLE, Accepted, Nav

ISSUER, AUDIENCE = "nav", "nav-bridge"
MEDIA, TYPE = "application/jose", "nav-status+jwt"
LIFE = 120  # seconds
GIVES_UP = 5  # tries
PAUSE = 0.05  # seconds between two looks at what is due
# early: before the hand-in is answered. twice: the very same again. anew: the same under a new id. forged: with a key
# that isn't NAV's, and then as it should be. backwards: what was true first, once more at the end. puzzling: a word
# that nobody knows, in place of the right one.
MANNERS = ("early", "twice", "anew", "forged", "backwards", "puzzling")
BY_CHANCE = "?"  # drawn when it is told


def keys(folder: Path) -> ECKey:
    """NAV's private key, made where there is none; beside it, for whoever is to check, the public one as a JWKS."""
    private = folder / "private.json"
    if not private.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = ECKey.generate_key("P-256", auto_kid=True)
        private.touch(mode=0o600)
        private.write_text(json.dumps(made.as_dict(private=True)), encoding="utf-8")
    key = ECKey.import_key(json.loads(private.read_text(encoding="utf-8")))
    (folder / "jwks.json").write_text(json.dumps(public(key)), encoding="utf-8")
    return key


def public(key: ECKey) -> dict[str, Any]:
    return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}


@dataclass(slots=True)
class Callbacks:
    """To whom NAV tells it, and what is still to be told. Times are NAV's; what is signed holds the machine's."""

    nav: Nav
    url: str
    key: ECKey
    transport: httpx.AsyncBaseTransport | None = None
    now: Callable[[], float] = time.time
    made: int = 0
    _due: list[tuple[datetime, UUID, str, int]] = field(default_factory=list)

    def plan(self, at: datetime, key: UUID, manner: str = BY_CHANCE, tries: int = 0) -> None:
        heapq.heappush(self._due, (at, key, manner, tries))

    def manner(self) -> str:
        """The manner of the next callback: what was wished for, or what chance makes of its share."""
        self.made += 1
        if self.nav.behaviour.call_back:
            return self.nav.behaviour.call_back.pop(0)
        draw = random.Random(f"{self.nav.seed}:callback {self.made}")
        return draw.choice(MANNERS) if draw.random() < self.nav.behaviour.callbacks_misbehaving else ""

    async def taken(self, taken: Accepted) -> None:
        """It has just been taken, and its answer not been given."""
        self.plan(self.nav.outcome(taken)[1], taken.key)
        if (manner := self.manner()) == "early":
            await self.tell(taken, manner)
        else:
            self.plan(taken.at, taken.key, manner)

    def remember(self) -> None:
        """What an earlier run may not have told: once too often harms nobody."""
        for taken in self.nav.accepted.values():
            self.plan(max(self.nav.now(), self.nav.outcome(taken)[1]), taken.key, "")

    async def run(self) -> None:
        """Tell what is due, until cancelled."""
        while True:
            await self.tell_due()
            await asyncio.sleep(PAUSE)

    async def tell_due(self) -> None:
        while self._due and self._due[0][0] <= self.nav.now():
            _, key, manner, tries = heapq.heappop(self._due)
            manner = self.manner() if manner == BY_CHANCE else manner
            if not await self.tell(self.nav.accepted[key], manner) and tries < GIVES_UP:
                self.plan(self.nav.now() + timedelta(seconds=1), key, manner, tries + 1)

    async def tell(self, taken: Accepted, manner: str = "") -> bool:
        """Whether it was heard, be it with a no."""
        standing = self.nav.standing(taken) | ({"status": PUZZLE, "utfall": None} if manner == "puzzling" else {})
        if manner == "forged":
            forger = ECKey.generate_key("P-256", {"kid": str(self.key.kid)})
            await self._send(taken, self.signed(taken, standing, forger), standing, manner)
        token = self.signed(taken, standing)
        heard = await self._send(taken, token, standing, manner)
        match manner:
            case "twice":
                await self._send(taken, token, standing, manner)
            case "anew":
                await self._send(taken, self.signed(taken, standing), standing, manner)
            case "backwards":
                first = self.nav.answer(taken) | {"løpenummer": 1, "utfall": None}
                await self._send(taken, self.signed(taken, first), first, manner)
        return heard

    def signed(self, taken: Accepted, standing: dict[str, Any], key: ECKey | None = None) -> str:
        at = int(self.now())
        claims = {name: standing[name] for name in ("løpenummer", "status", "kvittering", "utfall")}
        claims |= {"iss": ISSUER, "aud": AUDIENCE, "iat": at, "exp": at + LIFE, "jti": str(uuid4())}
        header = {"alg": "ES256", "kid": self.key.kid, "typ": TYPE}
        return jwt.encode(header, {**claims, "nøkkel": str(taken.key)}, key or self.key)

    async def _send(self, taken: Accepted, token: str, standing: dict[str, Any], manner: str) -> bool:
        """It goes on with the trace of the hand-in."""
        headers = {"Content-Type": MEDIA} | ({"traceparent": taken.traceparent} if taken.traceparent else {})
        status = 0
        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=5) as client:
                status = (await client.post(self.url, content=token, headers=headers)).status_code
        except httpx.HTTPError:
            pass
        told: dict[str, Any] = {"number": standing["løpenummer"], "status": standing["status"], "answer": status}
        self.nav.note("called_back", taken.key, **told | ({"manner": manner} if manner else {}))
        return 0 < status < 500
