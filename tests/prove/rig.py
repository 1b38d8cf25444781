"""The four services on a platform that can be made to fail, and the supervisor that starts again what dies."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from demo.local.children import Child
from demo.local.platform import Platform
from demo.player.services import HURRIED, PACKAGES, await_ready, start_partners
from tests.prove import versions
from tests.prove.fronted import Fronted
from tests.prove.supervisor import Supervisor

BLOCKING = Path(__file__).parent / "blocking"
SERVICES = tuple(PACKAGES)


class Rig:
    """Second members are kept per service and version, and start and end as faults want it."""

    def __init__(self, platform: Fronted) -> None:
        self.platform, self.supervisor = platform, Supervisor()
        self.trees = {"this": versions.ROOT}
        for name, make in (("older", versions.older), ("newer", versions.newer)):
            (platform.folder / name).mkdir()
            self.trees[name] = make(platform.folder / name)
        self.partners = start_partners(platform)
        self.services = {service: self._spawn(service, service, "this", {}) for service in SERVICES}
        self._second: dict[tuple[str, str], Child] = {}
        self.supervisor.watch(*self.services.values(), *self.partners.values())
        platform.on_death(self.supervisor.died)
        await_ready(platform)

    def _spawn(self, service: str, name: str, version: str, more: Mapping[str, str]) -> Child:
        given = self.platform.service_environment(service) | {**HURRIED, **more}
        given["PYTHONPATH"] = versions.path(self.trees[version], BLOCKING)
        return self.platform.spawn(name, ["-m", PACKAGES[service], "run"], given)

    def join(self, service: str, version: str) -> Child:
        """A second member, on a port of its own."""
        if (child := self._second.get((service, version))) is None:
            port = self.platform.spare_port()
            name = f"{service}-{version}"
            child = self._second[service, version] = self._spawn(service, name, version, {"HTTP_PORT": str(port)})
        else:
            child.start()
        return child

    def rolled_out(self, service: str) -> None:
        """Until `rolled_back` the first member is gone, as in the middle of a deployment."""
        self.supervisor.let_go(self.services[service])

    def rolled_back(self, service: str) -> None:
        self.supervisor.take_back(self.services[service])

    def signal(self, service: str, number: int) -> None:
        """To the process that is the service now; one that has just died has nothing to be told."""
        signalled(self.services[service], number)

    def end(self) -> None:
        """All of it, for who goes on with the platform."""
        self.supervisor.end()
        for child in (*self.services.values(), *self.partners.values(), *self._second.values()):
            child.kill()

    def query(self, service: str, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        """Past the wires."""
        return query(self.platform, service, sql, *arguments)

    def terminate_backends(self, service: str) -> None:
        """Every connection of the service's, at once, by the administrator."""
        terminate_backends(self.platform, service)


def signalled(child: Child, number: int) -> None:
    if child.alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)


def query(platform: Platform, service: str, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    url = platform.urls[service].runners
    with psycopg.connect(url, row_factory=dict_row, connect_timeout=5) as connection:
        return connection.execute(sql, arguments).fetchall()


def terminate_backends(platform: Platform, service: str) -> None:
    sql = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
    with psycopg.connect(platform.databases._admin_url, connect_timeout=5) as admin:
        admin.execute(sql, [platform.urls[service].name])
