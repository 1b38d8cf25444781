"""The door of a route: who is let in, and what they can do behind it."""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from chassis.access.principal import ROLES, SERVICE, Principal, principal_of
from chassis.http.problems import problem
from chassis.outputs import Body, Json, Message
from chassis.tracing import child_traceparent

OPEN = {"/livez", "/readyz", "/metrics", "/openapi.json", "/assets", "/static", "/login", "/callback", "/logout"}
_BEARER = Depends(HTTPBearer(auto_error=False, bearerFormat="JWT"))
_doors: set[Callable[..., Any]] = set()


@dataclass(slots=True)
class Door:
    """What a route may do for who came in; all of it within that caller's municipality, by row-level security."""

    principal: Principal
    request: Request
    response: Response
    _sent: int = field(default=0, init=False)

    async def send(self, body: Body, subject: str, *, status: int = 200) -> dict[str, Json]:
        """Let the handler of `body` decide, in one transaction, once per Idempotency-Key; its Reply's data.

        A page's form carries the key as a field. Several commands of one request each count once, in their order.
        """
        who, request, state = self.principal, self.request, self.request.app.state
        key = await self._idempotency_key()
        with suppress(RuntimeError):  # the route has read it, as a form
            await request.body()
        nth = f"|{self._sent}" if self._sent else ""
        self._sent += 1
        route = f"{request.method} {request.url.path}"
        id = uuid5(NAMESPACE_URL, f"{who.kommunenummer}|{who.subject}|{route}|{key}{nth}")
        trace = child_traceparent(request.headers.get("traceparent", ""))
        message = Message(id, body.type, subject, who.kommunenummer, state.clock.now(), body, str(id), trace)
        answer = await state.store.command(message, request_hash=request.scope["digest"].digest())
        self.response.status_code = status
        return dict(answer)

    async def put(self, body: Body, subject: str) -> None:
        """A part of a question that is too large to be asked in one: it has no effect until a `send` speaks of it."""
        who, state, id = self.principal, self.request.app.state, uuid4()
        message = Message(id, body.type, subject, who.kommunenummer, state.clock.now(), body, str(id))
        await state.store.command(message, request_hash=id.bytes)

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        found: list[Any] = await self.request.app.state.store.rows(self.principal.kommunenummer, sql, *args)
        return found

    async def states(self, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = await self.request.app.state.store.states(self.principal.kommunenummer, kind, ids)
        return found

    async def _idempotency_key(self) -> str:
        key: Any = self.request.headers.get("idempotency-key")
        if key is None and "form" in self.request.headers.get("content-type", ""):
            key = (await self.request.form()).get("idempotency_key")
        if not isinstance(key, str) or not re.fullmatch("[!-~]{1,200}", key):
            raise problem(400, "idempotency_key_missing", "Forespørselen må ha et Idempotency-Key på 1–200 tegn.")
        return key


def door(*roles: str) -> Callable[..., Awaitable[Door]]:
    """For APIs, `Depends(door("okonomi"))`: a bearer token with one of the roles; services have `tjeneste`.

    Never a cookie, so that no other site can make a browser call them.
    """
    allowed = _known(roles, ROLES | {SERVICE})

    async def enter(
        request: Request, response: Response, bearer: Annotated[HTTPAuthorizationCredentials | None, _BEARER]
    ) -> Door:
        if bearer is None:
            raise problem(401, "unauthenticated", "Send et token i hodet «Authorization».")
        claims = await request.app.state.issuer.claims(bearer.credentials, request.app.state.audience)
        return Door(_admitted(principal_of(claims, request.headers), allowed), request, response)

    return guarding(enter)


def page_door(*roles: str) -> Callable[..., Awaitable[Door]]:
    """For pages: the session of who has logged in; one without is sent to log in and comes back."""
    allowed = _known(roles, ROLES)

    async def enter(request: Request, response: Response) -> Door:
        refuse_cross_site(request)
        if request.session.get("until", 0) < time.time():
            raise _log_in(request)
        return Door(_admitted(principal_of(request.session, {}), allowed), request, response)

    return guarding(enter)


def guarding(enter: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A dependency of a route that lets in whom it knows, by whatever it knows them, and nobody else."""
    _doors.add(enter)
    return enter


def unguarded_routes(app: FastAPI) -> list[str]:
    """The paths that anyone may reach and that aren't meant to be open to all."""
    return [str(each.path) for each in iter_route_contexts(app.routes) if not (each.path in OPEN or _guarded(each))]


def _guarded(route: RouteContext) -> bool:
    dependant = getattr(route, "dependant", None)
    return any(each.call in _doors for each in (dependant.dependencies if dependant else ()))


def refuse_cross_site(request: Request) -> None:
    """A browser says from where a form was sent, and no page can make it say otherwise; silence is refused."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    same = site == "same-origin" if site else origin == request.app.state.public_origin
    if request.method not in ("GET", "HEAD") and not same:
        raise problem(403, "cross_site", "Skjemaet ble ikke sendt fra våre egne sider.")


def _known(roles: Sequence[str], known: frozenset[str]) -> frozenset[str]:
    if not roles or not known.issuperset(roles):
        raise ValueError(f"a door is for one or more of {sorted(known)}, not for {roles}")
    return frozenset(roles)


def _admitted(principal: Principal, allowed: frozenset[str]) -> Principal:
    if not allowed & principal.roles:
        raise problem(403, "forbidden_role", "Rollen din gir ikke tilgang til dette.")
    return principal


def _log_in(request: Request) -> Exception:
    """Only a page that can be asked for again comes back after the login; htmx is told to leave the page."""
    is_page = request.method == "GET" and "text/event-stream" not in request.headers.get("accept", "")
    if not is_page or "hx-request" in request.headers:
        return problem(401, "login_required", "Logg inn for å gå videre.", headers={"HX-Redirect": "/login"})
    back = quote(f"{request.url.path}?{request.url.query}".rstrip("?"), safe="")
    return problem(303, "login_required", headers={"Location": f"/login?next={back}"})
