"""What transactions tell a channel of PostgreSQL as they commit (LISTEN and NOTIFY)."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from chassis.database import Database

HEARTBEAT = 5.0  # seconds


async def hear(database: Database, channel: str) -> AsyncGenerator[set[str] | None]:
    """All that has been told by now, each time that something is; None first, once it listens.

    Raises what `chassis.database.TRANSIENT` names when the connection is lost: of a silent loss it knows within
    `HEARTBEAT` and the command's own time. What was told meanwhile is missed. Everyone who listens hears everything,
    of every municipality, so that what is told holds ids alone and is never shown.
    """
    told: asyncio.Queue[str] = asyncio.Queue()

    def take(*notification: Any) -> None:
        told.put_nowait(notification[-1])

    async with database.runner() as connection:
        await connection.add_listener(channel, take)
        try:
            yield None
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        found = {await told.get()}
                except TimeoutError:
                    await connection.execute("select 1")
                    continue
                while not told.empty():
                    found.add(told.get_nowait())
                yield found
        finally:
            await connection.remove_listener(channel, take)
