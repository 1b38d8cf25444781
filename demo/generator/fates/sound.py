"""Tenants whom nobody needs to worry about, and what makes them look otherwise."""

from datetime import timedelta

from demo.generator.days import bank_day, later
from demo.generator.life import WITH_BENEFITS, Life

KRONER = 100


def punctual(life: Life) -> None:
    life.sound = True
    life.live(life.months)


def with_benefits(life: Life) -> None:
    """Pays about the 20th what was due on the 1st, always before the books are closed."""
    life.sound = True
    life.live(life.months, WITH_BENEFITS)


def known_late(life: Life) -> None:
    """Pays about the 5th what was due on the 15th before: alarming three times, until it is known for a habit."""
    life.sound = True
    for month in life.months:
        life.bill([month])
        paid = later(life.close(month).replace(day=5), 0)
        if life.horizon.holds(paid):
            life.pay(paid, life.rent(month))


def reversed_payment(life: Life) -> None:
    """The bank takes a payment back, and the tenant pays again within the week that nobody counts."""
    life.sound = True
    odd = life.pick(lambda _: True, 1)
    for number, month in enumerate(life.months):
        if number != odd:
            life.live([month])
            continue
        life.bill([month])
        paid = bank_day(life.falls(month) + timedelta(days=1))
        payment = life.pay(paid, life.rent(month))
        life.amend("payment.reversed", payment, paid + timedelta(days=1))
        life.pay(paid + timedelta(days=3), life.rent(month))


def credited(life: Life) -> None:
    """A repair is taken off the rent, and the rest is paid."""
    life.sound = True
    odd = life.pick(lambda _: True, 1)
    for number, month in enumerate(life.months):
        if number != odd:
            life.live([month])
            continue
        life.bill([month])
        off = life.rent(month) * life.chance.randint(20, 60) // 100
        life.amend("invoice.credited", life.invoice(month), life.due(month) - timedelta(days=9), off)
        life.pay(later(life.falls(month), 1), life.rent(month) - off)


def adjusted(life: Life) -> None:
    """Billed too much, and put right before it was due."""
    life.sound = True
    odd = life.pick(lambda _: True, 1)
    for number, month in enumerate(life.months):
        if number != odd:
            life.live([month])
            continue
        life.bill([month], life.rent(month) * 3)
        life.amend("invoice.adjusted", life.invoice(month), life.due(month) - timedelta(days=9), life.rent(month))
        life.pay(later(life.falls(month), 1), life.rent(month))


def small_change(life: Life) -> None:
    """Pays a little too little once, and makes it up: never as much as matters (500 kr)."""
    life.sound = True
    odd, short = life.pick(lambda _: True, 2), life.chance.randint(150, 450) * KRONER
    for number, month in enumerate(life.months):
        life.bill([month])
        part = {odd: -short, odd + 1: short}.get(number, 0)
        life.pay(later(life.falls(month), 1), life.rent(month) + part)


def paid_but_not_told(life: Life) -> None:
    """Paid in time, but the bank told of it a month late: an alert that the late line closes."""
    life.sound = True
    odd = life.pick(lambda _: True, 2)
    for number, month in enumerate(life.months):
        if number != odd:
            life.live([month])
            continue
        life.bill([month])
        life.pay(later(life.falls(month), 2), life.rent(month), told=life.close(month))


def moved_out(life: Life) -> None:
    """Moves out with all paid."""
    life.sound = True
    last = life.pick(lambda _: True, 3)
    life.live(life.months[: last + 1])
    life.end(life.close(life.months[last]) - timedelta(days=2))
