"""Samples of what stands still: lag, outbox, dead letters, parked keys, the oldest unhandled event."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiokafka.errors import KafkaError

from chassis import telemetry
from chassis.database import TRANSIENT, Database

log = structlog.get_logger()

EVERY = 5.0  # seconds
SAMPLE = """
select count(*) as outbox_depth, coalesce(extract(epoch from now() - min(created_at)), 0) as outbox_oldest,
       (select count(*) from dead_letters where handled_at is null and reason is not null) as dead_letters,
       (select count(*) from parked) as parked, (select count(*) from sequence_breaks) as sequence_breaks,
       (select coalesce(extract(epoch from now() - min(arrived_at)), 0)
        from dead_letters where handled_at is null) as aside
from outbox where position is null
"""

Ends = Mapping[tuple[str, int], int]


async def sample_always(database: Database, end_offsets: Callable[[], Awaitable[Ends]]) -> None:
    """Sample until cancelled; while a dependency is away the last sample stands."""
    behind_since: float | None = None
    while True:
        try:
            async with database.runner() as connection:
                row = await connection.fetchrow(SAMPLE)
                positions = {
                    (p["topic"], p["partition"]): p["next"] for p in await connection.fetch("select * from positions")
                }
            lags = {place: max(0, end - positions.get(place, 0)) for place, end in (await end_offsets()).items()}
        except (KafkaError, *TRANSIENT) as error:
            log.warning("metrics.no_sample", error=type(error).__name__)
        else:
            now = asyncio.get_running_loop().time()
            behind_since = (behind_since or now) if any(lags.values()) else None
            for (topic, partition), lag in lags.items():
                telemetry.CONSUMER_LAG.labels(topic, partition).set(lag)
            telemetry.OUTBOX_DEPTH.set(row["outbox_depth"])
            telemetry.OUTBOX_OLDEST.set(row["outbox_oldest"])
            telemetry.DEAD_LETTERS.set(row["dead_letters"])
            telemetry.PARKED_KEYS.set(row["parked"])
            telemetry.SEQUENCE_BREAKS.set(row["sequence_breaks"])
            telemetry.OLDEST_UNHANDLED.set(max(float(row["aside"]), now - behind_since if behind_since else 0))
        await asyncio.sleep(EVERY)
