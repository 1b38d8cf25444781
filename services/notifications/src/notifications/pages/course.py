"""The course of a tenancy over its last year: what fell due, what came, what was owed and at which level it stood.

Pure. What is owed on a day is reckoned as the rules reckon it (early-warning.md §7.3): what is open by then of invoices
whose due date, moved to the next bank day, has passed, so that the reasons of an alert can be found again here.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from notifications.domain.allocation import allocate
from notifications.domain.episodes import Episode
from notifications.domain.facts import Facts, facts
from notifications.domain.ledger import Invoice, Ledger
from notifications.domain.policy import Policy
from notifications.domain.signals import Way
from notifications.domain.steps import Enforcement
from notifications.domain.tenancy import Tenancy

YEAR, AHEAD = 365, 60  # days
KINDS = ("due", "credited", "adjusted", "paid", "undone", "news", "step")
WAYS = {
    Way.DEBIT_FAILED: "AvtaleGiro avvist",
    Way.DEBIT_ENDED: "AvtaleGiro stanset",
    Way.DEDUCTION_ENDED: "Trekk stanset",
    Way.TRANSPORT_ENDED: "Bostøtte betales ikke lenger til utleier",
    Way.TRANSPORT_STARTED: "Bostøtte betales til utleier",
}
STEPS = {
    Enforcement.REQUESTED: "Begjæring om fravikelse mottatt",
    Enforcement.SCHEDULED: "Fravikelse berammet",
    Enforcement.LIFTED: "Begjæringen trukket eller hevet",
    Enforcement.EXECUTED: "Fravikelse gjennomført",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """`kind`: due, paid, undone, credited, adjusted, step, or news (of plans, ways of paying, reminders, disputes).

    `owed`: in øre, by the end of the day; `level`: the one then. `counted_from`: of what falls due, the bank day from
    which days over due are counted.
    """

    day: date
    kind: str
    what: str
    owed: int
    level: int
    ore: int | None = None
    counted_from: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A level, from a day on and before another."""

    level: int
    first: date
    end: date


@dataclass(frozen=True, slots=True)
class Step:
    """`number`: by which the drawing refers to it. `until`: a deadline, or the day fixed."""

    number: int
    day: date
    what: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Course:
    """`owed`: from each of these days on, in øre, the first of them the course's own. `rent`: a month's, in øre."""

    first: date
    as_of: date
    last: date
    rent: int
    owed: tuple[tuple[date, int], ...]
    levels: tuple[Span, ...]
    steps: tuple[Step, ...]
    happenings: tuple[Happening, ...]

    @property
    def most(self) -> tuple[date, int]:
        """The first day on which the most was owed, and how much."""
        return max(self.owed, key=lambda each: (each[1], -each[0].toordinal()))

    @property
    def now(self) -> int:
        return self.owed[-1][1]


def course(tenancy: Tenancy, policy: Policy) -> Course | None:
    """Of the year before the newest close; None before the first."""
    if not tenancy.as_of:
        return None
    on = tenancy.as_of
    first = max(on - YEAR, min((line.due for line in tenancy.ledger.invoices), default=on) - 1)
    steps = tuple(_numbered(tenancy, first, on + AHEAD))
    days = {on, *(step.day.toordinal() for step in steps), *(step.until.toordinal() for step in steps if step.until)}
    owed = [(day, owed_on(tenancy, day, policy)) for day in _turns(tenancy, first, on)]
    return Course(
        first=date.fromordinal(first),
        as_of=date.fromordinal(on),
        last=date.fromordinal(max(day for day in days if day <= on + AHEAD)),
        rent=_facts(tenancy, on, policy).rent,
        owed=tuple((date.fromordinal(day), ore) for day, ore in owed),
        levels=tuple(_spans(tenancy.episodes, first, on)),
        steps=steps,
        happenings=tuple(_happenings(tenancy, owed, steps)),
    )


def owed_on(tenancy: Tenancy, day: int, policy: Policy) -> int:
    """In øre; `day` is an ordinal."""
    return _facts(tenancy, day, policy).debt


def _facts(tenancy: Tenancy, day: int, policy: Policy) -> Facts:
    limits = policy.limits(day)
    return facts(allocate(tenancy.ledger, day, limits.tolerance), day, limits)


