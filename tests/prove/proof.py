"""What a part is given, and what it leaves: a dated page of figures that says on which machine and from which seed."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from demo.local.places import ROOT

FOLDER = ROOT / "docs" / "proof"


@dataclass(frozen=True, slots=True)
class Given:
    """`minutes`: how long the part may take at most, its own length unless shortened. `say`: shows progress."""

    seed: int
    minutes: float
    say: Callable[[str], None]
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds."""
        return self.began + self.minutes * 60 - time.monotonic()


@dataclass(frozen=True, slots=True)
class Proof:
    """`holds`: what the part is to show is shown. `body`: Markdown below the heading."""

    title: str
    holds: bool
    body: str


def page(proof: Proof, given: Given) -> str:
    """Nothing on it names a place on the machine."""
    minutes = (time.monotonic() - given.began) / 60
    verdict = "Holds." if proof.holds else "**Does not hold.**"
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"# {proof.title}\n\n{verdict} {when}, seed {given.seed}, {minutes:.1f} minutes. {machine()}\n\n{proof.body}\n"
    )


def keep(name: str, text: str, folder: Path = FOLDER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.md"
    file.write_text(text, encoding="utf-8")
    return file


def machine() -> str:
    cores, memory = os.cpu_count(), psutil.virtual_memory().total / 2**30
    clients = ", ".join(f"{name} {version(name)}" for name in ("aiokafka", "asyncpg", "faststream"))
    return (
        f"{cores} cores ({platform.machine()}), {memory:.0f} GiB, Python {platform.python_version()}, "
        f"Apache Kafka 4.3.1, PostgreSQL 18, {clients}."
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [" | ".join(map(str, row)) for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(f"| {line} |" for line in lines)
