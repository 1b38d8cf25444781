"""What each service says that it reads and writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel

PACKAGES = {
    "intake": "intake",
    "eligibility": "eligibility",
    "nav-bridge": "nav_bridge",
    "notifications": "notifications",
}

Messages = Mapping[str, Sequence[type[BaseModel]]]


@dataclass(frozen=True)
class Service:
    name: str
    reads: Messages
    writes: Messages


@cache
def services() -> tuple[Service, ...]:
    found = {name: import_module(f"{package}.subscribers") for name, package in PACKAGES.items()}
    return tuple(Service(name, module.READS, module.WRITES) for name, module in found.items())


def named(message: Any) -> str:
    """The versioned type of a message class: the services read and write first versions alone."""
    return f"{message.type}.v1"
