"""A small service around the real doors: a store that only remembers, a few routes, a client."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

import httpx
from fastapi import APIRouter, Depends, FastAPI, Form
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from chassis import access
from chassis.access import Door
from chassis.clock import Clock
from chassis.http import create_app
from chassis.outputs import Message
from chassis.settings import ServiceSettings
from tests.unit.chassis.fake_issuer import URL, FakeIssuer

HOME = "https://intake.test"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Register(BaseModel):
    type: ClassVar[str] = "command.register"
    amount_ore: int = Field(ge=0)
    note: str = Field(default="", max_length=5)


class Acknowledge(BaseModel):
    type: ClassVar[str] = "command.acknowledge"
    version: int


@dataclass
class FakeStore:
    commands: list[tuple[Message, bytes]] = field(default_factory=list)
    queries: list[tuple[Any, ...]] = field(default_factory=list)
    fails: Exception | None = None

    async def command(self, message: Message, *, request_hash: bytes) -> Mapping[str, Any]:
        self.commands.append((message, request_hash))
        if self.fails:
            raise self.fails
        return {"id": str(message.id)}

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        self.queries.append((kommunenummer, sql, *args))
        return [{"kommunenummer": kommunenummer}]

    async def states(self, kommunenummer: str, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        self.queries.append((kommunenummer, kind, *ids))
        return {}


def routes() -> APIRouter:
    router = APIRouter()

    @router.post("/payments/{payment}")
    async def pay(
        payment: str, body: Register, door: Annotated[Door, Depends(access.door("okonomi", "tjeneste"))]
    ) -> dict[str, Any]:
        return await door.send(body, payment, status=201)

    @router.post("/twice")
    async def twice(door: Annotated[Door, Depends(access.door("okonomi"))]) -> list[Any]:
        return [await door.send(Register(amount_ore=n), "subject") for n in (1, 2)]

    @router.get("/payments")
    async def payments(door: Annotated[Door, Depends(access.door("okonomi", "leder", "tjeneste"))]) -> list[Any]:
        await door.states("payment", ["a"])
        return await door.rows("select 1", "x")

    @router.get("/alerts")
    async def alerts(door: Annotated[Door, Depends(access.page_door("boligansvarlig"))]) -> HTMLResponse:
        return HTMLResponse(f"{door.principal.name} {door.principal.kommunenummer}")

    @router.post("/alerts/{alert}")
    async def acknowledge(
        alert: str,
        form: Annotated[Acknowledge, Form()],
        door: Annotated[Door, Depends(access.page_door("boligansvarlig"))],
    ) -> dict[str, Any]:
        return await door.send(form, alert)

    return router


def environment(folder: Path, **changes: Any) -> dict[str, Any]:
    secret = folder / "session-secret"
    secret.write_text("x" * 40)
    return {
        "mode": "test",
        "database_url": "postgresql://runner@db/intake",
        "pages_database_url": "postgresql://pages@db/intake",
        "kafka_bootstrap_servers": "kafka:9092",
        "kafka_password": "hidden",
        "issuer_url": URL,
        "audience": "intake",
        "client_id": "intake",
        "client_secret": "hidden",
        "session_secret_file": str(secret),
        "public_url": HOME,
        "assets_dir": str(folder),
    } | changes


def web_app(
    store: FakeStore,
    issuer: FakeIssuer,
    folder: Path,
    *,
    routers: Sequence[APIRouter] | None = None,
    settings: Mapping[str, Any] | None = None,
    **options: Any,
) -> FastAPI:
    app = create_app(
        "Inntak",
        routers if routers is not None else [routes()],
        checks=options.pop("checks", lambda: {"database": True}),
        assets_dir=folder,
        state={"store": store, "clock": Clock()},
        **options,
    )
    given = ServiceSettings(**environment(folder, **(settings or {})))
    access.install(app, given, transport=issuer.transport)
    return app


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOME)


def body(**changes: Any) -> bytes:
    return json.dumps({"amount_ore": 100} | changes).encode()
