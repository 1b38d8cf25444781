"""All that the services stand on, from one call to its end: Kafka, PostgreSQL, the issuer, and their own settings."""

import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

from chassis.broker import Kafka
from chassis.topics import Topics
from chassis.topics.applying import apply
from demo.local.children import Child, Children
from demo.local.databases import Databases, Urls
from demo.local.errors import ChildDied
from demo.local.given import GivenKafka
from demo.local.issuer import Issuer
from demo.local.java import Java
from demo.local.kafka import ADMIN, LocalKafka
from demo.local.people import people
from demo.local.places import ROOT
from demo.local.ports import Ports
from demo.local.postgres import LocalPostgres
from demo.local.running import python_path, remember
from demo.local.settings import Addresses, environment, pages


class Platform:
    """`with Platform() as platform:` or `async with`; leaving it, or any end of this process, leaves nothing behind.

    Where KAFKA_BOOTSTRAP_SERVERS or DATABASE_URL is set, that Kafka or PostgreSQL is used instead of a local one;
    DATABASE_URL is an administrator's, and the databases made on it are dropped at the end.
    """

    kafka: LocalKafka | GivenKafka
    postgres: LocalPostgres | None
    databases: Databases
    urls: dict[str, Urls]

    def __init__(self, topics: Path = ROOT / "schemas" / "topics.yaml") -> None:
        self.topics = Topics.read(topics)
        self.services = self.topics.services
        self.people = people(self.topics.municipalities)
        self._ports = Ports()

    @property
    def folder(self) -> Path:
        """Temporary; each child's log is in it, `<name>.log`."""
        return self._children.folder

    def start(self) -> Self:
        """All three at the same time; returns when each is ready, topics and access included."""
        self._children = Children()
        try:
            self._plan()
            starts = [self._start_kafka, self._start_databases, self.issuer.start]
            with ThreadPoolExecutor(len(starts)) as pool:
                self._wait([pool.submit(start) for start in starts])
            remember(self.folder, {service: self.service_environment(service) for service in self.services})
        except BaseException:
            self.close()
            raise
        return self

    def _wait(self, started: Sequence[Future[None]]) -> None:
        """One that fails, or Ctrl-C, ends the children, so that the others don't go on waiting for theirs."""
        try:
            for each in started:
                each.result()
        except BaseException:
            self._children.close()
            raise

    def _plan(self) -> None:
        java = Java.find()
        users = self.topics.principals
        self.addresses = Addresses.plan(self.services, self._ports)
        self.issuer = Issuer(self._children, java, self._ports, self.people, self.services)
        self.kafka = self._a_kafka(java, users)
        self.postgres = self._a_postgres()
        self.databases = self.postgres.databases if self.postgres else Databases(os.environ["DATABASE_URL"])
        self._secrets = {service: secrets.token_hex(32) for service in self.services}

    def _a_kafka(self, java: Java, users: Sequence[str]) -> LocalKafka | GivenKafka:
        if "KAFKA_BOOTSTRAP_SERVERS" in os.environ:
            return GivenKafka(users)
        return LocalKafka(self._children, java, self._ports, users)

    def _a_postgres(self) -> LocalPostgres | None:
        return None if "DATABASE_URL" in os.environ else LocalPostgres(self._children, self._ports)

    def _start_kafka(self) -> None:
        self.kafka.start()
        given = isinstance(self.kafka, GivenKafka)
        apply(self.kafka.connection(ADMIN), self.topics, self.kafka.passwords if given else None)

    def _start_databases(self) -> None:
        if self.postgres is not None:
            self.postgres.start()
        prefix = "" if self.postgres else f"boligflyt_{secrets.token_hex(3)}_"
        names = {service: prefix + service.replace("-", "_") for service in self.services}
        made = self.databases.create(names.values())
        self.urls = {service: made[name] for service, name in names.items()}

    def close(self) -> None:
        try:
            if getattr(self, "postgres", self) is None:
                self.databases.drop_all()
        finally:
            self._children.close()
            self._ports.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        try:
            return await asyncio.to_thread(self.start)
        except asyncio.CancelledError:
            await asyncio.to_thread(self.close)
            raise

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def spawn(
        self, name: str, argv: Sequence[str], env: Mapping[str, str] | None = None, log: Path | None = None
    ) -> Child:
        """One more child, in a folder of its own. `argv` starting in `-` are arguments of this Python."""
        program = [sys.executable, *argv] if argv[0].startswith("-") else argv
        return self._children.spawn(name, program, {"PYTHONPATH": python_path(), **(env or {})}, log)

    def spare_port(self) -> int:
        """A free port, for one more process of a service."""
        return self._ports.take()

    def on_death(self, listener: Callable[[ChildDied], None]) -> None:
        """Called, from another thread, for each child that ends without having been told to."""
        self._children.listen(listener)

    def check(self) -> None:
        """Raise the first unexpected death, if there was one."""
        for death in self._children.died:
            raise death

    async def until_death(self) -> ChildDied:
        """Returns when a child has ended without having been told to; run it beside the work and stop on it."""
        loop = asyncio.get_running_loop()
        died: asyncio.Future[ChildDied] = loop.create_future()

        def tell(death: ChildDied) -> None:
            if not died.done():
                died.set_result(death)

        def listener(death: ChildDied) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell, death)

        self.on_death(listener)
        return await died

    def service_environment(self, service: str) -> dict[str, str]:
        """All settings of one service, secrets included."""
        kafka = self.kafka.connection(service)
        return environment(service, self.addresses, self.folder, self.urls[service], kafka) | {
            "ISSUER_URL": self.issuer.url,
            "CLIENT_ID": service,
            "CLIENT_SECRET": self._secrets[service],
        }

    def token(self, username: str, audience: str | None = None) -> str:
        """An access token of one of `people`, for all services unless one is named."""
        return self.issuer.token(username, audience)

    @property
    def pages(self) -> dict[str, str]:
        """What a person may look at, and where."""
        at = self.addresses
        return pages(at.url("notifications"), at.url("eligibility"), at.url("nav-bridge"), at.nav_url, at.mails_url)

    def admin_kafka(self) -> Kafka:
        return self.kafka.connection(ADMIN)
