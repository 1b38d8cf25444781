"""When all that was put in has had its effect: nothing waits anywhere."""

import asyncio
import time
from collections.abc import Callable

import asyncpg

from chassis.broker import Kafka
from demo.player.running import Running
from demo.player.services import PACKAGES

WAITING = """
select (select count(*) from outbox where position is null and not given_up), (select count(*) from timers where told),
       (select count(*) from calls where status = 'open')
"""


class Stillness:
    """Counts what waits: events in outboxes and on Kafka, told messages, open calls."""

    def __init__(self, system: Running) -> None:
        self._system = system
        self._kafka: Kafka = system.admin_kafka()
        self._connections: dict[str, asyncpg.Connection] = {}

    async def __aenter__(self) -> "Stillness":
        for name in PACKAGES:
            self._connections[name] = await asyncpg.connect(self._system.urls[name].runners)
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._connections.values():
            connection.terminate()
        await self._kafka.close()

    async def waiting(self) -> dict[str, int]:
        """Per service, how much is on its way into or out of it."""
        found = {}
        readers = {name: topic.readers for name, topic in self._system.topics.named.items() if topic.readers}
        ends = await self._kafka.end_offsets(sorted(readers))
        for name, connection in self._connections.items():
            rows = await connection.fetch("select topic, partition, next from positions")
            read = {(row["topic"], row["partition"]): row["next"] for row in rows}
            unread = sum(end - read.get(place, 0) for place, end in ends.items() if name in readers[place[0]])
            found[name] = unread + sum(await connection.fetchrow(WAITING))
        return found

    async def reached(self, seconds: float, tell: Callable[[int], None] = lambda _: None) -> None:
        """Returns when nothing waits, telling how much does; raises what still does after so many seconds."""
        deadline = time.monotonic() + seconds
        while any((waiting := await self.waiting()).values()):
            self._system.check()
            tell(sum(waiting.values()))
            if time.monotonic() > deadline:
                raise TimeoutError(f"det som venter: {waiting}")
            await asyncio.sleep(0.2)
