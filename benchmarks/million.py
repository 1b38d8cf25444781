"""A ledger file of a million lines, through the real database: how long, in how much memory, and killed half-way.

The import lives in a process of its own, as intake runs it: the file streams in, part by part, and then books itself.
It is killed (SIGKILL) once half of the lines are in the books, and run again: the books must be those of a clean run.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import psycopg

from demo.local.databases import Urls
from demo.local.platform import Platform
from intake.translation.receiving import AT_ONCE
from tests.prove.imports.books import books
from tests.prove.imports.lives import Lives

LINES, BAD_EVERY = 1_000_000, 97_001
GOAL = 200.0  # MiB
TAKEN = "select coalesce(sum(taken), 0) from imports"
BOOKED = "select coalesce(sum(booked), 0) from bookings"
POLL = 0.5  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--no-kill", action="store_true", help="the clean run alone")
    given = parser.parse_args(arguments)
    with Platform() as platform, tempfile.TemporaryDirectory() as folder:
        lives = Lives(platform.databases, Path(folder), given.lines, bad_every=BAD_EVERY, at_once=AT_ONCE)
        clean, began = lives.database(), time.monotonic()
        largest = watched(lives.begin(clean), clean, "clean", until=None)
        seconds, found = time.monotonic() - began, books(clean)
        print(f"{given.lines:,} lines in {seconds:.0f} s ({given.lines / seconds:,.0f}/s), {largest:.0f} MiB at most")
        print(f"goal: under {GOAL:.0f} MiB")
        if given.no_kill:
            return int(largest >= GOAL)
        killed = lives.database()
        watched(lives.begin(killed), killed, "killed", until=lambda taken: taken >= given.lines // 2)
        largest = max(largest, watched(lives.begin(killed), killed, "again", until=None))
        same = books(killed) == found
        print(
            f"killed half-way and run again: {'the same books' if same else 'OTHER BOOKS'}, {largest:.0f} MiB at most"
        )
    return int(largest >= GOAL or not same)


def watched(life: BaseProcess, urls: Urls, name: str, until: Callable[[int], bool] | None) -> float:
    """Its largest resident memory in MiB; killed as soon as `until` holds of the lines that are in the books."""
    began, told, largest = time.monotonic(), 0.0, 0.0
    process = psutil.Process(life.pid)
    with psycopg.connect(urls.runners, autocommit=True) as connection:
        while life.is_alive():
            largest = max(largest, process.memory_info().rss / 2**20)
            taken, booked = (int(connection.execute(sql).fetchone()[0]) for sql in (TAKEN, BOOKED))  # type: ignore[index]
            if time.monotonic() - told > 10:
                told = time.monotonic()
                print(
                    f"{told - began:6.0f} s  {name}: {taken:,} entered, {booked:,} booked, {largest:.0f} MiB",
                    flush=True,
                )
            if until and until(taken):
                life.kill()
            life.join(POLL)
    if until is None and life.exitcode:
        raise SystemExit(f"the import ended with {life.exitcode}")
    return largest


if __name__ == "__main__":
    sys.exit(main())
