"""Tenants who fall behind and catch up, some of them late in the chain to eviction."""

from datetime import date, timedelta

from demo.generator.days import later
from demo.generator.life import Life


def one_month_missed(life: Life) -> None:
    """Caught up before a second month is missed: tidlig varsel, no more."""
    first = life.pick(lambda _: True, 2)
    _missed(life, first, 1)


def two_months_missed(life: Life) -> None:
    """As long as it takes to become alvorlig."""
    first = life.pick(lambda _: True, 3)
    _missed(life, first, 2)


def notice_heeded(life: Life) -> None:
    """The § 4-18 notice is what it takes."""
    first = life.pick(lambda _: True, 3)
    notice = later(life.close(life.months[first]), life.chance.randint(3, 9))
    _missed(life, first, 2, notice=notice)


def request_lifted(life: Life) -> None:
    """All is paid after the namsmann was asked, and the request is lifted; NAV may be told after all (§ 9-11)."""
    first = life.pick(lambda _: True, 4)
    notice = later(life.close(life.months[first]), life.chance.randint(3, 7))
    _missed(life, first, 3, notice=notice, requested=later(notice, life.chance.randint(18, 26)))


def half_paid(life: Life) -> None:
    """Three months half paid: the debt grows by half a rent, and the oldest of it slowly ages."""
    first = life.pick(lambda month: 2 <= month.month <= 8, 4)
    odd = life.months[first : first + 3]
    life.live(life.months[:first])
    half_pay(life, odd)
    life.pay(later(life.close(odd[-1]).replace(day=5), 0), sum(life.rent(month) // 2 for month in odd))
    life.live(life.months[first + 3 :])


def half_pay(life: Life, months: list[date]) -> None:
    for month in months:
        life.bill([month])
        life.pay(later(life.falls(month), 1), life.rent(month) // 2)


def _missed(life: Life, first: int, count: int, *, notice: date | None = None, requested: date | None = None) -> None:
    months = life.months
    missed, caught_up = months[first : first + count], later(months[first + count].replace(day=5), 0)
    life.live(months[:first])
    life.bill(missed)
    if notice:
        owed = sum(life.rent(month) for month in missed if life.due(month) < notice)
        life.step("eviction_notice.sent", notice, ore=owed, until=notice + timedelta(days=14))
    if requested:
        life.step("enforcement.requested", requested)
        life.step("enforcement.lifted", later(caught_up, 2))
        life.step("nav_notice.reserved", later(requested, 1))
        life.step("nav_notice.reservation_lifted", later(caught_up, 1))
    life.pay(caught_up, sum(life.rent(month) for month in missed))
    life.live(months[first + count :])
