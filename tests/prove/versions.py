"""Copies of the tree: another version of it, or one with a guard taken away."""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from demo.local.places import ROOT

PARTS = ("chassis", "services", "schemas", "demo", "tests")
OPTIONAL = ("kid", "lease_ends_on", "due_on")  # fields that writers could do without, and once did


@dataclass(frozen=True, slots=True)
class Change:
    """In one file, one place: else the copy isn't what it is called, and that is an error."""

    file: str
    old: str
    new: str


def copy(to: Path, changes: Iterable[Change] = ()) -> Path:
    for part in PARTS:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    (to / ".cache").symlink_to(ROOT / ".cache")
    for change in changes:
        file = to / change.file
        text = file.read_text(encoding="utf-8")
        if text.count(change.old) != 1:
            raise LookupError(f"{change.file} holds it {text.count(change.old)} times: {change.old}")
        file.write_text(text.replace(change.old, change.new), encoding="utf-8")
    return to


def path(tree: Path, *before: Path) -> str:
    """PYTHONPATH for a child that is to run from that tree."""
    sources = [*before, tree, tree / "chassis" / "src", *sorted((tree / "services").glob("*/src"))]
    return os.pathsep.join(map(str, sources))


def newer(to: Path) -> Path:
    """Every message has one more optional field, and is sent with it."""
    for file in _messages(copy(to)):
        _substitute(file, r"(\n    type: ClassVar\[str\] = .*\n)", r'\1    added_since: str | None = "added"\n')
    return to


def older(to: Path) -> Path:
    """From before some optional fields were: writers leave them out. (Those who read them ask for them still.)"""
    writers = ("intake", "eligibility", "nav_bridge")
    for file in _messages(copy(to), *writers):
        for name in OPTIONAL:
            _substitute(file, rf"\n    {name}: [a-z]+ \| None = None", "")
    return to


def _messages(tree: Path, *packages: str) -> list[Path]:
    files = [*tree.glob("services/*/src/*/messages.py"), *tree.glob("services/*/src/*/messages/*.py")]
    return [file for file in files if not packages or set(packages) & set(file.parts)]


def _substitute(file: Path, pattern: str, by: str) -> None:
    file.write_text(re.sub(pattern, by, file.read_text(encoding="utf-8")), encoding="utf-8")
