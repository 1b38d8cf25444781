"""A part of the proof is a module here with `prove(given: Given) -> Proof`; its name is what ONLY= takes.

This is the one place that knows which there are, in the order in which they run: short ones first.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from tests.prove.proof import Given, Proof

SHORT_FIRST = (
    "warning",
    "files",
    "heartbeats",
    "endings",
    "leaks",
    "guards",
    "restore",
    "nav",
    "letters",
    "outage",
    "faults",
    "soak",
    "lines",
)


def names() -> list[str]:
    """Those that are there; one that the order above doesn't know comes last."""
    found = {module.name for module in iter_modules(__path__)}
    return [*(name for name in SHORT_FIRST if name in found), *sorted(found.difference(SHORT_FIRST))]


def part(name: str) -> Callable[[Given], Proof]:
    prove: Callable[[Given], Proof] = import_module(f"{__name__}.{name}").prove
    return prove
