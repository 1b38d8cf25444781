"""The services' own doors, asked as they are over HTTP: the real routes on states in memory."""

import json
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic_core import to_json

from chassis.errors import BoligflytError
from chassis.http.problems import as_problem
from chassis.outputs import Key
from eligibility import api as eligibility
from intake.api import applications, persons
from intake.gateway import IdentityVault
from notifications.api import alerts as notifications
from tests.simulation.tables import Tables

T = TypeVar("T")
QUERY = re.compile(r"select \S+ from (\w+) where (\w+) = \$1")
PARKED = "select since from parked where key = $1"
ERASED = re.compile(r"select from states where kind = '(\w+)' and key = \$1 and erased")
VAULT = IdentityVault(b"a secret of the simulation alone, 40 bytes")


def done(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that has nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]
    raise AssertionError("it waited for something that the simulation doesn't have")


@dataclass(frozen=True, slots=True)
class Entered:
    """A route's door, for one municipality: row-level security and the queries that the routes make."""

    tables: Tables
    project: Callable[[Key, str, Any], Mapping[str, Sequence[Mapping[str, Any]]]]
    principal: Any

    async def states(self, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        found = {id: self.tables.states.get(Key(kind, id)) for id in ids}
        mine = self.principal.kommunenummer
        return {id: row.state for id, row in found.items() if row and row.state and row.kommunenummer == mine}

    async def rows(self, sql: str, value: Any) -> list[Mapping[str, Any]]:
        if named := ERASED.fullmatch(sql):
            kept = self.tables.states.get(Key(named[1], value))
            return [{}] if kept and kept.erased else []
        if sql == PARKED:
            return [{}] if value in self.tables.parked else []
        if not (asked := QUERY.fullmatch(sql)):
            raise AssertionError(f"the simulation can't answer {sql}")
        table, column = asked.groups()
        mine = [
            (k, r) for k, r in self.tables.states.items() if r.state and r.kommunenummer == self.principal.kommunenummer
        ]
        found = (row for key, kept in mine for row in self.project(key, kept.kommunenummer, kept.state).get(table, ()))
        return [row for row in found if row[column] == value]


class Doorway:
    """What gateways take for an HTTP client: `ask` answers, as the door or the partner would."""

    def __init__(self, ask: Callable[[str, str, bytes, Mapping[str, str]], httpx.Response]) -> None:
        self._ask = ask

    async def request(
        self, method: str, url: str, *, json: Any = None, content: bytes | None = None, headers: Any = None
    ) -> httpx.Response:
        return self._ask(method, url, content or (to_json(json) if json is not None else b""), headers or {})


def caller(service: str, headers: Mapping[str, str]) -> Any:
    return SimpleNamespace(
        subject=service,
        kommunenummer=headers["Kommunenummer"],
        acting_user=headers["Acting-User"],
        purpose=headers["Purpose"],
        is_service=True,
    )


def of_intake(tables: Tables, project: Any, service: str, shut: set[str]) -> Doorway:
    """`shut`: the doors that nobody opens just now."""

    def ask(method: str, url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        door: Any = Entered(tables, project, caller(service, headers))
        if method == "GET":
            return _through("facts", shut, lambda: applications.facts(url.split("/")[2], door))
        wanted = persons.Wanted.model_validate_json(content)
        return _through("persons", shut, lambda: persons.look_up(wanted, door, VAULT))

    return Doorway(ask)


def of_eligibility(tables: Tables, project: Any, service: str, shut: set[str]) -> Doorway:
    def ask(method: str, url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        door: Any = Entered(tables, project, caller(service, headers))
        return _through("referral", shut, lambda: eligibility.referral(door, UUID(url.split("/")[2])))

    return Doorway(ask)


def of_notifications(tables: Tables, project: Any, service: str, shut: set[str]) -> Doorway:
    def ask(method: str, url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        door: Any = Entered(tables, project, caller(service, headers))
        return _through("notice", shut, lambda: notifications.nav_notice(door, UUID(url.split("/")[2])))

    return Doorway(ask)


def _through(door: str, shut: set[str], route: Callable[[], Coroutine[Any, Any, Any]]) -> httpx.Response:
    if door in shut:
        raise httpx.ConnectError("shut")
    try:
        return httpx.Response(200, content=to_json(done(route())))
    except BoligflytError as error:
        found = as_problem(error)
        return httpx.Response(found.status, content=json.dumps(found.document()))
