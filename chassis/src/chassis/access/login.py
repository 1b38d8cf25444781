"""Login of people: the OIDC code flow with PKCE, a signed cookie for a work day, and the way out."""

import time
import warnings
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from fastapi import APIRouter, FastAPI, Request, Response
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import RedirectResponse

from chassis.access.door import refuse_cross_site, unguarded_routes
from chassis.access.principal import principal_of
from chassis.access.tokens import Issuer
from chassis.errors import BrokenInvariant
from chassis.http.problems import problem, unavailable
from chassis.settings import ServiceSettings

with warnings.catch_warnings():
    # It warns, at import, of the HTTP client that everything here uses.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.starlette_client import OAuth, OAuthError

WORK_DAY = 10 * 3600  # seconds; a session is not prolonged by use
REMEMBERED = ("sub", "name", "roles", "kommunenummer")


def install(app: FastAPI, settings: ServiceSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
    """The last thing done to an application before it is served; refuses one with a route that anyone could reach.

    `transport`: the way to the issuer, in tests.
    """
    app.state.issuer, app.state.audience = Issuer(settings.issuer_url, transport), settings.audience
    app.state.issuer_origin, app.state.public_origin = origin(settings.issuer_url), origin(settings.public_url)
    app.include_router(login_routes(settings, app.state.issuer, code_flow(settings, transport)))
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings.session_secret,
        session_cookie=f"{settings.service_name()}_session",
        max_age=WORK_DAY,
        https_only=settings.public_url.startswith("https:"),
    )
    if names := unguarded_routes(app):
        raise BrokenInvariant(f"routes without a door: {', '.join(names)}")


def code_flow(settings: ServiceSettings, transport: httpx.AsyncBaseTransport | None) -> Any:
    """It makes and checks state and nonce, and keeps the code verifier in the session meanwhile."""
    client = {"scope": "openid profile", "code_challenge_method": "S256", "timeout": 5, "transport": transport}
    return OAuth().register(
        "issuer",
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value(),
        server_metadata_url=f"{settings.issuer_url.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs=client,
    )


def login_routes(settings: ServiceSettings, issuer: Issuer, flow: Any) -> APIRouter:
    router, home = APIRouter(include_in_schema=False), settings.public_url.rstrip("/")

    @router.get("/login")
    async def login(request: Request, next: str = "/") -> Any:
        await issuer.metadata()
        request.session["next"] = local_path(next)
        try:
            return await flow.authorize_redirect(request, f"{home}/callback")
        except httpx.HTTPError as error:
            raise unavailable("issuer_unavailable", "Innloggingstjenesten svarer ikke. Prøv igjen om litt.") from error

    @router.get("/callback")
    async def callback(request: Request) -> Response:
        try:
            token = await flow.authorize_access_token(request)
        except (OAuthError, JoseError, ValueError, httpx.HTTPError) as error:
            raise problem(401, "login_failed", "Innloggingen ble avbrutt eller er for gammel. Prøv igjen.") from error
        claims = await issuer.claims(token.get("id_token", ""), settings.client_id)
        if not principal_of(claims, {}).roles:
            raise problem(403, "no_role", "Du har ingen rolle her. Be om det hos den som gir tilganger i kommunen.")
        target = request.session.get("next", "/")
        request.session.clear()
        request.session.update({name: claims.get(name, "") for name in REMEMBERED}, until=time.time() + WORK_DAY)
        return RedirectResponse(target, 303)

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        refuse_cross_site(request)
        request.session.clear()
        end = (await issuer.metadata()).get("end_session_endpoint")
        after = urlencode({"client_id": settings.client_id, "post_logout_redirect_uri": f"{home}/"})
        return RedirectResponse(f"{end}?{after}" if end else "/", 303)

    return router


def local_path(target: str) -> str:
    """`target` if it is a path on this host and browsers can't read it as anything else, else the front page."""
    fine = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if fine and all(" " < each < "\x7f" for each in target) else "/"


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
