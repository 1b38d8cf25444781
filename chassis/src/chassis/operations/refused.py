"""Events that Kafka refused for good, and the later ones of their keys that wait: send them again, or give them up."""

from typing import Any, Literal

from chassis.database import Database
from chassis.operations import queries


class RefusedEvents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self) -> list[dict[str, Any]]:
        async with self._database.runner() as connection:
            return [dict(row) for row in await connection.fetch(queries.REFUSED)]

    async def settle(self, id: int, by: str, because: str, how: Literal["sent_again", "given_up"]) -> bool:
        """sent_again: the relay takes it as if it were new, before the later ones. given_up: those go without it."""
        async with self._database.runner() as connection:
            settled = await connection.fetchval(queries.SETTLE, id, by, how, because)
        self._database.wake()
        return settled is not None
