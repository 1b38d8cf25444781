"""How long it takes from a payment on Kafka to the change on an open page, at so many payments a second.

Real Kafka and PostgreSQL, the services intake and notifications, and Chromium with a caseworker's inbox open. Of 3,000
tenancies every tenth is behind with the rent, so that every tenth payment changes a card. Each payment is of one krone
and dated within the closed books: what the page says would close the alert falls with it, and says by that which
payments it has seen. Time is from the record's sending until the page shows it; by the way, until the database tells
of it. `--pages` opens so many more pages, without a browser.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from statistics import quantiles
from uuid import uuid5

import asyncpg
import httpx
from confluent_kafka import Producer
from playwright.async_api import Page, async_playwright

from benchmarks.closes import MUNICIPALITY, NAMES, put_in, tenancy
from chassis.envelope import encode
from demo.local import chromium
from demo.local.places import ROOT
from demo.local.platform import Platform
from demo.pictures.browsing import ARGUMENTS
from demo.player.services import ready, start_partners, start_service
from notifications import messages as m
from tests.e2e.system import until

GOAL = {50: 150.0, 99: 500.0}  # milliseconds per percentile
TENANCIES, SECONDS, PACE = 3_000, 60, 300
KRONE = 100  # øre
WITHIN = date(2018, 12, 10)  # the last close is of 16 December
WATCH = """() => {
    window.seen = [];
    const note = (card) => {
        const left = /Betales ([\\d\\s]+) kr/.exec(card.querySelector('.alert__why').textContent);
        if (left) window.seen.push([card.querySelector('h3 a').pathname.split('/').pop(),
                                    Number(left[1].replace(/\\s/g, '')), performance.timeOrigin + performance.now()]);
    };
    new MutationObserver((changes) => {
        for (const change of changes) for (const node of change.addedNodes) if (node.matches?.('article')) note(node);
    }).observe(document.getElementById('varsler'), {childList: true, subtree: true});
    document.querySelectorAll('#varsler article').forEach(note);
}"""
Seen = Mapping[str, Sequence[tuple[float, float]]]


class Payments:
    """Sent at an even pace. `sent`: when each payment of a tenancy was handed to Kafka, in order."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.sent: dict[str, list[float]] = defaultdict(list)
        self._producer = Producer(platform.kafka.connection("intake").confluent() | {"linger.ms": 0, "acks": "all"})
        self._chance = random.Random(seed)

    async def run(self, seconds: float, pace: int) -> None:
        began = time.monotonic()
        for n in range(int(seconds * pace)):
            self._send(n, tenancy(self._chance.randrange(TENANCIES)))
            self._producer.poll(0)
            await asyncio.sleep(max(0.0, began + n / pace - time.monotonic()))
        await asyncio.to_thread(self._producer.flush, 30)

    def _send(self, n: int, key: str) -> None:
        line = str(uuid5(NAMES, f"krone {n}"))
        headers, value = encode(
            m.PaymentRegistered(line_id=line, dated_on=WITHIN, amount_ore=KRONE),
            id=uuid5(NAMES, f"payment {n}"),
            source=f"/no/kommune/{MUNICIPALITY}/intake",
            subject=key,
            time=datetime.now(UTC),
            kommunenummer=MUNICIPALITY,
            sequence=len(self.sent[key]) + 1,
            correlation="benchmark",
            causation="benchmark",
            traceparent="",
            classification="internal",
        )
        self.sent[key].append(time.time() * 1000)
        self._producer.produce("arrears.v1", value, key=key, headers=list(headers.items()))


def shown_after(sent: Mapping[str, Sequence[float]], seen: Seen) -> list[float]:
    """Milliseconds from each payment to the first time that the page showed a sum with it taken off."""
    found = []
    for key, times in sent.items():
        if not seen.get(key):
            continue
        (_, before), *later = seen[key]
        for number, at in enumerate(times, 1):
            when = next((moment for moment, left in later if left <= before - number), None)
            found.append(float("inf") if when is None else when - at)
    return found


