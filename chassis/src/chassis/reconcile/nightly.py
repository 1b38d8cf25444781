"""Each night, in the process that reads: reconcile the newest days, measure what is found, alarm what is missing."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import httpx
import structlog
from aiokafka.errors import KafkaError

from chassis import telemetry
from chassis.database import TRANSIENT
from chassis.outputs import OSLO
from chassis.reconcile.comparing import Tally
from chassis.reconcile.reading import Reconciled, Reconciliation

log = structlog.get_logger()

AGAIN = 300.0  # seconds after one that failed, as a writer was away


def newest_days(number: int, today: date) -> list[date]:
    """So many days to today, the oldest first."""
    return [today - timedelta(days=back) for back in range(number - 1, -1, -1)]


def until_next(at: time, now: datetime) -> float:
    """Seconds to the next time that the clocks in Norway show `at`."""
    today = now.astimezone(OSLO).date()
    dues = (datetime.combine(today + timedelta(days=later), at, OSLO).astimezone(UTC) for later in (0, 1))
    return next(seconds for due in dues if (seconds := (due - now).total_seconds()) > 0)


async def reconcile_nightly(
    reconciliation: Reconciliation, at: time, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Until cancelled."""
    wait = until_next(at, now())
    while True:
        await asyncio.sleep(wait)
        done = await _done(reconciliation, newest_days(days, now().astimezone(OSLO).date()))
        wait = until_next(at, now()) if done else AGAIN


async def _done(reconciliation: Reconciliation, days: Sequence[date]) -> bool:
    try:
        for kommunenummer in await reconciliation.municipalities():
            alarm(await reconciliation.of(kommunenummer, days))
    except (httpx.HTTPError, KafkaError, *TRANSIENT) as error:
        log.warning("reconcile.again", error=type(error).__name__, seconds=AGAIN)
        return False
    telemetry.RECONCILED_AT.set_to_current_time()
    return True


def alarm(found: Reconciled) -> None:
    """Tell operators, in counts; which events those are, the command shows."""
    kommunenummer, by_topic = found.kommunenummer, dict[str, list[Tally]]()
    for tally in found.tallies:
        by_topic.setdefault(tally.topic, []).append(tally)
    for topic, tallies in by_topic.items():
        missing = sum(len(tally.missing) for tally in tallies)
        telemetry.RECONCILE_MISSING.labels(topic, kommunenummer).set(missing)
        if missing:
            log.error("reconcile.missing", topic=topic, kommunenummer=kommunenummer, events=missing)
    telemetry.RECONCILE_DIFFERENCES.labels(kommunenummer).set(len(found.differences))
    if found.differences:
        log.error("reconcile.sums_differ", kommunenummer=kommunenummer, sums=len(found.differences))
