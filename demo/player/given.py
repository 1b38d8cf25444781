"""The input: files that a user could have made, read as they are."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer


class BadInput(typer.BadParameter):
    """A file of the input can't be read; says which, where and why."""


@dataclass(frozen=True)
class Given:
    """Bodies of POSTs, ledger files in name order, and what the files foretell, which only the last check reads."""

    persons: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    ledger: list[Path]
    expected: dict[str, Any] | None

    @classmethod
    def read(cls, folder: Path) -> "Given":
        if not folder.is_dir():
            raise BadInput(f"{folder} er ikke en mappe.")
        expected = folder / "expected.json"
        return cls(
            lines(folder / "persons.jsonl", "kommunenummer"),
            lines(folder / "applications.jsonl", "kommunenummer", "ref"),
            lines(folder / "decisions.jsonl", "application", "role", "outcome"),
            sorted((folder / "ledger").glob("*.csv")),
            json.loads(expected.read_text(encoding="utf-8")) if expected.exists() else None,
        )


def lines(path: Path, *required: str) -> list[dict[str, Any]]:
    """One JSON object a line, with the required fields; a missing file holds none."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise BadInput(f"{path.name}, linje {number}: ikke gyldig JSON ({error}).") from None
        if not isinstance(value, dict) or not value.keys() >= set(required):
            raise BadInput(f"{path.name}, linje {number}: et objekt med {', '.join(required)} ventes.")
        found.append(value)
    return found


def municipality_of(ledger: Path) -> str:
    """A ledger file's municipality: the first four digits of its account, the first field of its second line."""
    with ledger.open(encoding="utf-8") as file:
        second = (list(zip(range(2), file, strict=False)) or [(0, "")])[-1][1]
    return second[:4]
