"""What the player needs to know of a running system, wherever it runs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from chassis.broker import Kafka
from chassis.topics import Topics
from demo.local.databases import Urls
from demo.local.people import Person


class Addresses(Protocol):
    """Doors as programs reach them."""

    def url(self, service: str) -> str: ...


class Users(Protocol):
    def connection(self, user: str) -> Kafka: ...


class Running(Protocol):
    """`folder`: where the NAV simulator writes its record. `pages`: what a person may look at → where."""

    @property
    def topics(self) -> Topics: ...
    @property
    def people(self) -> Sequence[Person]: ...
    @property
    def addresses(self) -> Addresses: ...
    @property
    def pages(self) -> Mapping[str, str]: ...
    @property
    def urls(self) -> Mapping[str, Urls]: ...
    @property
    def kafka(self) -> Users: ...
    @property
    def folder(self) -> Path: ...

    def admin_kafka(self) -> Kafka: ...

    def token(self, username: str, audience: str | None = None) -> str:
        """An access token of one of `people`."""

    def check(self) -> None:
        """Raise what has ended without having been told to."""
