"""The simulator's doors, well-behaved or not."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError

from demo.misbehaving import behaving, lost
from demo.nav_simulator.callbacks import Callbacks, public
from demo.nav_simulator.message import NoticeMessage, ReferralMessage
from demo.nav_simulator.nav import Accepted, Behaviour, Nav

PAGE = """<!doctype html><html lang="nb"><meta charset="utf-8"><title>NAV-simulator</title>
<h1>NAV-simulator</h1>
<p>Dette er ikke NAV. Grensesnittet er boligflyts eget forslag til hvordan en henvisning kan tas imot:
NAV har ikke offentliggjort noe slikt. Personer og svar her er oppdiktet.</p>
<p>Mottatte henvisninger: {accepted}. Avgjorte: {decided}.</p></html>"""


def refusal(status: int, code: str, fields: list[str] | None = None) -> JSONResponse:
    return JSONResponse({"kode": code, "felter": fields or []}, status_code=status)


Document = type[ReferralMessage] | type[NoticeMessage]


async def take(
    nav: Nav, callbacks: Callbacks | None, document: Document, key: UUID, body: bytes, traceparent: str
) -> Response:
    """One referral or notice, once per key."""
    body_hash = hashlib.sha256(body).hexdigest()
    if known := nav.accepted.get(key):
        if known.body_hash != body_hash:
            nav.note("conflict", key, body_sha256=body_hash)
            return refusal(422, "NØKKEL_BRUKT")
        nav.note("repeated", key)
        return JSONResponse(nav.answer(known), status_code=201)
    if nav.behaviour.refuse_next:
        nav.behaviour.refuse_next -= 1
        nav.note("refused", key, code=nav.behaviour.refuse_with)
        return refusal(422, nav.behaviour.refuse_with)
    try:
        message = document.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in found["loc"]) for found in error.errors()})
        nav.note("invalid", key, fields=fields)
        return refusal(422, "UGYLDIG_MELDING", fields)
    taken = nav.accept(key, body_hash, message, traceparent)
    if callbacks:
        await callbacks.taken(taken)
    return await answered(nav, taken)


async def answered(nav: Nav, taken: Accepted, status: int = 201) -> Response:
    """The answer to what NAV did, unless it is one that gets lost."""
    if gone := await lost(nav, taken.key):
        return gone
    return JSONResponse(nav.standing(taken) if taken.recalled else nav.answer(taken), status_code=status)


def found(nav: Nav, key: UUID, matter: str) -> Accepted | None:
    known = nav.accepted.get(key)
    return known if known is not None and known.matter == matter else None


def looked_up(nav: Nav, key: UUID, matter: str) -> Response:
    known = found(nav, key, matter)
    nav.note("lookup", key, found=known is not None)
    return JSONResponse(nav.standing(known)) if known else refusal(404, "IKKE_FUNNET")


async def let_be(nav: Nav, callbacks: Callbacks | None, key: UUID, matter: str) -> Response:
    if (known := found(nav, key, matter)) is None:
        return refusal(404, "IKKE_FUNNET")
    if not nav.recall(known):
        nav.note("recall_refused", key)
        return refusal(409, "AVGJORT")
    if callbacks:
        callbacks.plan(nav.now(), key)
    return await answered(nav, nav.accepted[key], status=200)


def doors(nav: Nav, callbacks: Callbacks | None, path: str, matter: str, document: Document) -> APIRouter:
    """Where one sort of message is handed in, asked about under its key, and recalled."""
    router = APIRouter()

    @router.post(path, status_code=201)
    async def hand_in(request: Request, idempotency_key: Annotated[UUID | None, Header()] = None) -> Response:
        async def work() -> Response:
            if idempotency_key is None:
                return refusal(400, "MANGLER_NØKKEL")
            trace = request.headers.get("traceparent", "")
            return await take(nav, callbacks, document, idempotency_key, await request.body(), trace)

        return await behaving(nav, idempotency_key, work)

    @router.get(f"{path}/{{key}}")
    async def look_up(key: UUID) -> Response:
        async def work() -> Response:
            return looked_up(nav, key, matter)

        return await behaving(nav, key, work)

    @router.post(f"{path}/{{key}}/recall")
    async def recall(key: UUID, idempotency_key: Annotated[UUID | None, Header()] = None) -> Response:
        async def work() -> Response:
            return await let_be(nav, callbacks, key, matter) if idempotency_key else refusal(400, "MANGLER_NØKKEL")

        return await behaving(nav, key, work)

    return router


def build(nav: Nav, callbacks: Callbacks | None = None) -> FastAPI:
    @asynccontextmanager
    async def calling_back(_: FastAPI) -> AsyncIterator[None]:
        if callbacks is None:
            yield
            return
        callbacks.remember()
        running = asyncio.create_task(callbacks.run())
        yield
        running.cancel()

    app = FastAPI(
        title="NAV-simulator for boligflyt",
        description="En simulator. Grensesnittet er vårt forslag; NAV har ikke offentliggjort noe slikt.",
        lifespan=calling_back,
    )
    nav.remember()

    @app.exception_handler(RequestValidationError)
    async def no_key(_: Request, error: RequestValidationError) -> Response:
        """Only keys and the simulator's own form are read by the framework."""
        own = any("body" in each["loc"] for each in error.errors())
        return refusal(422, "UGYLDIG_OPPFØRSEL") if own else refusal(400, "MANGLER_NØKKEL")

    app.include_router(doors(nav, callbacks, "/referrals", "referral", ReferralMessage))
    app.include_router(doors(nav, callbacks, "/notices", "nav_notice", NoticeMessage))

    @app.post("/simulator/behaviour")
    async def behave(behaviour: Behaviour) -> Behaviour:
        nav.behaviour = behaviour
        return behaviour

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        """The key that callbacks are signed with, for those who fetch it."""
        return public(callbacks.key) if callbacks else {"keys": []}

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return PAGE.format(accepted=len(nav.accepted), decided=sum(map(nav.decided, nav.accepted.values())))

    return app
