"""Twenty thousand broken files at intake's door: a report by line or a clear refusal each, and never half a line.

The door is that of the service, with its handlers, over a store in memory; how a file that is taken is entered in the
database, through every kill, is `lines`' and `soak`'s to show.
"""

import asyncio
import math
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.broken_files import LARGEST, SAMPLES, WAYS, Doors, Way, a_sample, findings
from tests.prove.proof import Given, Proof, table

FILES = 20_000
ORDINARY, LONG, LONGEST = 12, 600, 8_000  # lines
OFTEN, SELDOM = 0.975, 0.995  # of the files are ordinary, or at most long
OVER = WAYS[-1]
OVER_THE_LIMIT = 0.01  # of the files: each takes as long as a hundred others
MARK = 2_000
MOST_SHOWN = 20


@dataclass
class Result:
    answered: dict[tuple[str, str], Counter[int]] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    booked: int = 0
    bad: int = 0
    sizes: list[int] = field(default_factory=list)
    slowest: float = 0.0


def prove(given: Given) -> Proof:
    result = asyncio.run(_all(given))
    holds = not result.found and sum(sum(each.values()) for each in result.answered.values()) == FILES
    return Proof("Broken files at intake's door", holds, report(result))


async def _all(given: Given) -> Result:
    result = Result()
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(Path(folder))
        for number in range(FILES):
            await _one(doors, number, given.seed, result)
            if (number + 1) % MARK == 0:
                given.say(f"{number + 1} files, {len(result.found)} findings")
    return result


async def _one(doors: Doors, number: int, seed: int, result: Result) -> None:
    """Drawn from the seed and its number alone, so that it can be made again by itself."""
    dice = random.Random(f"{seed} {number}")
    form, way = dice.choice(list(SAMPLES)), _way(dice)
    sample = a_sample(form, dice, _lines(dice))
    raw = way(sample.raw, dice)
    began = time.perf_counter()
    answer = await doors.answer(sample.kommunenummer, raw)
    result.slowest = max(result.slowest, time.perf_counter() - began)
    result.answered.setdefault((form, way.__name__), Counter())[answer.status] += 1
    result.found += [f"file {number} ({form}, {way.__name__}): {what}" for what in findings(sample, raw, answer)]
    result.booked += len(answer.booked)
    result.bad += answer.body.get("bad", 0)
    result.sizes.append(len(raw))


def _way(dice: random.Random) -> Way:
    return OVER if dice.random() < OVER_THE_LIMIT else dice.choice(WAYS[:-1])


def _lines(dice: random.Random) -> int:
    """Most files are short, as what breaks one is; some are as long as a file of the limit has room for."""
    size = dice.random()
    longest = ORDINARY if size < OFTEN else LONG if size < SELDOM else LONGEST
    return round(math.exp(dice.uniform(0, math.log(longest))))


def report(result: Result) -> str:
    statuses = (202, 400, 413, 422)
    rows = [
        (
            way.__name__.replace("_", " "),
            *(
                sum(result.answered.get((form, way.__name__), Counter())[status] for form in SAMPLES)
                for status in statuses
            ),
        )
        for way in WAYS
    ]
    forms = [
        (
            form,
            *(sum(result.answered.get((form, way.__name__), Counter())[status] for way in WAYS) for status in statuses),
        )
        for form in SAMPLES
    ]
    sizes = sorted(result.sizes)
    head = (
        f"{len(sizes):,} files of every form that intake takes (our own, two finance systems', JSON lines, OCR giro, "
        f"two tenancy registers), each broken in one way, {sizes[0]:,} to {sizes[-1]:,} bytes, median "
        f"{sizes[len(sizes) // 2]:,}, {sum(size > LARGEST / 2 for size in sizes):,} of them over half the limit of "
        f"{LARGEST:,}. {result.booked:,} lines were booked, all as they stood in the file before it was broken; "
        f"{result.bad:,} were named as bad, each by its number. Slowest answer: {result.slowest:.1f} s. Nothing that "
        "stands in a file of a person, a KID or a formula was in a log, an output or an answer. Every refusal had a "
        "sentence, and nothing of a refused file was booked. What is checked of each answer: `tests/broken_files.py`."
    )
    names = ["202 taken, bad lines named", "400 no such file", "413 too large", "422 refused whole"]
    found = "\n".join(f"* {each}" for each in result.found[:MOST_SHOWN]) or "Found: none."
    return "\n\n".join([head, table(["broken", *names], rows), table(["form", *names], forms), found])
