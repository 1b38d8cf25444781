"""Who gets which fate: roles are cast, leases are drawn to fit them, and lives are lived until one comes off."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.generator.days import Horizon, add_months, months_between
from demo.generator.facts import Lease, luhn, outstanding
from demo.generator.fates import indebted
from demo.generator.foretold import TooClose
from demo.generator.life import Life

KRONER = 100
TRIES = 200
LEASE_YEARS = 3  # A:608
STOPPING = (10, 15)
ANY_DUE_DAY = (1, 10, 15)


class NoRoom(Exception):
    """The books hold no month in which this fate can be played."""


@dataclass(frozen=True, slots=True)
class Role:
    """A fate, how often, due on which days of the month, and how many months at least it takes."""

    fate: Callable[[Life], None]
    count: int
    due_days: tuple[int, ...] = STOPPING
    months: int = 13


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the fates are played. `places`: of the dwellings, by their kind; one for each contract in turn."""

    seed: int
    horizon: Horizon
    kommunenumre: tuple[str, ...]
    dwellings: Sequence[tuple[str, str]]

    def chance(self, *names: object) -> Random:
        return Random(":".join(map(str, (self.seed, *names))))

    def lease(self, number: int, chance: Random, due_day: int, started_on: date) -> Lease:
        """With an account whose first four digits are the municipality's."""
        kommunenummer = self.kommunenumre[number % len(self.kommunenumre)]
        kind, _ = self.dwellings[number - 1]
        ends = date(started_on.year + LEASE_YEARS, started_on.month, 1) - timedelta(days=1)
        fixed = kind == "gjennomgangsbolig" and ends >= self.horizon.closes[-1]
        return Lease(
            contract=f"K-{number:04}",
            kommunenummer=kommunenummer,
            account=f"{kommunenummer}-husleie",
            kid=luhn(f"{kommunenummer}{number:04}0"),
            rent=chance.randint(380, 680) * 10 * KRONER,
            due_day=due_day,
            started_on=started_on,
            until=ends if fixed else None,
            dwelling=kind,
        )


def lived(stage: Stage, role: Role, number: int) -> Life:
    """The first draw whose dates keep clear of the thresholds."""
    for attempt in range(TRIES):
        chance = stage.chance(number, attempt)
        there = months_between(stage.horizon.first, stage.horizon.last)
        length = round(chance.triangular(role.months, min(there, 58), min(role.months + 4, there)))
        started_on = add_months(stage.horizon.last, 1 - length)
        life = Life(stage.lease(number, chance, chance.choice(role.due_days), started_on), stage.horizon, chance)
        life.begin()
        try:
            role.fate(life)
        except TooClose:
            continue
        return life
    raise NoRoom(role.fate.__name__)


def debtor(stage: Stage, number: int) -> Life:
    """A tenant of old, whose debt is still to be cast."""
    chance = stage.chance("debtor", number)
    started_on = add_months(stage.horizon.first, -chance.randint(18, 96))
    life = Life(stage.lease(number, chance, chance.choice(ANY_DUE_DAY), started_on), stage.horizon, chance)
    life.begin()
    return life


def indebt(stage: Stage, debtors: Sequence[Life], total: int | None) -> list[int]:
    """Each debtor's debt; together the total, to the øre."""
    chance = stage.chance("debts")
    rents = [life.lease.rent for life in debtors]
    wholes = [chance.randint(2, 7) for _ in debtors]
    if total is None:
        return [indebted.owe(life, n, life.lease.rent // 3) for life, n in zip(debtors, wholes, strict=True)]
    while not 0.1 < (share := _rest(total, rents, wholes) / sum(rents)) < 0.9:
        movable = [n for n, whole in enumerate(wholes) if (whole < 12 if share > 0.5 else whole > 1)]
        wholes[chance.choice(movable)] += 1 if share > 0.5 else -1
    rests = shared(_rest(total, rents, wholes), rents)
    return [indebted.owe(life, n, rest) for life, n, rest in zip(debtors, wholes, rests, strict=True)]


def _rest(total: int, rents: Sequence[int], wholes: Sequence[int]) -> int:
    return total - sum(rent * whole for rent, whole in zip(rents, wholes, strict=True))


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """The total by the weights, to whole øre; the last takes what is over."""
    parts = [total * weight // sum(weights) for weight in weights]
    return [*parts[:-1], total - sum(parts[:-1])]


def owed(lives: Iterable[Life], day: date) -> int:
    return sum(outstanding(life.facts, day) for life in lives)


def numbered(roles: Sequence[Role], chance: Random, numbers: Iterable[int]) -> list[tuple[int, Role]]:
    """Contract numbers for each role as often as it is played, in an order that tells nothing."""
    cast = [role for role in roles for _ in range(role.count)]
    chance.shuffle(cast)
    return list(zip(numbers, cast, strict=True))
