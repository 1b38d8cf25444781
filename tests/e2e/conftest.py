"""One running system for all of these tests, in which the people of the demo's scenario have lived a while."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from rich.progress import Progress

from demo.local.places import ROOT
from demo.player.given import Given
from demo.player.play import Played, play
from tests.e2e import waiting
from tests.e2e.system import System
from tests.platforms import a_platform

SCENARIO = ROOT / "demo" / "scenario"
LEDGER_FILES = 8


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """Its Kafka is one of its own: what these tests kill and read raw is nobody else's."""
    began = time.monotonic()
    with a_platform() as platform:
        running = System(platform)
        running.await_ready()
        print(f"\nthe whole system was ready after {time.monotonic() - began:.1f} s")
        yield running


@pytest.fixture(scope="session")
def told(pytestconfig) -> Callable[[], AbstractContextManager[None]]:
    """Printed within this context, a text is seen whatever the run captures."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    return capture.global_and_fixture_disabled


@pytest.fixture(scope="session")
def given(tmp_path_factory) -> Given:
    """All people, applications and decisions of the scenario, and the first files of its ledger."""
    return Given.read(excerpt(tmp_path_factory.mktemp("input"), LEDGER_FILES))


@pytest.fixture(scope="session")
def played(system: System, given: Given) -> Played:
    """What the doors answered when the scenario was played; all of it has had its effect."""
    with Progress(disable=True) as progress:
        done = asyncio.run(play(system.platform, given, progress))
    waiting.until_still(system)
    return done


def excerpt(folder: Path, ledger_files: int) -> Path:
    (folder / "ledger").mkdir()
    for file in sorted(SCENARIO.glob("*.jsonl")):
        shutil.copy(file, folder)
    for file in sorted((SCENARIO / "ledger").glob("*.csv"))[:ledger_files]:
        shutil.copy(file, folder / "ledger")
    return folder
