"""The application that every service mounts its routers on, and the shell around each request."""

import os
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import BrokenInvariant
from chassis.http.problems import as_problem, respond
from chassis.pages import STATIC

LARGEST_BODY = 64 * 1024 * 1024
# A form may lead on to the issuer: logging out does.
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {issuer}",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
log = structlog.get_logger()


def end_process(_: BrokenInvariant) -> None:
    """At once and without clean-up, as whatever it would still write may be wrong."""
    os._exit(70)


async def as_document(request: Request, error: Exception) -> Response:
    return respond(request, as_problem(error))


def create_app(
    title: str,
    routers: Sequence[APIRouter],
    *,
    checks: Callable[[], Mapping[str, bool]],
    assets_dir: Path,
    state: Mapping[str, Any],
    broken: Callable[[BrokenInvariant], None] = end_process,
) -> FastAPI:
    """`state` becomes `app.state`; doors need `store` and `clock` in it. `access.install` has to follow."""
    app = FastAPI(
        title=title,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        middleware=[Middleware(Shell, broken=broken)],
        exception_handlers={HTTPException: as_document, RequestValidationError: as_document},
    )
    for name, value in state.items():
        setattr(app.state, name, value)
    app.mount("/assets", StaticFiles(directory=assets_dir))
    app.mount("/static", StaticFiles(directory=STATIC))
    for router in (health(checks), *routers):
        app.include_router(router)
    return app


def health(checks: Callable[[], Mapping[str, bool]]) -> APIRouter:
    """For machines, without a token, so they say nothing but how the process is."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        results = dict(checks())
        return JSONResponse({"checks": results}, 200 if all(results.values()) else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


class Shell:
    """Around every request: security headers, one log line without ids, and an answer to any exception.

    `scope["digest"]` is that of the query and of as much of the body as has been read; idempotency rests on it.
    """

    def __init__(self, app: ASGIApp, broken: Callable[[BrokenInvariant], None]) -> None:
        self._app, self._broken = app, broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 0
        scope["digest"] = digest = sha256(scope["query_string"])

        issuer = getattr(scope["app"].state, "issuer_origin", "")
        headers = {name: value.replace("{issuer}", issuer) for name, value in SECURITY.items()}
        if not scope["path"].startswith(("/assets/", "/static/")):
            headers["Cache-Control"] = "no-store"

        async def read() -> Message:
            message = await receive()
            digest.update(message.get("body", b""))
            return message

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(headers)
            await send(message)

        try:
            await self._app(scope, read, answer)
        except Exception as error:
            problem = as_problem(error)
            if problem.status >= 500:
                log.exception("http.failed", code=problem.code)
            if isinstance(error, BrokenInvariant):
                self._broken(error)
            if status:
                raise
            await respond(Request(scope), problem)(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "")
            took = round((perf_counter() - began) * 1000, 1)
            log.info("http.answered", method=scope["method"], route=route, status=status, milliseconds=took)
