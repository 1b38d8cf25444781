"""Connections to the service's own PostgreSQL: a pool for the runners, one for pages under row-level security."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import stamina
from alembic import command
from alembic.config import Config
from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError
from asyncpg.pool import PoolConnectionProxy

from chassis.errors import BoligflytError

Connection = asyncpg.Connection | PoolConnectionProxy

# A plan that was kept from when a table was nearly empty compares each row with each: ten seconds for an outbox of
# some thousands. Planning for the table as it is costs a fraction of a millisecond.
PLANNED_ANEW = {"plan_cache_mode": "force_custom_plan"}
STARTING = 60.0  # seconds
# The same work done again may succeed.
TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    InterfaceError,
    InternalClientError,  # a connection used between the server's farewell and its end
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    ConnectionError,
    TimeoutError,
    OSError,
)
# The database will never take this content.
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)


class NoDatabase(BoligflytError):
    """Nobody answers, or we aren't let in; the sentence says where and why, in the words of the client."""


class Database:
    """`runner()` sees all municipalities; `pages(kommunenummer)` sees one, by the database's own rule."""

    def __init__(self, runner: asyncpg.Pool, pages: asyncpg.Pool) -> None:
        self._runner, self._pages = runner, pages
        self._wakers: dict[str, asyncio.Event] = {}

    @classmethod
    async def connect(cls, url: str, pages_url: str, *, size: int = 8) -> "Database":
        """Waits up to a minute for a PostgreSQL that is still starting. Raises `NoDatabase`."""
        given = {"min_size": 1, "max_size": size, "server_settings": PLANNED_ANEW}
        try:
            async for attempt in stamina.retry_context(on=TRANSIENT, attempts=None, timeout=STARTING, wait_max=1):
                with attempt:
                    runner = await asyncpg.create_pool(url, command_timeout=60, **given)
                    pages = await asyncpg.create_pool(pages_url, command_timeout=30, **given)
        except (PostgresError, *TRANSIENT) as error:
            raise NoDatabase(f"Databasen svarer ikke: {error}") from None
        return cls(runner, pages)

    @asynccontextmanager
    async def runner(self) -> AsyncIterator[Connection]:
        async with self._runner.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def pages(self, kommunenummer: str) -> AsyncIterator[Connection]:
        """A transaction that sees the rows of one municipality alone."""
        async with self._pages.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('boligflyt.kommunenummer', $1, true)", kommunenummer)
            yield connection

    def wake(self) -> None:
        """Tell the runners in this process that there may be work; those of others find it by polling."""
        for event in self._wakers.values():
            event.set()

    async def rest(self, runner: str, seconds: float) -> None:
        """Wait until there is work for `runner`, at most so long."""
        event = self._wakers.setdefault(runner, asyncio.Event())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for may take a cancellation for the event: it went on for good
                await event.wait()
        event.clear()

    async def close(self) -> None:
        self._runner.terminate()
        self._pages.terminate()


def migrate(url: str, pages_url: str, folders: list[Path]) -> None:
    """Bring the database to the newest form, then give the pages' role its rows and no others.

    `folders`: the service's own migrations; the chassis' are a branch beside them.
    """
    chassis = Path(__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(chassis))
    config.set_main_option("version_locations", ":".join(map(str, [chassis / "versions", *folders])))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = "postgresql+psycopg://" + url.split("://", 1)[1]
    config.attributes["pages_role"] = urlsplit(pages_url).username
    command.upgrade(config, "heads")
