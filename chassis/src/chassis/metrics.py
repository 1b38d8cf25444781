"""Samples of how the process is: for metrics, for readiness, and for the watchdog."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiokafka.errors import KafkaError

from chassis import telemetry
from chassis.database import TRANSIENT, Database
from chassis.watchdog import Watchdog

log = structlog.get_logger()

EVERY = 5.0  # seconds
OLDEST = 60.0  # seconds that an event may wait for Kafka before others should be asked instead of us
SAMPLE = """
select count(*) as outbox_depth, coalesce(extract(epoch from now() - min(created_at)), 0) as outbox_oldest,
       (select count(*) from dead_letters where handled_at is null and reason is not null) as dead_letters,
       (select count(*) from parked) as parked, (select count(*) from sequence_breaks) as sequence_breaks,
       (select count(*) from outbox where refused is not null and not given_up) as refused,
       (select coalesce(extract(epoch from now() - min(arrived_at)), 0)
        from dead_letters where handled_at is null) as aside
from outbox where position is null and refused is null
"""

Places = Mapping[tuple[str, int], int]


class Samples:
    """`end_offsets`: of what the service reads. `checks`: what the latest sample says of what we stand on."""

    def __init__(self, database: Database, end_offsets: Callable[[], Awaitable[Places]]) -> None:
        self._database, self._end_offsets = database, end_offsets
        self._behind_since: float | None = None
        self.checks: Mapping[str, bool] = {"database": False}

    async def run(self, *, reads: bool) -> None:
        """Sample until cancelled; while a dependency is away the last figures stand. `reads`: this process consumes."""
        loop, watchdog = asyncio.get_running_loop(), Watchdog()
        try:
            while True:
                positions, ends = await self._try()
                watchdog.see(loop.time(), positions, ends if reads else {})
                asleep = loop.time()
                await asyncio.sleep(EVERY)
                telemetry.LOOP_LAG.set(loop.time() - asleep - EVERY)
        finally:
            watchdog.rest()

    async def _try(self) -> tuple[Places, Places]:
        checks = dict.fromkeys(("database", "kafka", "outbox"), False)
        try:
            async with asyncio.timeout(EVERY):
                return await self._sample(checks)
        except (KafkaError, *TRANSIENT) as error:
            log.warning("metrics.no_sample", error=type(error).__name__)
            return {}, {}
        finally:
            self.checks = checks

    async def _sample(self, checks: dict[str, bool]) -> tuple[Places, Places]:
        """Where our positions stand, and where the topics end."""
        async with self._database.runner() as connection:
            row = await connection.fetchrow(SAMPLE)
            found = await connection.fetch("select topic, partition, next from positions")
        held = row["refused"] > 0  # what waits behind a refused event is an operator's, and no reason to ask others
        checks.update(database=True, outbox=held or row["outbox_oldest"] < OLDEST)
        positions, ends = {(p["topic"], p["partition"]): p["next"] for p in found}, await self._end_offsets()
        checks["kafka"] = True
        now = asyncio.get_running_loop().time()
        lags = {place: max(0, end - positions.get(place, 0)) for place, end in ends.items()}
        self._behind_since = (self._behind_since or now) if any(lags.values()) else None
        for (topic, partition), lag in lags.items():
            telemetry.CONSUMER_LAG.labels(topic, partition).set(lag)
        telemetry.OUTBOX_DEPTH.set(row["outbox_depth"])
        telemetry.OUTBOX_OLDEST.set(row["outbox_oldest"])
        telemetry.DEAD_LETTERS.set(row["dead_letters"])
        telemetry.PARKED_KEYS.set(row["parked"])
        telemetry.OUTBOX_REFUSED.set(row["refused"])
        telemetry.SEQUENCE_BREAKS.set(row["sequence_breaks"])
        telemetry.OLDEST_UNHANDLED.set(max(float(row["aside"]), now - self._behind_since if self._behind_since else 0))
        return positions, ends
