"""How people pay their rent. Nothing here knows a rule or a threshold of the alerts (early-warning.md §7.8).

A payer is asked on each day that money may leave, and says how much. Days count from the first; money is in øre.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Rent:
    """One month's: `number` counts the months of the tenancy, `due` is its day."""

    number: int
    due: int
    ore: int


@dataclass(frozen=True, slots=True)
class Payment:
    day: int
    ore: int


Payer = Callable[[Rent], list[Payment]]
Made = Callable[[Random, int], Payer]


def _on(rent: Rent, late: float, share: float = 1.0) -> list[Payment]:
    ore = round(rent.ore * share)
    return [Payment(rent.due + round(late), ore)] if ore > 0 else []


def reliable(random: Random, months: int) -> Payer:
    """By AvtaleGiro or a fixed order; a slip of some days about once in four years."""

    def pay(rent: Rent) -> list[Payment]:
        late = random.uniform(4, 14) if random.random() < 0.02 else random.choice((-3, -2, -1, 0, 0, 0, 1, 2))
        return _on(rent, late)

    return pay


def habitually_late(random: Random, months: int) -> Payer:
    """Always so many days after, give or take a few."""
    usual, spread = random.uniform(6, 20), random.uniform(1, 3)
    return lambda rent: _on(rent, max(0.0, random.gauss(usual, spread)))


def benefit_timed(random: Random, months: int) -> Payer:
    """When bostøtte and trygd come, about the 20th; some pay half on the day that it is due."""
    halves = random.random() < 0.3

    def pay(rent: Rent) -> list[Payment]:
        late = 19 + random.choice((-1, 0, 0, 0, 1, 2))
        return [*_on(rent, 0, 0.5), *_on(rent, late, 0.5)] if halves else _on(rent, late)

    return pay


def one_off_shock(random: Random, months: int) -> Payer:
    """A month or two without money, made good over the months after."""
    shock, lasts = random.randrange(6, max(7, months - 4)), random.choice((1, 1, 2))
    back = random.randrange(1, 4)

    def pay(rent: Rent) -> list[Payment]:
        since = rent.number - shock
        if 0 <= since < lasts:
            return _on(rent, random.uniform(5, 25), random.choice((0.0, 0.0, 0.4)))
        if lasts <= since < lasts + back:
            return _on(rent, random.uniform(0, 6), 1 + lasts / back)
        return _on(rent, random.choice((-1, 0, 0, 1)))

    return pay


def declining(random: Random, months: int) -> Payer:
    """Later and later over some months, then parts of the rent, then nothing (DWP: full payment fades in 12 weeks)."""
    start, step = random.randrange(5, max(6, months - 6)), random.uniform(2, 6)
    whole = random.randrange(2, 5)

    def pay(rent: Rent) -> list[Payment]:
        since = rent.number - start
        if since < 0:
            return _on(rent, random.choice((-1, 0, 0, 1)))
        if since < whole:
            return _on(rent, step * (since + 1) + random.uniform(-1, 1))
        share = 0.9 - 0.25 * (since - whole + random.random())
        return _on(rent, random.uniform(2, 20), share) if share > 0.1 else []

    return pay


def stopping(random: Random, months: int) -> Payer:
    """Pays as always, and then not at all."""
    stop = random.randrange(6, max(7, months - 3))
    return lambda rent: _on(rent, random.choice((-1, 0, 0, 1, 2))) if rent.number < stop else []


def stop_start(random: Random, months: int) -> Payer:
    """Some months paid, one or two not, often made good and then again."""

    def pay(rent: Rent) -> list[Payment]:
        turn = (rent.number + offset) % period
        if turn < gap:
            return []
        caught_up = turn == gap and random.random() < 0.7
        return _on(rent, random.uniform(0, 8), 1.0 + gap * caught_up)

    period, gap = random.randrange(5, 9), random.choice((1, 1, 2))
    offset = random.randrange(period)
    return pay


def chronic_partial(random: Random, months: int) -> Payer:
    """Nearly all of it each month, in parts; now and then a sum that makes it good."""
    share, good = random.uniform(0.7, 0.97), random.randrange(12)

    def pay(rent: Rent) -> list[Payment]:
        first = _on(rent, random.uniform(-1, 3), share / 2)
        second = _on(rent, random.uniform(8, 18), share / 2)
        extra = _on(rent, 20, (1 - share) * 10) if rent.number % 12 == good and random.random() < 0.75 else []
        return [*first, *second, *extra]

    return pay


KINDS: Mapping[str, Made] = {
    "reliable": reliable,
    "habitually late": habitually_late,
    "benefit-timed": benefit_timed,
    "one-off shock": one_off_shock,
    "decline with partials": declining,
    "abrupt stop": stopping,
    "stop-start": stop_start,
    "chronic partial": chronic_partial,
}
