"""One database per test module, emptied before each test, and processes of the sample service on it."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from chassis.database import Database, migrate
from demo.local import Platform
from demo.local.databases import Urls
from tests.integration.bench import Bench

MIGRATIONS = Path(__file__).parent / "sample_migrations"
EMPTY = """
do $$ declare found text; begin
    for found in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
        execute format('truncate %I restart identity cascade', found);
    end loop;
    insert into fuse default values;
end $$
"""


@pytest.fixture(scope="module")
def migrated(platform: Platform) -> Iterator[Urls]:
    name = f"test_{secrets.token_hex(6)}"
    urls = platform.databases.create([name])[name]
    migrate(urls.runners, urls.pages, [MIGRATIONS])
    yield urls
    platform.databases.drop([name])


@pytest.fixture
async def make_bench(migrated: Urls) -> AsyncIterator[Callable[..., Awaitable[Bench]]]:
    """Another process of the same service, on the same database, each time that it is called."""
    connection = await asyncpg.connect(migrated.runners)
    await connection.execute(EMPTY)
    await connection.close()
    made: list[Bench] = []

    async def make(**given) -> Bench:
        made.append(Bench(migrated, await Database.connect(migrated.runners, migrated.pages), **given))
        return made[-1]

    yield make
    for bench in made:
        await bench.database.close()


@pytest.fixture
async def bench(make_bench: Callable[[], Awaitable[Bench]]) -> Bench:
    return await make_bench()
