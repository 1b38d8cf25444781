"""A small ledger and a handful of applications, drawn anew from each seed, with every kind of fate in it."""

from datetime import date
from random import Random

from demo.generator.applicants import GJENNOMGANGSBOLIG, OTHERS
from demo.generator.casting import NoRoom, Role, Stage, debtor, indebt, lived, numbered
from demo.generator.days import Horizon, add_months
from demo.generator.fates import edges, evicted, indebted, recovering, sound
from demo.generator.life import Life
from demo.generator.play import Play

MUNICIPALITIES = ("3427", "5027")
MONTHS = 19
DEBTORS = 5
EXTRAS = 6
STORIES, EACH = 18, 10

ALWAYS = (
    Role(sound.punctual, 12, (1, 10, 15)),
    Role(sound.with_benefits, 5, (1,)),
    Role(sound.known_late, 2, (15,)),
    Role(sound.reversed_payment, 1),
    Role(sound.credited, 1),
    Role(sound.adjusted, 1),
    Role(sound.paid_but_not_told, 1),
    Role(recovering.one_month_missed, 1),
    Role(recovering.notice_heeded, 1),
    Role(evicted.by_a_fast_landlord, 2),
    Role(evicted.at_a_usual_pace, 2),
    Role(evicted.by_a_slow_landlord, 1, months=16),
    Role(evicted.not_yet, 1),
    Role(evicted.before_any_close, 1, (1, 10, 15)),
)
# One of some of these.
SOMETIMES = (
    Role(sound.small_change, 1),
    Role(sound.moved_out, 1),
    Role(recovering.two_months_missed, 1),
    Role(recovering.request_lifted, 1, months=15),
    Role(evicted.reserved, 1, months=16),
    Role(evicted.notice_told_late, 1, months=15),
    Role(edges.a_quarter, 1, months=18),
    Role(edges.under_a_quarter, 1, months=18),
    Role(edges.a_half, 1, (1,), 18),
    Role(edges.under_a_half, 1, (1,), 18),
    Role(edges.habit_reached, 1, (13,), 18),
    Role(edges.habit_not_reached, 1, (13,), 18),
    Role(edges.eight_days, 1, (24,), 18),
    Role(edges.weekend, 1, (24,), 18),
    Role(edges.thirty_days, 1, (1,), 18),
)


def small(seed: int) -> Play:
    chance = Random(f"{seed}:small")
    # Books that begin in winter hold the second half of a year after a history: the edges need it.
    first = date(chance.randint(2013, 2023), chance.randint(1, 2), 1)
    count = DEBTORS + EXTRAS + sum(role.count for role in ALWAYS)
    dwellings = [chance.choice([("gjennomgangsbolig", ""), ("tilrettelagt", "")]) for _ in range(count)]
    stage = Stage(seed, Horizon(first, add_months(first, MONTHS - 1)), MUNICIPALITIES, dwellings)
    numbers = list(range(1, count + 1))
    chance.shuffle(numbers)
    debtors, extras, rest = numbers[:DEBTORS], numbers[DEBTORS : DEBTORS + EXTRAS], numbers[DEBTORS + EXTRAS :]
    cast = numbered(ALWAYS, chance, rest)
    lives = [lived(stage, role, number) for number, role in cast]
    lives += _extras(stage, extras, chance.sample(SOMETIMES, len(SOMETIMES)))
    lives += _debtors(stage, debtors)
    play = Play.of(stage, lives, [role.fate.__name__ for _, role in cast])
    play.applications.stories(chance.sample(GJENNOMGANGSBOLIG, STORIES))
    play.applications.others(chance.sample(OTHERS, EACH), play.a_tenant(MUNICIPALITIES[0]))
    return play


def _extras(stage: Stage, numbers: list[int], roles: list[Role]) -> list[Life]:
    """A life for each number, of the first roles for which these books have room."""
    lives: list[Life] = []
    for role in roles:
        if len(lives) == len(numbers):
            break
        try:
            lives.append(lived(stage, role, numbers[len(lives)]))
        except NoRoom:
            continue
    return lives


def _debtors(stage: Stage, numbers: list[int]) -> list[Life]:
    lives = [debtor(stage, number) for number in numbers]
    one, two, three, four, five = zip(lives, indebt(stage, lives, None), strict=True)
    indebted.at_once(*one)
    indebted.repaying(*two, months=two[0].chance.randint(4, 14))
    indebted.repaying(*three, months=len(three[0].months), left=three[1] // 2)
    indebted.moving_out(four[0])
    indebted.evicted(five[0])
    return lives
