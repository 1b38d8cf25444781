"""The statutory steps: the § 4-18 notice, and enforcement at the namsmann (domain.md §2.1).

A step counts from when it is known, whatever day is judged: a notice dated after the newest close runs already.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from notifications.domain.allocation import Allocation
from notifications.domain.facts import Facts

# Days from when the notice reached the tenant before enforcement can be requested: tvangsfullbyrdelsesloven § 4-18.
NOTICE_DAYS = 14


class Notice(NamedTuple):
    """A § 4-18 notice, sent on `dated`. `ore`: the debt that it names. `deadline`: by whatever favours the tenant most.

    `bank_days`: the last ones up to the deadline, as many as a rule may count. `written`: the date that it bears.
    """

    dated: int
    id: str
    ore: int
    deadline: int
    bank_days: tuple[int, ...] = ()
    written: int | None = None
    received: int | None = None


def earliest_deadline(sent: int, written: int | None, received: int | None) -> int:
    """By the latest of the three days, as sources differ on which one counts (domain.md §2.2)."""
    return max(sent, written or 0, received or 0) + NOTICE_DAYS


class Enforcement(IntEnum):
    """In the order in which steps of one day follow each other."""

    REQUESTED = 1
    SCHEDULED = 2
    LIFTED = 3
    EXECUTED = 4


class Step(NamedTuple):
    """`scheduled`: the day of the eviction, for that step alone."""

    dated: int
    step: Enforcement
    id: str
    scheduled: int | None = None


class Reservation(NamedTuple):
    """The tenant's reservation against the § 9-11 notice to NAV, or its lifting."""

    dated: int
    id: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the legal chain stands. `requested`, `scheduled`: the steps in force, `executed`: the last there is."""

    notice: Notice | None = None
    requested: Step | None = None
    scheduled: Step | None = None
    executed: Step | None = None

    @property
    def runs(self) -> bool:
        return bool(self.notice or self.requested or self.scheduled)

    @property
    def next_date(self) -> int | None:
        """The date that the tenant must be ahead of; once eviction is requested, the notice's own is past meaning."""
        if self.scheduled:
            return self.scheduled.scheduled
        return self.notice.deadline if self.notice and not self.requested else None


def chain(
    notices: tuple[Notice, ...], steps: tuple[Step, ...], allocation: Allocation, facts: Facts, complete_to: int
) -> Chain:
    """The chain by the steps in order of their dates. `complete_to`: the newest close, by which all money is in."""
    if executed := [step for step in steps if step.step is Enforcement.EXECUTED]:
        return Chain(executed=executed[-1])
    requested = scheduled = None
    for step in steps:
        if step.step is Enforcement.REQUESTED:
            requested = step
        elif step.step is Enforcement.SCHEDULED:
            scheduled = step
        else:
            requested = scheduled = None
    running = [notice for notice in notices if notice_runs(notice, allocation, facts.tolerance, complete_to)]
    return Chain(running[-1] if running else None, requested, scheduled)


def notice_runs(notice: Notice, allocation: Allocation, tolerance: int, complete_to: int) -> bool:
    """Until the debt that it names is paid: that sum since, on what was due before it, or all that was due before it.

    The latter is believed only when a close says that the money of those days is in: the notice may come before the
    lines that it rests on. A notice for less than the tolerance runs until the last krone.
    """
    spared = tolerance if notice.ore > tolerance else 0
    old = [index for index, invoice in enumerate(allocation.invoices) if invoice.due < notice.dated]
    paid_since = sum(part.ore for part in allocation.parts if part.invoice < len(old) and part.dated > notice.dated)
    if paid_since >= max(1, notice.ore - spared):
        return False
    waits = sum(allocation.covered[: len(old)])
    return complete_to < notice.dated or sum(allocation.open[index] for index in old) + waits > spared
