"""Every failure as one kind of document, RFC 9457 in Norwegian; as a page when a person asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from asyncpg.exceptions import InterfaceError
from fastapi.exceptions import RequestValidationError
from pydantic_core.core_schema import ErrorType
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.errors import BoligflytError, NotYours, Reject
from chassis.pages import Pages

SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))
# Classes of SQLSTATE: the data or their size; connection, rollback, resources, an operator's hand.
REFUSED, TRANSIENT = ("22", "23", "54"), ("08", "40", "53", "57")
PAGES = Pages()
_NOT_IN_A_NAME = re.compile(r"[^A-Za-zæøåÆØÅ0-9_\-\[\].]|\d{6,}")


@dataclass(eq=False)
class Problem(BoligflytError):
    """Raise it to answer with it. `errors` name a field, and a line for files; nothing in it quotes a value."""

    status: int
    code: str
    title: str
    detail: str
    errors: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"

    def document(self) -> dict[str, Any]:
        core = {"type": f"urn:boligflyt:problem:{self.code}", "title": self.title, "status": self.status}
        return core | {"detail": self.detail, "code": self.code} | ({"errors": [*self.errors]} if self.errors else {})


def problem(status: int, code: str, detail: str = "", **more: Any) -> Problem:
    """A problem under the usual title of its status."""
    title = SENTENCES["titles"].get(status, "Forespørselen ble ikke godtatt")
    return Problem(status, code, title, detail or f"{title}.", **more)


def unavailable(code: str, detail: str) -> Problem:
    return problem(503, code, detail, headers={"Retry-After": "5"})


def as_problem(error: Exception) -> Problem:
    """The table of `chassis.errors` for HTTP. What nobody foresaw is a 500 that says nothing of its cause."""
    match error:
        case Problem():
            found = error
        case Reject():
            found = problem(error.status, error.code, error.sentence)
        case NotYours():
            found = problem(404, "not_found", "Det du spør etter finnes ikke.")
        case RequestValidationError():
            errors = [{"field": field_name(each["loc"]), "message": sentence(each)} for each in error.errors()]
            found = problem(422, "invalid_fields", f"{len(errors)} felt må rettes.", errors=errors)
        case HTTPException():
            found = problem(error.status_code, f"http_{error.status_code}", headers=error.headers)
        case _:
            found = _of_database(error)
    return found


def _of_database(error: Exception) -> Problem:
    sqlstate = str(getattr(error, "sqlstate", None) or "")[:2]
    client_side = isinstance(error, InterfaceError)
    if sqlstate in REFUSED or isinstance(error, UnicodeEncodeError) or (client_side and isinstance(error, ValueError)):
        return problem(422, "refused_by_database", "Et felt har tegn eller tall som ikke kan lagres.")
    if sqlstate in TRANSIENT or client_side or isinstance(error, ConnectionError | TimeoutError):
        return unavailable("unavailable", "Prøv igjen om noen sekunder.")
    return problem(500, "unexpected", "Feilen er logget. Ingenting ble lagret.")


def field_name(place: Sequence[str | int]) -> str:
    """`lines[2].amount_ore`. Names come from the sender too, so whatever doesn't look like a name is left out."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place[1:])
    return _NOT_IN_A_NAME.sub("", name)[:100].lstrip(".")


def sentence(error: Mapping[str, Any]) -> str:
    """Pydantic's own kinds of error in our words; a kind of our own (`PydanticCustomError`) brings its sentence."""
    kind, known = error["type"], SENTENCES["fields"]
    if kind not in get_args(ErrorType):
        return str(error["msg"])
    text: str = known.get(kind) or known.get(kind.partition("_")[0], "Verdien kan ikke brukes.")
    return text.format_map(error.get("ctx") or {})


def respond(request: Request, problem: Problem) -> Response:
    """As a page for browsers, with the way out for who has logged in; as `application/problem+json` for all others."""
    headers = ({"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}) | dict(problem.headers or {})
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(problem.document(), problem.status, headers, "application/problem+json")
    session = request.scope.get("session", {})
    logged_in = session if session.get("sub") else None
    page = PAGES.render("problem.html", status=problem.status, problem=problem, principal=logged_in)
    page.headers.update(headers)
    return page
