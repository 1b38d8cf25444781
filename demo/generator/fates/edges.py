"""On a threshold to the day or the øre: weekends, Easter, the habit, a quarter and a half of the rent.

They miss their month in the second half of a year, when the last six invoices are alike.
"""

from collections.abc import Callable
from datetime import date

from demo.generator.days import later
from demo.generator.life import PUNCTUAL, Life, Manner, after

SECOND_HALF = range(7, 12)


def eight_days(life: Life) -> None:
    """Due on the 24th of a month of 31 days: eight days at the close, which is enough."""
    _missed(life, after(0), lambda month: _days(life, month) == 8 and _not_moved(life, month))


def seven_days(life: Life) -> None:
    """The same in a month of 30 days: one too few."""
    life.sound = True
    _missed(life, after(0), lambda month: _days(life, month) == 7 and _not_moved(life, month))


def weekend(life: Life) -> None:
    """Due on a Saturday or Sunday: eight days by the due date, six or seven by the bank day."""
    life.sound = True
    _missed(life, after(0), lambda month: (life.close(month) - life.due(month)).days == 8 > _days(life, month))


def easter(life: Life) -> None:
    """Due on skjærtorsdag: eight days by the due date, three by the bank day."""
    life.sound = True
    _missed(
        life,
        after(0),
        lambda month: (life.close(month) - life.due(month)).days == 8 and _days(life, month) <= 4,
        any_month=True,
    )


def habit_reached(life: Life) -> None:
    """Pays 13 days after due; at 18, five more than that, it is late."""
    _missed(life, after(13), lambda month: _days(life, month) == 18)


def habit_not_reached(life: Life) -> None:
    life.sound = True
    _missed(life, after(13), lambda month: _days(life, month) == 17)


def thirty_days(life: Life) -> None:
    """Due on the 1st of a month of 30 days: alvorlig at the first close."""
    _missed(life, PUNCTUAL, lambda month: _days(life, month) == 30)


def twenty_nine_days(life: Life) -> None:
    """The same, but due on a weekend."""
    life.sound = True
    _missed(life, PUNCTUAL, lambda month: _days(life, month) in {28, 29})


def a_quarter(life: Life) -> None:
    """A quarter of the rent is owed, to the øre."""
    _short(life, lambda rent: rent // 4, lambda _: True)


def under_a_quarter(life: Life) -> None:
    life.sound = True
    _short(life, lambda rent: rent // 4 - 1, lambda _: True)


def a_half(life: Life) -> None:
    """Half the rent, thirty days."""
    _short(life, lambda rent: rent // 2, lambda month: _days(life, month) >= 30)


def under_a_half(life: Life) -> None:
    life.sound = True
    _short(life, lambda rent: rent // 2 - 1, lambda month: _days(life, month) >= 30)


def _days(life: Life, month: date) -> int:
    return (life.close(month) - life.falls(month)).days


def _not_moved(life: Life, month: date) -> bool:
    return life.falls(month) == life.due(month)


def _missed(life: Life, manner: Manner, fits: Callable[[date], bool], *, any_month: bool = False) -> None:
    odd = life.pick(lambda month: (any_month or month.month in SECOND_HALF) and fits(month), 2)
    _one_odd(life, manner, odd, 0)


def _short(life: Life, owed: Callable[[int], int], fits: Callable[[date], bool]) -> None:
    odd = life.pick(lambda month: month.month in SECOND_HALF and fits(month), 2)
    rent = life.rent(life.months[odd])
    _one_odd(life, PUNCTUAL, odd, rent - owed(rent))


def _one_odd(life: Life, manner: Manner, odd: int, paid: int) -> None:
    """One month is paid with so much, and made up for early in the next."""
    month = life.months[odd]
    life.live(life.months[:odd], manner)
    life.bill([month])
    if paid:
        life.pay(manner.day(life.falls(month), life.chance), paid)
    life.pay(later(life.close(month), 4), life.rent(month) - paid)
    life.live(life.months[odd + 1 :], manner)
