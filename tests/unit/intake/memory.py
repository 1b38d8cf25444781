"""intake's doors over a store in memory: the same handlers, one dictionary of states, tokens that say what they are."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from chassis.errors import NotYours, Reject
from chassis.http import create_app
from chassis.outputs import Key, Message, Reply, Tell
from chassis.testing import Decided, decide
from intake.api import router
from intake.gateway import IdentityVault
from intake.handlers import HANDLERS
from intake.messages import TakeChunk

NOW = datetime(2019, 12, 1, 9, 0, tzinfo=UTC)


class MemoryStore:
    """`canned`: what a query answers, as there is no database."""

    def __init__(self) -> None:
        self.kept: dict[Key, tuple[str, Any]] = {}
        self.claims: dict[UUID, tuple[bytes, Mapping[str, Any]]] = {}
        self.outputs: list[Any] = []
        self.canned: list[dict[str, Any]] = []

    async def command(self, message: Message, *, request_hash: bytes) -> Mapping[str, Any]:
        if known := self.claims.get(message.id):
            if known[0] != request_hash:
                raise Reject("idempotency_key_reused", "Idempotency-Key er brukt før med et annet innhold.", status=422)
            return known[1]
        decided = self._decided(message, message.subject, message.data, id=message.id)
        for key, state in decided.states.items():
            if self.kept.get(key, (message.kommunenummer,))[0] != message.kommunenummer and state != self.kept[key][1]:
                raise NotYours
            self.kept.setdefault(key, (message.kommunenummer, state))
            self.kept[key] = (self.kept[key][0], state)
        self.outputs += decided.outputs
        for tell in decided.only(Tell):
            self._enter(message, tell)
        (reply,) = decided.only(Reply)
        self.claims[message.id] = (request_hash, reply.data)
        return dict(reply.data)

    def _decided(self, message: Message, subject: str, body: Any, **more: Any) -> Decided:
        states = {key: state for key, (_, state) in self.kept.items()}
        whose = message.kommunenummer
        return decide(HANDLERS, states, subject, body, now=message.time, kommunenummer=whose, **more)

    def _enter(self, message: Message, tell: Tell) -> None:
        """The parts of a file are entered at once; what its tenancies are told is left to be."""
        if isinstance(tell.message, TakeChunk):
            decided = self._decided(message, tell.key.id, tell.message)
            for key, state in decided.states.items():
                self.kept[key] = (self.kept.get(key, (message.kommunenummer,))[0], state)
            self.outputs += decided.outputs
            for next_one in decided.only(Tell):
                self._enter(message, next_one)

    async def states(self, kommunenummer: str, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        found = {id: self.kept.get(Key(kind, id)) for id in ids}
        return {id: held[1] for id, held in found.items() if held and held[0] == kommunenummer and held[1] is not None}

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[dict[str, Any]]:
        return self.canned


class FrankIssuer:
    """Takes a token at its word."""

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        return dict(json.loads(bytes.fromhex(token)))


class StoppedClock:
    def now(self) -> datetime:
        return NOW


def token(*roles: str, kommunenummer: str = "3427", sub: str = "kari") -> dict[str, str]:
    claims = {"sub": sub, "roles": roles, "kommunenummer": kommunenummer}
    return {"Authorization": f"Bearer {json.dumps(claims).encode().hex()}"}


def service(kommunenummer: str = "3427", *, name: str = "notifications", purpose: str = "alert_page") -> dict[str, str]:
    said = {"Kommunenummer": kommunenummer, "Acting-User": "system", "Purpose": purpose}
    return token("tjeneste", kommunenummer=kommunenummer, sub=name) | said


def an_app(store: MemoryStore, assets: Path, *, mode: str = "test") -> FastAPI:
    vault = IdentityVault(b"a secret of at least thirty-two bytes")
    state = {"store": store, "clock": StoppedClock(), "vault": vault, "mode": mode, "largest_import": 1_000_000}
    app = create_app("intake", [router], checks=dict, assets_dir=assets, state=state)
    app.state.issuer, app.state.audience = FrankIssuer(), "intake"
    return app
