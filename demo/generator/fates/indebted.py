"""Tenants who come into the books with debt: it stands as invoices of the year before, and is alvorlig at once."""

from datetime import timedelta

from demo.generator.days import add_months, later
from demo.generator.facts import Fact
from demo.generator.fates.evicted import AFTER_NOTICE, end, take_steps
from demo.generator.life import Life


def owe(life: Life, whole: int, rest: int) -> int:
    """So many whole rents unpaid up to the month before the books begin, and a rest of the one before; the sum."""
    month = life.horizon.first
    amounts = [life.lease.rent] * whole + [rest] * (rest > 0)
    for number, ore in enumerate(amounts):
        billed = add_months(month, -number)
        due = life.due(billed)
        on = due - timedelta(days=17)
        life.facts.append(Fact("invoice.issued", life.invoice(billed), on, life.lease.kid, ore, due))
    return sum(amounts)


def repaying(life: Life, debt: int, months: int, left: int = 0) -> None:
    """Pays the rent and a part of the debt each month, until so much is left."""
    part = (debt - left) // months
    parts = [part] * (months - 1) + [debt - left - part * (months - 1)]
    for number, month in enumerate(life.months):
        life.bill([month])
        life.pay(later(life.falls(month), 2), life.rent(month) + (parts[number] if number < months else 0))


def at_once(life: Life, debt: int) -> None:
    """The whole debt in one sum, some months on; until then, the rent."""
    helped = life.chance.randint(1, 9)
    life.live(life.months)
    life.pay(later(life.falls(life.months[helped]), 5), debt)


def moving_out(life: Life) -> None:
    """Pays the rent but never the debt, and moves out with it."""
    there = len(life.months)
    last = life.chance.randint(min(12, there // 2), min(60, there - 3))
    life.live(life.months[: last + 1])
    life.end(life.close(life.months[last]) - timedelta(days=2))


def evicted(life: Life) -> None:
    """Pays nothing any more."""
    first = life.horizon.closes[0]
    notice = later(first, life.chance.randint(20, 120))
    requested = later(notice, life.chance.randint(AFTER_NOTICE + 3, 40))
    executed = later(requested, life.chance.randint(45, 60))
    unpaid = [month for month in life.months if life.due(month) < executed]
    life.bill(unpaid)
    owed = sum(fact.ore for fact in life.facts if fact.kind == "invoice.issued" and fact.due and fact.due < notice)
    take_steps(life, notice, requested, owed, executed)
    end(life, executed, {fact.reference: fact.ore for fact in life.facts if fact.kind == "invoice.issued"})
