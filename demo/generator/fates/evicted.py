"""Tenants who stop paying and whom the landlord, at one pace or another, asks the namsmann to evict."""

from dataclasses import dataclass
from datetime import date, timedelta

from demo.generator.days import later
from demo.generator.fates.recovering import half_pay
from demo.generator.foretold import TooClose
from demo.generator.life import PUNCTUAL, WITH_BENEFITS, Life, Manner


@dataclass(frozen=True, slots=True)
class Pace:
    """A landlord's, in days: from the first close to the notice, and on to the request."""

    notice: tuple[int, int]
    request: tuple[int, int]


FAST, USUAL, SLOW = Pace((3, 7), (16, 19)), Pace((9, 18), (18, 26)), Pace((32, 45), (30, 45))
AFTER_NOTICE = 15  # § 4-18: two weeks, and a day to be safe
AFTER_EXECUTION = 12  # by when the tenancy has ended


def by_a_fast_landlord(life: Life) -> None:
    _evicted(life, FAST)


def at_a_usual_pace(life: Life) -> None:
    _evicted(life, USUAL)


def by_a_slow_landlord(life: Life) -> None:
    _evicted(life, SLOW)


def not_yet(life: Life) -> None:
    """Requested so late that the books end before it is known what comes of it."""
    months = life.months
    _evicted(life, USUAL, life.pick(lambda month: month >= months[-4], 3))
    if life.ended_on:
        raise TooClose


def reserved(life: Life) -> None:
    """The tenant has said no to a notice to NAV, § 9-11."""
    first = _first(life, SLOW)
    life.step("nav_notice.reserved", life.falls(life.months[first]) + timedelta(days=2))
    _evicted(life, SLOW, first)


def notice_told_late(life: Life) -> None:
    """The § 4-18 notice was sent before the books closed, but stands in the next month's file."""
    first = _first(life, FAST)
    notice = later(life.falls(life.months[first]), 7)
    close = life.close(life.months[first])
    if notice >= close:
        raise TooClose
    requested = later(life.close(close), life.chance.randint(3, 12))
    _stops(life, first, PUNCTUAL, notice, requested, told=close)


def before_any_close(life: Life) -> None:
    """The landlord's notice goes in the first week: nothing but the notice itself can warn."""
    first = _first(life, FAST)
    _stops(life, first, PUNCTUAL, notice := _within_a_week(life, first), later(notice, life.chance.randint(16, 18)))


def late_by_habit(life: Life) -> None:
    """Always pays with the benefits of the 20th; no one would see the difference before the notice."""
    first = life.pick(lambda month: (life.close(month) - life.falls(month)).days >= 28, 3)
    notice = _within_a_week(life, first)
    requested = life.falls(life.months[first]) + timedelta(days=19)
    if (requested - notice).days < AFTER_NOTICE or requested.weekday() >= 5:
        raise TooClose
    _stops(life, first, WITH_BENEFITS, notice, requested)


def half_paying(life: Life) -> None:
    """Pays half, for three months; then nothing."""
    first = life.pick(lambda month: 2 <= month.month <= 8, 6)
    months, half = life.months, life.months[first : first + 3]
    life.live(months[:first])
    half_pay(life, half)
    notice = later(life.close(half[-1]), life.chance.randint(4, 9))
    requested = later(notice, life.chance.randint(16, 22))
    executed = _executed(life, requested)
    unpaid = _until(life, months[first + 3 :], executed)
    life.bill(unpaid)
    take_steps(life, notice, requested, sum(life.rent(month) // 2 for month in half), executed)
    if executed:
        owed = {life.invoice(month): life.rent(month) for month in (half[2], *unpaid)}
        end(life, executed, owed | {life.invoice(half[1]): life.rent(half[1]) // 2})


def _evicted(life: Life, pace: Pace, first: int | None = None) -> None:
    first = _first(life, pace) if first is None else first
    notice = later(life.close(life.months[first]), life.chance.randint(*pace.notice))
    requested = later(notice, life.chance.randint(*pace.request))
    _stops(life, first, PUNCTUAL, notice, requested)


def _first(life: Life, pace: Pace) -> int:
    return life.pick(lambda _: True, (pace.notice[1] + pace.request[1]) // 28 + 3)


def _executed(life: Life, requested: date) -> date | None:
    """Some seven weeks after the request, if the books still hold it."""
    executed = later(requested, life.chance.randint(45, 60))
    return executed if life.horizon.holds(executed + timedelta(days=AFTER_EXECUTION)) else None


def _until(life: Life, months: list[date], executed: date | None) -> list[date]:
    """The months that are billed."""
    return [month for month in months if executed is None or life.due(month) < executed]


def _within_a_week(life: Life, first: int) -> date:
    falls = life.falls(life.months[first])
    for days in (3, 2, 1):
        if (notice := later(falls, days)) <= falls + timedelta(days=4):
            return notice
    raise TooClose


def _stops(
    life: Life,
    first: int,
    manner: Manner,
    notice: date,
    requested: date,
    *,
    told: date | None = None,
) -> None:
    """Pays nothing from the month with that index on."""
    months, executed = life.months, _executed(life, requested)
    unpaid = _until(life, months[first:], executed)
    life.live(months[:first], manner)
    life.bill(unpaid)
    owed = sum(life.rent(month) for month in unpaid if life.due(month) < notice)
    take_steps(life, notice, requested, owed, executed, told)
    if executed:
        end(life, executed, {life.invoice(month): life.rent(month) for month in unpaid})


def take_steps(
    life: Life, notice: date, requested: date, owed: int, executed: date | None = None, told: date | None = None
) -> None:
    life.step("eviction_notice.sent", notice, ore=owed, until=notice + timedelta(days=14), told=told)
    life.step("enforcement.requested", requested)
    scheduled = later(requested, 20)
    if life.horizon.holds(scheduled):
        life.step("enforcement.scheduled", scheduled, until=executed or later(requested, 62))
    if executed:
        life.step("enforcement.executed", executed)


def end(life: Life, executed: date, owed: dict[str, int]) -> None:
    """The tenancy ends some days after the execution; a year later, what nobody will pay is written off."""
    life.end(later(executed, 6))
    written_off = later(executed, 370)
    if life.horizon.holds(written_off):
        for invoice, ore in owed.items():
            life.amend("invoice.credited", invoice, written_off, ore)
