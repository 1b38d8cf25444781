"""Migrations of a service are one line: two that were written side by side don't stand beside each other."""

import re
from pathlib import Path

import pytest

from demo.local.places import ROOT

FOLDERS = sorted([*ROOT.glob("services/*/src/*/migrations"), ROOT / "chassis/src/chassis/migrations/versions"])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_each_migration_follows_the_one_before_and_bears_its_files_number(folder: Path):
    before, names = None, set()
    for file in sorted(folder.glob("*.py")):
        found = dict(re.findall(r'^(revision|down_revision) = "?([^"\n]+)"?$', file.read_text(), re.MULTILINE))
        assert found["revision"].rpartition("_")[2] == file.name[:4]
        assert found["down_revision"] == str(before)
        assert found["revision"] not in names
        before = found["revision"]
        names.add(before)
