"""Each event counts once; the night is Norwegian; what is found is alarmed in counts."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest
from prometheus_client import REGISTRY

import chassis.reconcile.nightly
from chassis.outputs import OSLO
from chassis.reconcile import KEPT_DAYS, Reconciled, Sums, Tally, reconcile_nightly
from chassis.reconcile.comparing import Known, Logged
from chassis.reconcile.nightly import newest_days, until_next
from chassis.topics import Topics
from demo.local.places import ROOT

DAY = date(2019, 5, 2)


def event(offset: int | None, *, id: str = "e", sent: bool = True, type: str = "read", partition: int | None = 0):
    return Logged(id, "key", type, 1, sent, partition, offset)


def became(logged: Logged, *, received=(), parked=(), given_up=(), positions=None) -> str:
    tally = Tally("t", "3427", DAY)
    known = Known(set(received), set(parked), set(given_up), positions or {0: 10}, {"read"})
    tally.add([logged], known)
    assert tally.sent == 1
    names = ("received", "waiting", "parked", "given_up", "erased", "not_for_us")
    counts = {name: getattr(tally, name) for name in names}
    ((name, one),) = [(name, n) for name, n in {**counts, "missing": len(tally.missing)}.items() if n]
    assert one == 1
    return name


@pytest.mark.parametrize(
    ("logged", "known", "name"),
    [
        (event(3), {"received": "e"}, "received"),
        (event(3), {"received": "e", "given_up": "e"}, "received"),
        (event(3), {"parked": "e"}, "parked"),
        (event(3), {"given_up": "e"}, "given_up"),
        (event(3, type="other"), {}, "not_for_us"),
        (event(10), {}, "waiting"),
        (event(0, partition=1), {}, "waiting"),
        (event(None, sent=False, partition=None), {}, "waiting"),
        (event(9), {}, "missing"),
        (event(None), {}, "missing"),
        (event(9)._replace(erased=True), {}, "erased"),
        (event(10)._replace(erased=True), {}, "waiting"),
        (event(3)._replace(erased=True), {"received": "e"}, "received"),
    ],
)
def test_what_became_of_an_event(logged, known, name):
    assert became(logged, **known) == name


def test_claims_are_kept_for_30_days_longer_than_any_topic_keeps_its_records():
    topics = Topics.read(ROOT / "schemas" / "topics.yaml").topics.values()
    assert max(topic.retention_days for topic in topics) + 30 == KEPT_DAYS


def test_sums_that_agree_in_lines_and_oere_dont_differ():
    assert not Sums("a", "f", 1, 1, 5, 5).differs
    assert Sums("a", "f", 1, 2, 5, 5).differs
    assert Sums("a", "f", 1, 1, 5, 6).differs


def test_sums_are_no_difference_while_events_that_they_rest_on_wait():
    differs = Sums("a", "f", 1, 0, 5, 0)
    assert Reconciled("3427", [Tally("t", "3427", DAY, sent=1, received=1)], [differs]).differences == [differs]
    assert Reconciled("3427", [Tally("t", "3427", DAY, sent=1, waiting=1)], [differs]).differences == []
    assert Reconciled("3427", [Tally("t", "3427", DAY, sent=1, parked=1)], [differs]).differences == []


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2019, 5, 2, 1, 0, tzinfo=OSLO), 2.5),
        (datetime(2019, 5, 2, 3, 30, tzinfo=OSLO), 24),
        (datetime(2019, 5, 2, 4, 0, tzinfo=OSLO), 23.5),
        (datetime(2019, 3, 30, 3, 30, tzinfo=OSLO), 23),
        (datetime(2019, 10, 26, 3, 30, tzinfo=OSLO), 25),
    ],
)
def test_the_next_run_is_when_norwegian_clocks_show_its_time(now, hours):
    assert until_next(time(3, 30), now.astimezone(UTC)) == hours * 3600


def test_the_newest_days_end_today():
    assert newest_days(3, DAY) == [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]


class Nights:
    """A reconciliation whose writer is away for the first `closed` times."""

    def __init__(self, closed: int = 0) -> None:
        self.closed, self.asked, self.done = closed, list[Sequence[date]](), asyncio.Event()

    async def municipalities(self) -> list[str]:
        return ["3427"]

    async def of(self, kommunenummer: str, days: Sequence[date]) -> Reconciled:
        self.asked.append(days)
        if len(self.asked) <= self.closed:
            raise httpx.ConnectError("away")
        self.done.set()
        missing = Tally("nights.v1", kommunenummer, DAY, sent=2, received=1, missing=[event(3)])
        return Reconciled(kommunenummer, [missing], [Sums("a", "f", 1, 0, 5, 0)])


async def a_night(nights: Nights, monkeypatch) -> None:
    monkeypatch.setattr(chassis.reconcile.nightly, "AGAIN", 0.001)
    just_before = datetime(2019, 5, 2, 3, 29, 59, 999_000, tzinfo=OSLO).astimezone(UTC)
    run = asyncio.create_task(reconcile_nightly(nights, time(3, 30), 2, lambda: just_before))
    async with asyncio.timeout(10):
        await nights.done.wait()
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


async def test_each_night_what_is_missing_is_alarmed_in_counts(monkeypatch, logged):
    nights = Nights()
    await a_night(nights, monkeypatch)

    assert nights.asked[0] == [date(2019, 5, 1), DAY]
    labels = {"topic": "nights.v1", "kommunenummer": "3427"}
    assert REGISTRY.get_sample_value("boligflyt_reconcile_missing", labels) == 1
    assert REGISTRY.get_sample_value("boligflyt_reconcile_differences", {"kommunenummer": "3427"}) == 1
    told = {line["event"]: line for line in logged if line["log_level"] == "error"}
    assert told["reconcile.missing"]["events"] == told["reconcile.sums_differ"]["sums"] == 1


async def test_a_writer_that_is_away_is_asked_again_the_same_night(monkeypatch):
    nights = Nights(closed=2)
    await a_night(nights, monkeypatch)
    assert len(nights.asked) >= 3
