"""A reader's side: the writers' event logs, page by page, against what this service has."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from chassis.broker import Kafka
from chassis.database import Database
from chassis.envelope import MAJOR, PREFIX
from chassis.reconcile.comparing import Known, Logged, Sums, Tally
from chassis.reconcile.door import MOST_AGAIN, PURPOSE

# Asks for a municipality's sums; what it gives holds them against our own, once it is known what of them waits.
Check = Callable[[str], Awaitable[Callable[[], Awaitable[Sequence[Sums]]]]]

LETTERS = """
select event_id::text as id, bool_or(handled_at is null) as waits
from dead_letters where topic = $1 and event_id = any($2::uuid[]) group by 1
"""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Of one municipality: a tally per topic and day that has events, and the sums of files."""

    kommunenummer: str
    tallies: Sequence[Tally]
    sums: Sequence[Sums]

    @property
    def still_moving(self) -> bool:
        """Sums need not agree yet: events that they rest on wait somewhere."""
        return any(tally.waiting or tally.parked for tally in self.tallies)

    @property
    def differences(self) -> list[Sums]:
        return [] if self.still_moving else [each for each in self.sums if each.differs]

    @property
    def missing(self) -> int:
        return sum(len(tally.missing) for tally in self.tallies)


class Reconciliation:
    """`reads`: message classes per topic. `writers`: client per topic. `family`: a topic of which every municipality
    has one, by which we know the municipalities.
    """

    def __init__(
        self,
        database: Database,
        kafka: Kafka,
        reads: Mapping[str, Sequence[Any]],
        writers: Mapping[str, httpx.AsyncClient],
        check: Check | None = None,
        *,
        family: str,
    ) -> None:
        self._database, self._kafka, self._check, self._family = database, kafka, check, family
        self._types = {t: frozenset(f"{PREFIX}{m.type}.{MAJOR}" for m in messages) for t, messages in reads.items()}
        self._writers = writers

    async def municipalities(self) -> list[str]:
        start = len(self._family.partition("{")[0])
        return [name[start : start + 4] for name in await self._kafka.topics([self._family])]

    async def of(self, kommunenummer: str, days: Sequence[date]) -> Reconciled:
        compared = await self._check(kommunenummer) if self._check else None
        tallies = [await self._tally(topic, kommunenummer, day) for topic in self._types for day in days]
        sums = await compared() if compared else ()
        return Reconciled(kommunenummer, [tally for tally in tallies if tally.sent], sums)

    async def republish(self, tally: Tally, by: str) -> int:
        """Ask the writer to send what is missing once more; how many it still had."""
        ids, sent = [event.id for event in tally.missing], 0
        for start in range(0, len(ids), MOST_AGAIN):
            body = {"ids": ids[start : start + MOST_AGAIN]}
            answer = await self._ask("POST", tally.topic, tally.kommunenummer, "/republications", by=by, json=body)
            sent += answer["republished"]
        return sent

    async def _tally(self, topic: str, kommunenummer: str, day: date) -> Tally:
        tally = Tally(topic, kommunenummer, day)
        async for events in self._pages(topic, kommunenummer, day):
            tally.add(events, await self._known(topic, [event.id for event in events]))
        return tally

    async def _pages(self, topic: str, kommunenummer: str, day: date) -> AsyncIterator[list[Logged]]:
        after: int | None = 0
        while after is not None:
            asked = {"topic": topic, "day": day.isoformat(), "after": after}
            page = await self._ask("GET", topic, kommunenummer, "", params=asked)
            after = page["next"]
            yield [Logged(*row) for row in page["events"]]

    async def _ask(
        self, method: str, topic: str, kommunenummer: str, path: str, by: str = "system", **content: Any
    ) -> dict[str, Any]:
        headers = {"Kommunenummer": kommunenummer, "Acting-User": by, "Purpose": PURPOSE}
        answer = await self._writers[topic].request(method, f"/event-log{path}", headers=headers, **content)
        return dict(answer.raise_for_status().json())

    async def _known(self, topic: str, ids: Sequence[str]) -> Known:
        """In one snapshot, taken after the writer's page: what is neither here nor ahead of us then is missing."""
        async with self._database.runner() as connection, connection.transaction(isolation="repeatable_read"):
            positions = await connection.fetch("select partition, next from positions where topic = $1", topic)
            claimed = await connection.fetch("select id::text from inbox where id = any($1::uuid[])", ids)
            letters = await connection.fetch(LETTERS, topic, ids)
        return Known(
            received={row["id"] for row in claimed},
            parked={row["id"] for row in letters if row["waits"]},
            given_up={row["id"] for row in letters if not row["waits"]},
            positions={row["partition"]: row["next"] for row in positions},
            types=self._types[topic],
        )
