"""A process of the sample service on a database of the tests' own, part by part, under a clock that stands still."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from chassis.calls import Calls, Policy
from chassis.clock import Clock
from chassis.consumer import Consumer
from chassis.database import Database
from chassis.decided import Wiring
from chassis.envelope import Record, encode
from chassis.operations.letters import DeadLetters
from chassis.outputs import Gateway, Message
from chassis.store import Store
from chassis.timers import Timers
from demo.local.databases import Urls
from tests.integration import sample

TOPIC = "deposits.v1"
TYNSET, GAULDAL = "3427", "5027"
SOME_ID = UUID("7a0c0f4e-0000-4000-8000-000000000001")
PATIENCE = 30  # seconds

Place = tuple[str, int]


@dataclass
class Time:
    """Moves by hand alone."""

    now: datetime = datetime(2019, 5, 2, 9, 0, tzinfo=UTC)

    def pass_by(self, **lengths: float) -> None:
        self.now += timedelta(**lengths)


@dataclass
class Bench:
    urls: Urls
    database: Database
    time: Time = field(default_factory=Time)
    counts_to: str = "counts.v1"

    def __post_init__(self) -> None:
        self.clock = Clock(machine=lambda: self.time.now)
        wiring = Wiring("sample", {sample.Counted.type: self.counts_to}, sample.project, sample.TABLES)
        self.store = Store(self.database, self.clock, wiring, sample.KINDS, sample.HANDLERS)
        self.letters = DeadLetters(self.database, self.store, sample.READERS, sample.CLASSES)

    def consumer(self) -> Consumer:
        return Consumer(self.database, self.store, sample.READERS)

    async def reading(self, *partitions: int) -> Consumer:
        """A consumer to which partitions are assigned, without a Kafka."""
        consumer = self.consumer()
        await consumer.on_assigned(NoKafka(), {(TOPIC, each) for each in partitions or (0,)})
        return consumer

    def timers(self, ends: Mapping[Place, int] | None = None) -> Timers:
        async def end_offsets() -> Mapping[Place, int]:
            return dict(ends or {})

        return Timers(self.database, self.store, self.clock, sample.CLASSES, end_offsets)

    def calls(self, gateway: Gateway, **policy: float) -> Calls:
        given: dict[str, Any] = {"per_second": 1000.0, "first_back_off": 0.01, "longest_back_off": 0.05, **policy}
        return Calls(self.database, self.store, self.clock, {"bank": gateway}, {"bank": Policy(**given)})

    async def command(self, subject: str, body: Any, *, id: UUID | None = None, content: str = "", of: str = TYNSET):
        given = message(subject, body, id=id, of=of)
        return dict(await self.store.command(given, request_hash=(content or body.model_dump_json()).encode()))

    async def account(self, id: str, of: str = TYNSET) -> sample.Account | None:
        return (await self.store.states(of, "account", [id])).get(id)

    async def accounts(self, of: str = TYNSET) -> dict[str, sample.Account]:
        return await self.store.states(of, "account", [row["key"] for row in await self.rows("select key from states")])

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.database.runner() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]

    async def value(self, sql: str, *arguments: Any) -> Any:
        (row,) = await self.rows(sql, *arguments)
        (value,) = row.values()
        return value

    async def waiting_for_a_lock(self) -> bool:
        """Whether somebody on this database stands in a queue."""
        return bool(
            await self.value(
                "select count(*) from pg_locks where not granted "
                "and pid in (select pid from pg_stat_activity where datname = current_database())"
            )
        )


class NoKafka:
    """The little of a Kafka client that an assignment asks for."""

    end = 1_000_000

    async def beginning_offsets(self, places: Iterable[Place]) -> dict[Place, int]:
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places: Iterable[Place]) -> dict[Place, int]:
        return dict.fromkeys(places, self.end)

    def seek(self, place: Place, offset: int) -> None:
        pass


def message(subject: str, body: Any, *, id: UUID | None = None, of: str = TYNSET) -> Message:
    return Message(id or uuid4(), body.type, subject, of, datetime(2019, 5, 2, tzinfo=UTC), body)


def record(
    subject: str,
    body: Any,
    offset: int,
    *,
    partition: int = 0,
    topic: str = TOPIC,
    id: UUID | None = None,
    of: str = TYNSET,
) -> Record:
    """As the codec writes it; its id rests on the place unless one is given."""
    headers, value = encode(
        body,
        id=id or uuid5(SOME_ID, f"{topic}:{partition}:{offset}"),
        source=f"/no/kommune/{of}/bank",
        subject=subject,
        time=datetime(2019, 5, 2, tzinfo=UTC),
        kommunenummer=of,
        sequence=1,
        correlation="",
        causation="",
        traceparent="",
        classification="internal",
    )
    raw = [(name, text.encode()) for name, text in headers.items()]
    return Record(topic, partition, offset, subject.encode(), value, raw)


async def until(condition: Callable[[], Awaitable[Any]], patience: float = PATIENCE) -> None:
    """Wait for something to come true, and fail if it doesn't in time."""
    deadline = time.monotonic() + patience
    while not await condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(*parts: Awaitable[Any]):
    """Parts of a process at work; one that ends by itself is an error."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        yield tasks
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


def batches(records: Sequence[Record], size: int) -> list[Sequence[Record]]:
    return [records[start : start + size] for start in range(0, len(records), size)]
