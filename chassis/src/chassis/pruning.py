"""Each night, what was kept for long enough goes: claimed ids, sent events, closed calls and settled dead letters.

A claim outlives the longest time in which its record may come again: retention on Kafka, and a restore on top. An
event outlives the years in which somebody may ask what came of what.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time

import structlog

from chassis.database import TRANSIENT, Database
from chassis.reconcile.nightly import until_next

log = structlog.get_logger()

AT_ONCE = 5_000  # rows of a transaction
INBOX = "inbox", "claimed_at < now() - make_interval(days => $1)"
EVENT_LOG = (
    ("outbox", "position is not null and created_at < now() - make_interval(days => $1)"),
    ("calls", "status <> 'open' and closed_at < now() - make_interval(days => $1)"),
    ("dead_letters", "handled_at < now() - make_interval(days => $1)"),
)


async def prune_nightly(
    database: Database,
    at: time,
    inbox_days: int,
    event_log_days: int,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Until cancelled."""
    while True:
        await asyncio.sleep(until_next(at, now()))
        try:
            log.info("pruned", **await prune(database, inbox_days, event_log_days))
        except TRANSIENT as error:
            log.warning("pruning.tomorrow", error=type(error).__name__)


async def prune(database: Database, inbox_days: int, event_log_days: int) -> dict[str, int]:
    """How many rows went, by table."""
    oldest = [(*INBOX, inbox_days), *((*each, event_log_days) for each in EVENT_LOG)]
    return {table: await _gone(database, table, condition, days) for table, condition, days in oldest}


async def _gone(database: Database, table: str, condition: str, days: int) -> int:
    """Names come from the code, never from input."""
    some = f"select ctid from {table} where {condition} limit {AT_ONCE} for update skip locked"  # noqa: S608
    gone = 0
    while True:
        async with database.runner() as connection:
            told = await connection.execute(f"delete from {table} where ctid = any(array({some}))", days)  # noqa: S608
        gone += (number := int(told.split()[-1]))
        if number < AT_ONCE:
            return gone
