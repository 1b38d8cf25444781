"""Tynset's dwellings of 1 January 2019, one tenancy in each; and rent owed as the plan says it was.

From the plan (boligsosial handlingsplan 2019–2023): the dwellings (A:525–563) and the two sums outstanding (A:636–640).
All else is made up.
"""

from datetime import date

from demo.generator.applicants import GJENNOMGANGSBOLIG, OTHERS
from demo.generator.casting import KRONER, Role, Stage, debtor, indebt, lived, numbered, owed, shared
from demo.generator.days import Horizon
from demo.generator.fates import edges, evicted, indebted, recovering, sound
from demo.generator.life import Life
from demo.generator.play import Play

TYNSET = "3427"
SEED = 2019
BOOKS = Horizon(date(2011, 12, 1), date(2019, 4, 1))
OWED_AT_FIRST, OWED_AT_LAST = 1_275_000 * KRONER, 442_000 * KRONER

STOCK = (
    ("gjennomgangsbolig", (("Tynset tettsted", 66), ("Ulset", 2), ("Kvikne (Haugan)", 1), ("Tylldalen", 2))),
    ("trygdebolig", (("Yset", 3), ("Tylldalen", 4), ("Alfarheim", 11), ("Furumoen", 6), ("Parkveien", 3))),
    (
        "tilrettelagt",
        (("Enan", 14), ("Tjønnmosenteret", 15), ("Furumoen", 15), ("Litun", 33), ("Litun bofellesskap", 3)),
    ),
)

AT_ONCE, REPAYING, MOVING_OUT, EVICTED, SLOWLY = 7, 26, 3, 3, 9
DEBTORS = AT_ONCE + REPAYING + MOVING_OUT + EVICTED + SLOWLY

ROLES = (
    Role(sound.with_benefits, 20, (1,)),
    Role(sound.known_late, 7, (15,)),
    Role(sound.reversed_payment, 5),
    Role(sound.credited, 4),
    Role(sound.adjusted, 4),
    Role(sound.small_change, 3),
    Role(sound.paid_but_not_told, 3),
    Role(sound.moved_out, 4),
    Role(recovering.one_month_missed, 5),
    Role(recovering.two_months_missed, 3),
    Role(recovering.notice_heeded, 3),
    Role(recovering.request_lifted, 1, months=15),
    Role(recovering.half_paid, 2, months=18),
    Role(evicted.by_a_fast_landlord, 2, months=16),
    Role(evicted.at_a_usual_pace, 2, months=16),
    Role(evicted.by_a_slow_landlord, 1, months=18),
    Role(evicted.not_yet, 3, months=16),
    Role(evicted.reserved, 1, months=18),
    Role(evicted.notice_told_late, 1, months=15),
    Role(evicted.before_any_close, 2, (1, 10, 15)),
    Role(evicted.late_by_habit, 1, (1,)),
    Role(evicted.half_paying, 1, months=20),
    Role(edges.eight_days, 1, (24,), 20),
    Role(edges.seven_days, 1, (24,), 20),
    Role(edges.weekend, 1, (24,), 24),
    Role(edges.easter, 1, (24,), 50),
    Role(edges.habit_reached, 1, (13,), 16),
    Role(edges.habit_not_reached, 1, (13,), 16),
    Role(edges.thirty_days, 1, (1,), 24),
    Role(edges.twenty_nine_days, 1, (1,), 24),
    Role(edges.a_quarter, 1, months=20),
    Role(edges.under_a_quarter, 1, months=20),
    Role(edges.a_half, 1, (1,), 20),
    Role(edges.under_a_half, 1, (1,), 20),
)


def tynset(seed: int = SEED) -> Play:
    dwellings = [(kind, place) for kind, places in STOCK for place, count in places for _ in range(count)]
    Stage(seed, BOOKS, (TYNSET,), ()).chance("dwellings").shuffle(dwellings)
    stage = Stage(seed, BOOKS, (TYNSET,), dwellings)
    numbers = list(range(1, len(dwellings) + 1))
    stage.chance("numbers").shuffle(numbers)
    others = len(numbers) - DEBTORS
    punctual = Role(sound.punctual, others - sum(role.count for role in ROLES), (1, 10, 15))
    cast = numbered([punctual, *ROLES], stage.chance("cast"), numbers[DEBTORS:])
    lives = [lived(stage, role, number) for number, role in cast]
    lives += _debtors(stage, numbers[:DEBTORS], lives)
    play = Play.of(stage, lives, [role.fate.__name__ for _, role in cast])
    play.applications.stories(GJENNOMGANGSBOLIG)
    play.applications.others(OTHERS, play.a_tenant(TYNSET))
    return play


def _debtors(stage: Stage, numbers: list[int], others: list[Life]) -> list[Life]:
    """All that was owed at first was owed by these; what is left at last, the slow ones owe to the øre."""
    lives = [debtor(stage, number) for number in numbers]
    debts = indebt(stage, lives, OWED_AT_FIRST)
    slowly, rest = lives[:SLOWLY], list(zip(lives, debts, strict=True))[SLOWLY:]
    for life, debt in rest[:AT_ONCE]:
        indebted.at_once(life, debt)
    for life, debt in rest[AT_ONCE : AT_ONCE + REPAYING]:
        indebted.repaying(life, debt, life.chance.randint(8, 60))
    for life, _ in rest[AT_ONCE + REPAYING : -EVICTED]:
        indebted.moving_out(life)
    for life, _ in rest[-EVICTED:]:
        indebted.evicted(life)
    last = BOOKS.closes[-1]
    lefts = shared(OWED_AT_LAST - owed([*others, *lives[SLOWLY:]], last), debts[:SLOWLY])
    for life, debt, left in zip(slowly, debts, lefts, strict=False):
        if not 0.1 * debt < left < 0.95 * debt:
            raise ValueError(f"{left} øre av {debt} kan ikke stå igjen: velg et annet frø")
        indebted.repaying(life, debt, len(life.months), left)
    return lives
