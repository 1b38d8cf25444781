"""Reconciliation, floors, sequences, the seek: each taken away on a copy, and the test that holds it fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.tree import ROOT

pytestmark = [pytest.mark.guard, pytest.mark.slow]

CHASSIS = "chassis/src/chassis/"
# What is taken away: file, what stands there, what stands there in the copy, and the tests that are to see it.
GUARDS = {
    "missing is told from waiting": (
        "reconcile/comparing.py",
        "            elif _is_on_its_way(event, known.positions):",
        "            elif True:",
        "test_an_event_that_was_read_past_and_left_no_trace_is_missing",
    ),
    "what is missing is sent again": (
        "reconcile/door.py",
        "update outbox set position = null, partition = null, record_offset = null",
        "update outbox set position = position",
        "test_what_is_missing_is_sent_again_as_it_was_and_then_nothing_is",
    ),
    "a restored writer goes on above its floors": (
        "decided.py",
        "self.wiring.floors.get((topic, subject), 0)",
        "0",
        "test_a_restored_writer_names_no_event_by_a_number_that_was_heard",
    ),
    "what was fetched before the seek is dropped": (
        "seeking.py",
        "        return [record for record in kept if (record.topic, record.partition) not in early]",
        "        return kept",
        "test_what_was_fetched_before_the_seek_is_not_taken_for_what_is_next",
    ),
    "sequences are followed": (
        "sequences.py",
        "            if found > expected or ",
        "            if False and ",
        "test_a_gap_is_noticed_and_the_event_is_handled",
    ),
}


def copied(to: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "scenario", ".run")
    for part in ("chassis", "services", "schemas", "demo", "tests"):
        shutil.copytree(ROOT / part, to / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", to)
    (to / ".cache").symlink_to(ROOT / ".cache")
    return to


def test_each_taken_away_is_seen_by_its_test_and_by_no_accident(tmp_path):
    copy = copied(tmp_path / "copy")
    for file, old, new, _ in GUARDS.values():
        source = copy / CHASSIS / file
        text = source.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} no longer has one place where it is guarded"
        source.write_text(text.replace(old, new), encoding="utf-8")
    chosen = " or ".join([*(test for *_, test in GUARDS.values()), "test_a_replayed_letter_is_received"])
    files = [f"tests/integration/test_{name}.py" for name in ("reconcile", "sequences", "floors", "consumer")]
    sources = [copy, copy / "chassis" / "src", *sorted((copy / "services").glob("*/src"))]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", chosen],
        cwd=copy,
        env={**os.environ, "PYTEST_ADDOPTS": "", "PYTHONPATH": os.pathsep.join(map(str, sources))},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    failed = set(re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE))
    assert failed == {test for *_, test in GUARDS.values()}, done.stdout
    assert "5 failed, 1 passed" in done.stdout