def _turns(tenancy: Tenancy, first: int, on: int) -> list[int]:
    """The days on which what is owed may change: an invoice is over due from the day after it falls."""
    ledger = tenancy.ledger
    amendments = (*ledger.credits, *ledger.adjustments, *ledger.reversals)
    dated = {line.dated for line in ledger.payments} | {line.dated for line in amendments}
    days = {first, *(line.falls + 1 for line in ledger.invoices), *dated}
    return sorted(day for day in days if first <= day <= on)


def _spans(episodes: tuple[Episode, ...], first: int, on: int) -> Iterator[Span]:
    for episode in (each for each in episodes if each.kind == "arrears"):
        end = on + 1 if episode.resolved is None else episode.resolved
        levels = [next(same) for _, same in groupby(episode.changes, attrgetter("level"))]
        for change, until in zip(levels, [*(after.as_of for after in levels[1:]), end], strict=True):
            if until > max(change.as_of, first):
                yield Span(change.level, date.fromordinal(max(change.as_of, first)), date.fromordinal(until))


def _numbered(tenancy: Tenancy, first: int, last: int) -> Iterator[Step]:
    notices = [(notice.dated, "Varsel etter § 4-18 sendt", notice.deadline) for notice in tenancy.notices]
    taken = [(step.dated, STEPS[step.step], step.scheduled or 0) for step in tenancy.steps]
    shown = sorted(each for each in notices + taken if first <= each[0] <= last)
    for number, (dated, what, until) in enumerate(shown, 1):
        yield Step(number, date.fromordinal(dated), what, date.fromordinal(until) if until else None)


def _happenings(tenancy: Tenancy, owed: Sequence[tuple[int, int]], steps: Iterable[Step]) -> list[Happening]:
    """In order; what happened on the same day after what fell due on it."""
    first, on, spans = owed[0][0], tenancy.as_of, list(_spans(tenancy.episodes, owed[0][0], tenancy.as_of))

    def happened(day: int, kind: str, what: str, ore: int | None = None, falls: int | None = None) -> Happening:
        when = date.fromordinal(day)
        level = next((span.level for span in reversed(spans) if span.first <= when < span.end), 0)
        left = owed[max(0, bisect_right(owed, (day, sys.maxsize)) - 1)][1]
        return Happening(when, kind, what, left, level, ore, date.fromordinal(falls) if falls else None)

    found = [
        *(happened(line.due, "due", "Forfall", ore, line.falls) for line, ore in _invoiced(tenancy.ledger, on)),
        *(happened(line.dated, "paid", "Innbetaling", line.ore) for line in tenancy.ledger.payments),
        *(happened(day, "undone", "Innbetaling tilbakeført", -ore) for day, ore in _undone(tenancy.ledger)),
        *(happened(line.dated, "credited", "Kreditering", line.ore) for line in tenancy.ledger.credits),
        *(happened(line.dated, "adjusted", "Faktura endret til", line.ore) for line in tenancy.ledger.adjustments),
    ]
    found += [happened(day, "news", what) for day, what in _news(tenancy)]
    found = [each for each in found if first <= each.day.toordinal() <= on]
    found += [happened(step.day.toordinal(), "step", step.what) for step in steps]
    return sorted(found, key=lambda each: (each.day, KINDS.index(each.kind)))


def _news(tenancy: Tenancy) -> Iterator[tuple[int, str]]:
    """What no money moved by, but rules and people go by."""
    ledger = tenancy.ledger
    plans = sorted({(line.dated, line.changes) for line in ledger.instalments})
    yield from ((day, f"Betalingsavtale {'endret' if changes else 'inngått'}") for day, changes in plans)
    yield from ((line.dated, "Betalingsavtalen avsluttet") for line in ledger.plan_ends)
    yield from ((signal.dated, WAYS[signal.way]) for signal in tenancy.signals)
    yield from ((reminder.dated, "Purring sendt") for reminder in tenancy.reminders)
    yield from ((each.dated, "Innsigelse" if each.stands else "Innsigelsen avsluttet") for each in tenancy.disputes)


def _invoiced(ledger: Ledger, on: int) -> Iterator[tuple[Invoice, int]]:
    adjusted = ledger.amounts(on)
    return ((line, adjusted.get(line.id, line.ore)) for line in ledger.invoices)


def _undone(ledger: Ledger) -> Iterator[tuple[int, int]]:
    """Days and sums of payments that were taken back."""
    paid = {line.id: line.ore for line in ledger.payments}
    return ((line.dated, paid[line.amends]) for line in ledger.reversals if line.amends in paid)
