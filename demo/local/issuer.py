"""The local issuer: NAV's mock-oauth2-server, a mock. It checks no client secret and no password.

What it gives: code flow with PKCE and a login page for the pages; the password grant for scripts (`username` as in
people.py, or `username@service` for a token that is good for one service alone); client credentials for services,
with the wanted service as `audience` or `scope`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from jinja2 import Environment, FileSystemLoader

from demo.local.children import Child, Children
from demo.local.java import Java, Program
from demo.local.people import Person
from demo.local.ports import Ports, answers

ISSUER = Program("no.nav.security:mock-oauth2-server:2.1.10")
MAIN = "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt"
NAME = "boligflyt"
SCRIPTS = "demo"  # the client id of the demo's and tests' own scripts
SERVICE_ROLE = "tjeneste"
LIFETIME = 3600  # seconds
LIMIT = 60  # seconds


class Tokens:
    """Asks a running issuer as people, services and scripts do."""

    def __init__(self, url: str, people: Sequence[Person], services: Sequence[str]) -> None:
        self.url = url
        self._people, self._services = people, services

    def token(self, username: str, audience: str | None = None) -> str:
        """A person's access token, for all services unless one is named."""
        known = {person.username for person in self._people}
        if username not in known or audience not in {None, *self._services}:
            raise LookupError(f"{username} for {audience}: kjenner {sorted(known)} og {sorted(self._services)}")
        name = f"{username}@{audience}" if audience else username
        form = {"grant_type": "password", "username": name, "password": "-", "client_id": SCRIPTS, "scope": "openid"}
        return self._ask(**form)

    def service_token(self, service: str, audience: str) -> str:
        """As the service itself would get it."""
        return self._ask(grant_type="client_credentials", client_id=service, audience=audience)

    def _ask(self, **form: str) -> str:
        answer = httpx.post(f"{self.url}/token", data={"client_secret": "-", **form}, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


class Issuer(Tokens):
    def __init__(
        self, children: Children, java: Java, ports: Ports, people: Sequence[Person], services: Sequence[str]
    ) -> None:
        self._children, self._java = children, java
        self._port = ports.take()
        super().__init__(f"http://127.0.0.1:{self._port}/{NAME}", people, services)
        self.child: Child

    def start(self, *, train: Path | None = None) -> None:
        """Returns when it gives its metadata and keys."""
        folder = self._children.folder / "issuer"
        folder.mkdir()
        login = folder / "login.html"
        login.write_text(login_page(self._people), encoding="utf-8")
        config = folder / "config.json"
        config.write_text(json.dumps(configuration(self._people, self._services, login)), encoding="utf-8")
        argv = [*ISSUER.argv(self._java, "-Xmx128m", train=train), MAIN]
        env = {
            "SERVER_HOSTNAME": "127.0.0.1",
            "SERVER_PORT": str(self._port),
            "JSON_CONFIG_PATH": str(config),
            "LOG_LEVEL": "WARN",
        }
        self.child = self._children.spawn("issuer", argv, env, folder=folder)
        self.child.until(self.is_ready, LIMIT)

    def is_ready(self) -> bool:
        if not answers(self._port):
            return False
        try:
            httpx.get(f"{self.url}/.well-known/openid-configuration", timeout=5).raise_for_status()
            return httpx.get(f"{self.url}/jwks", timeout=5).is_success
        except httpx.HTTPError:
            return False

    def restart(self) -> None:
        """On the same port, with the same key: tokens that were given stay good."""
        self.child.restart()
        self.child.until(self.is_ready, LIMIT)


def login_page(people: Sequence[Person]) -> str:
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    return environment.get_template("login.html").render(people=people)


def configuration(people: Sequence[Person], services: Sequence[str], login: Path) -> dict[str, Any]:
    """In the server's own words (`OAuth2Config`). The first mapping that fits a token request gives the claims."""
    mappings = [*_of_people(people, services), *_of_services(services)]
    return {
        "interactiveLogin": True,
        "loginPagePath": str(login),
        "httpServer": "NettyWrapper",
        "tokenCallbacks": [{"issuerId": NAME, "tokenExpiry": LIFETIME, "requestMappings": mappings}],
    }


def _of_people(people: Sequence[Person], services: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for person in people:
        claims = {"sub": person.sub, "azp": SCRIPTS, **person.claims}
        yield _mapping("username", person.username, {**claims, "aud": list(services)})
        for service in services:
            yield _mapping("username", f"{person.username}@{service}", {**claims, "aud": [service]})
    # After a login the page's own claims are added to these; the token is for the service that asked.
    yield _mapping("grant_type", "authorization_code", {"aud": ["${clientId}"], "azp": "${clientId}"})


def _of_services(services: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for parameter in ("audience", "scope"):
        for service in services:
            claims = {"sub": "${clientId}", "azp": "${clientId}", "roles": [SERVICE_ROLE], "aud": [service]}
            yield _mapping(parameter, service, claims)


def _mapping(parameter: str, match: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"requestParam": parameter, "match": match, "claims": claims}