def told_after(sent: Mapping[str, Sequence[float]], told: Mapping[str, Sequence[float]]) -> list[float]:
    """Milliseconds from each payment to the next time that the database told of its tenancy."""
    nexts = ((at, next((moment for moment in told[key] if moment > at), None)) for key in told for at in sent[key])
    return [moment - at for at, moment in nexts if moment is not None]


async def looking(page: Page, platform: Platform) -> None:
    await page.goto(platform.addresses.url("notifications"))
    await page.locator(f"#boligansvarlig-{MUNICIPALITY}").click()
    await page.locator("#forbindelse[data-state=live]").wait_for()


async def streaming(platform: Platform, cookies: Mapping[str, str], stop: asyncio.Event) -> None:
    """One more page, which takes what it is told and shows nothing."""
    async with httpx.AsyncClient(cookies=dict(cookies), timeout=httpx.Timeout(30)) as client:
        while not stop.is_set():
            url, headers = f"{platform.addresses.url('notifications')}/strom", {"Accept": "text/event-stream"}
            async with client.stream("GET", url, headers=headers) as answer:
                async for _ in answer.aiter_bytes():
                    if stop.is_set():
                        break


async def measured(platform: Platform, seconds: float, pace: int, pages: int) -> tuple[list[float], list[float]]:
    payments, told, stop = Payments(platform, 20190503), defaultdict[str, list[float]](list), asyncio.Event()
    connection = await asyncpg.connect(platform.urls["notifications"].runners)
    await connection.add_listener(
        "board", lambda *each: told[str(each[-1]).partition(" ")[2]].append(time.time() * 1000)
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=list(ARGUMENTS))
        page = await browser.new_page(locale="nb-NO")
        await looking(page, platform)
        cookies = {each["name"]: each["value"] for each in await page.context.cookies()}
        others = [asyncio.create_task(streaming(platform, cookies, stop)) for _ in range(pages)]
        await page.evaluate(WATCH)
        await payments.run(seconds, pace)
        await asyncio.sleep(3)
        rows = await page.evaluate("window.seen")
        stop.set()
        for other in others:
            other.cancel()
        await browser.close()
    await connection.close()
    seen = defaultdict[str, list[tuple[float, float]]](list)
    for key, left, moment in rows:
        seen[key].append((moment, left))
    return shown_after(payments.sent, seen), told_after(payments.sent, told)


def measure(seconds: float, pace: int, pages: int) -> tuple[list[float], list[float]]:
    with Platform() as platform:
        start_partners(platform)
        children = [start_service(platform, name) for name in ("intake", "notifications")]
        until(lambda: all(ready(platform, name) for name in ("intake", "notifications")), "both ready")
        put_in(platform, TENANCIES)
        environment = os.environ | platform.service_environment("notifications")
        subprocess.run([sys.executable, "-m", "notifications", "rebuild"], check=True, env=environment, cwd=ROOT)
        found = asyncio.run(measured(platform, seconds, pace, pages))
        assert all(child.alive for child in children)
        return found


def told(what: str, times: Sequence[float]) -> dict[int, float]:
    at = quantiles(times, n=100)
    print(f"{what}: {len(times):,} payments, p50 {at[49]:.0f} ms, p90 {at[89]:.0f} ms, p99 {at[98]:.0f} ms")
    return {50: at[49], 99: at[98]}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pace", type=int, default=PACE)
    parser.add_argument("--pages", type=int, default=0)
    given = parser.parse_args(arguments)
    shown, committed = measure(given.seconds, given.pace, given.pages)
    told("payment on Kafka to committed and told", committed)
    reached = told("payment on Kafka to the page", shown)
    print(f"goal: p50 < {GOAL[50]:.0f} ms, p99 < {GOAL[99]:.0f} ms at {PACE} events/s")
    return int(any(reached[percent] >= limit for percent, limit in GOAL.items()))


if __name__ == "__main__":
    sys.exit(main())
