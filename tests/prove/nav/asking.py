"""What the cases of a run ask of NAV, drawn from the seed before the first is asked.

A case is an application with its referrals, or a tenancy with its notices of husleieloven § 9-11. It asks several
times: a new revision of what it asked last, or another referral or notice. Some are withdrawn.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

NAMES = UUID("6f1a3c9e-0000-5000-8000-0000000a7b1d")
MUNICIPALITIES = ("3427", "5027")
REQUESTED_ON = date(2019, 5, 2)

Matter = Literal["referral", "nav_notice"]
# How often a case asks, with weights; a quarter of all cases are tenancies; every tenth takes its last referral back.
TIMES, WEIGHTS = (1, 2, 3, 4), (20, 40, 25, 15)
TENANCIES, WITHDRAWN, REVISED, HURRIED = 0.25, 0.1, 0.5, 1 / 3


class Pair(NamedTuple):
    """A referral or notice, in one revision: what NAV takes once."""

    referral: str
    revision: int


@dataclass(frozen=True, slots=True)
class Step:
    """`waits`: until the bridge has told what became of all that the case asked before."""

    what: Literal["request", "withdraw"]
    pair: Pair
    waits: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """A case. `id`: the key of its events."""

    id: str
    public_id: str
    person: str
    kommunenummer: str
    matter: Matter
    steps: tuple[Step, ...]

    @property
    def pairs(self) -> list[Pair]:
        """All that it asks for, in order."""
        return [step.pair for step in self.steps if step.what == "request"]

    def newer(self, pair: Pair) -> list[Pair]:
        return [each for each in self.pairs if each.referral == pair.referral and each.revision > pair.revision]


def askers(seed: int, requests: int, municipalities: Sequence[str] = MUNICIPALITIES) -> list[Asker]:
    """Cases that ask for exactly so much together."""
    chance, found, left = random.Random(f"askers {seed}"), list[Asker](), requests
    while left:
        times = min(left, chance.choices(TIMES, WEIGHTS)[0])
        found.append(_asker(seed, len(found), times, municipalities, chance))
        left -= times
    return found


def _asker(seed: int, number: int, times: int, municipalities: Sequence[str], chance: random.Random) -> Asker:
    def named(what: str) -> str:
        return str(uuid5(NAMES, f"{seed} {what} {number}"))

    matter: Matter = "nav_notice" if chance.random() < TENANCIES else "referral"
    steps = tuple(_steps(named, times, chance))
    kommunenummer = chance.choice(municipalities)
    return Asker(named("case"), named("public"), named("person"), kommunenummer, matter, steps)


def _steps(named, times: int, chance: random.Random) -> Iterator[Step]:
    """Another referral is asked for at once, so that it waits in the bridge; a new revision mostly later, as its first
    would else be superseded before it is sent.
    """
    pair = Pair(named("referral 1"), 1)
    yield Step("request", pair, waits=False)
    for n in range(2, times + 1):
        if chance.random() < REVISED:
            pair, waits = Pair(pair.referral, pair.revision + 1), chance.random() >= HURRIED
        else:
            pair, waits = Pair(named(f"referral {n}"), 1), False
        yield Step("request", pair, waits)
    if chance.random() < WITHDRAWN:
        yield Step("withdraw", pair, waits=chance.random() < 0.5)
