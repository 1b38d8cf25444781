"""What a service says and does when what it needs isn't there yet, or not at all."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import chassis.database
from chassis.database import Database, NoDatabase
from demo.local.running import python_path
from tests.prove.fronted import by_way_of

pytestmark = pytest.mark.integration

REFUSALS = 12  # more than a library's own idea of how often is often enough


@pytest.fixture
def run(platform) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line of intake, on the demo's platform but for what is given."""

    def run(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | platform.service_environment("intake") | {"PYTHONPATH": python_path()} | given
        argv = [sys.executable, "-m", "intake", *arguments]
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)

    return run


@asynccontextmanager
async def starting(port: int, refusals: int):
    """The port of a PostgreSQL that hangs up so many times, and then is the one at `port`."""
    left = refusals

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        if left:
            left -= 1
            writer.close()
            return
        theirs, ours = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, ours), carry(theirs, writer))

    async def carry(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while some := await source.read(65_536):
            to.write(some)
        to.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_a_database_that_is_still_starting_is_waited_for_however_often_it_hangs_up(database):
    async with starting(urlsplit(database.runners).port, REFUSALS) as port:
        found = await Database.connect(*(by_way_of(url, port) for url in (database.runners, database.pages)))
        async with found.runner() as connection:
            assert await connection.fetchval("select 1") == 1
        await found.close()


async def test_a_database_that_never_answers_is_given_up(database, monkeypatch):
    monkeypatch.setattr(chassis.database, "STARTING", 0.3)
    async with starting(0, 1_000) as port:
        with pytest.raises(NoDatabase, match=r"^Databasen svarer ikke: .+"):
            await Database.connect(by_way_of(database.runners, port), database.pages)


@pytest.mark.parametrize("command", [("run",), ("migrate",), ("rebuild",), ("dead-letters", "list")])
def test_each_command_says_in_one_sentence_that_its_database_is_not_there(run, database, command):
    nowhere = f"{database.runners.rpartition('/')[0]}/nowhere"
    ended = run(*command, DATABASE_URL=nowhere, PAGES_DATABASE_URL=database.pages)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == 'Databasen svarer ikke: database "nowhere" does not exist'


def test_a_file_that_a_service_cannot_start_with_is_named_in_one_sentence(run, tmp_path: Path):
    short = tmp_path / "key"
    short.write_text("kort")
    ended = run("run", IDENTITY_KEY_FILE=str(short))

    assert ended.returncode == 1
    assert ended.stderr.startswith("IDENTITY_KEY_FILE må holde minst")
