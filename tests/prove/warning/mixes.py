"""Ledgers of many tenancies, drawn from a seed: who lives there, how the landlord works, and what became of it.

The day's own account is kept here, by plain sums, for the landlord and for the simple rules that ours stand beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.prove.warning.landlord import FAST, SLOW, Landlord, Routine, Step
from tests.prove.warning.payers import KINDS, Payment, Rent

FIRST = date(2017, 1, 1)
MONTHS, WARM_UP = 24, 6  # the first half year teaches the habit, and is counted in no figure
HELPED = 0.45  # of those who get a notice or are requested: so many find the money for all of it, with help or without


@dataclass(frozen=True, slots=True)
class Mix:
    """`shares`: how common each kind of payer is, in parts of their sum. `first_due`: of each month, its day."""

    name: str
    routine: Routine
    shares: Mapping[str, float]
    due_day: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """At the end of a day: days that the oldest unpaid rent is over due, and all that is owed. Øre."""

    day: int
    days_over_due: int
    debt: int


@dataclass
class Told:
    """One tenancy's ledger. `rents`, `payments` and `steps` by day; `standings`: of each day, by the account alone."""

    number: int
    kind: str
    rent: int
    rents: list[Rent] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    ended: int | None = None

    @property
    def requests(self) -> list[int]:
        return [step.day for step in self.steps if step.kind == "requested"]


MIXES = (
    Mix(
        "ordinary, slow landlord",
        SLOW,
        {
            "reliable": 66,
            "habitually late": 12,
            "benefit-timed": 10,
            "one-off shock": 4,
            "decline with partials": 1.5,
            "abrupt stop": 1.5,
            "stop-start": 2.5,
            "chronic partial": 2.5,
        },
    ),
    Mix(
        "ordinary, fast landlord",
        FAST,
        {
            "reliable": 70,
            "habitually late": 12,
            "benefit-timed": 8,
            "one-off shock": 3.5,
            "decline with partials": 1.5,
            "abrupt stop": 1.5,
            "stop-start": 1.5,
            "chronic partial": 2,
        },
        due_day=15,
    ),
    Mix(
        "many in need, slow landlord",
        SLOW,
        {
            "reliable": 45,
            "habitually late": 18,
            "benefit-timed": 20,
            "one-off shock": 5,
            "decline with partials": 3,
            "abrupt stop": 2,
            "stop-start": 3,
            "chronic partial": 4,
        },
        due_day=20,
    ),
)


def day_of(day: date) -> int:
    return (day - FIRST).days


def date_of(day: int) -> date:
    return FIRST + timedelta(days=day)


def due_days(mix: Mix) -> list[int]:
    return [day_of(date(FIRST.year + number // 12, number % 12 + 1, mix.due_day)) for number in range(MONTHS)]


def last_day() -> int:
    return day_of(date(FIRST.year + MONTHS // 12, 1, 1)) - 1


def tenancies(mix: Mix, number: int, seed: int) -> Iterator[Told]:
    """So many, one after the other, each from a seed of its own."""
    for each in range(number):
        random = Random(f"{seed} {mix.name} {each}")
        (kind,) = random.choices(list(mix.shares), list(mix.shares.values()))
        yield _lived(Told(each, kind, random.randrange(500_000, 1_400_000, 10_000)), mix, random)


def _lived(told: Told, mix: Mix, random: Random) -> Told:
    payer, landlord = KINDS[told.kind](random, MONTHS), Landlord(random, mix.routine)
    coming: dict[int, int] = {}
    rents = [Rent(number, due, told.rent) for number, due in enumerate(due_days(mix))]
    for rent in rents:
        for payment in payer(rent):
            coming[max(0, payment.day)] = coming.get(max(0, payment.day), 0) + payment.ore
    owed, paid, helped = 0, 0, -1
    for day in range(last_day() + 1):
        owed += sum(rent.ore for rent in rents if rent.due == day)
        money = coming.get(day, 0)
        if day == helped and owed > paid + money:
            money = owed - paid
        if money and told.ended is None:
            told.payments.append(Payment(day, money))
            paid += money
        standing = Standing(day, _over_due(rents, day, paid), _debt(rents, day, paid))
        told.standings.append(standing)
        for step in landlord.look(day, standing.days_over_due, standing.debt):
            told.steps.append(step)
            if step.kind in {"notice", "requested"} and random.random() < HELPED:
                helped = day + random.randrange(3, 14 if step.kind == "notice" else 40)
        if landlord.over:
            told.ended = day
            break
    told.rents = [rent for rent in rents if told.ended is None or rent.due <= told.ended]
    return told


def _debt(rents: list[Rent], day: int, paid: int) -> int:
    """What was due before the day and isn't paid."""
    return max(0, sum(rent.ore for rent in rents if rent.due < day) - paid)


def _over_due(rents: list[Rent], day: int, paid: int) -> int:
    for rent in rents:
        if rent.due >= day:
            break
        if (paid := paid - rent.ore) < 0:
            return day - rent.due
    return 0
