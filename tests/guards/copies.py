"""Copies of the tree that a guard may spoil."""

import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from tests.contract.tree import ROOT
from tests.contract.wiring import PACKAGES

SOURCES = {
    "chassis": Path("chassis/src"),
    **{package: Path(f"services/{name}/src") for name, package in PACKAGES.items()},
}


def schemas(to: Path) -> Path:
    return shutil.copytree(ROOT / "schemas", to / "schemas")


def code(to: Path) -> Path:
    """Every Python source and the import contracts, nothing else."""
    for source in SOURCES.values():
        shutil.copytree(ROOT / source, to / source, ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    shutil.copy(ROOT / ".importlinter", to)
    return to


def module(tree: Path, name: str) -> Path:
    """The file of a module or package: `intake.domain` is domain.py or domain/__init__.py."""
    path = (tree / SOURCES[name.partition(".")[0]]).joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def contracts() -> dict[str, str]:
    """Id and name of every import contract."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    prefix = "importlinter:contract:"
    return {s.removeprefix(prefix): config[s]["name"] for s in config.sections() if s.startswith(prefix)}


def lint(tree: Path, *only: str) -> subprocess.CompletedProcess[str]:
    """import-linter on that copy, not on the tree that this process runs from."""
    paths = os.pathsep.join(str(tree / source) for source in SOURCES.values())
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    chosen = [part for contract in only for part in ("--contract", contract)]
    return subprocess.run(
        [*command, *chosen],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": paths, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
