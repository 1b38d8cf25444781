"""The lines of a tenancy's rent account. Days are ordinals (`date.toordinal`), amounts are øre.

Lines are tuples that order themselves and become JSON arrays: a tenancy has some two hundred of them, and its state
is written anew with each batch. A line is placed by its own order, so that the order of arrival leaves no trace, and
an amendment is kept by the id that it names, so that it may come before what it amends.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar


class Invoice(NamedTuple):
    """`falls`: the due day moved to the next bank day, from which days over due are counted."""

    falls: int
    due: int
    id: str
    dated: int
    ore: int
    kid: str | None


class Payment(NamedTuple):
    dated: int
    id: str
    ore: int
    kid: str | None


class Amendment(NamedTuple):
    """`ore`: the credited amount, or an invoice's new amount; of no meaning for a reversal."""

    dated: int
    id: str
    amends: str
    ore: int


class Hold(NamedTuple):
    """A payment that fits no tenancy for sure. `bank_days`: the first after its date, as many as a rule may count."""

    dated: int
    id: str
    ore: int
    bank_days: tuple[int, ...]


class Instalment(NamedTuple):
    """Of a payment plan, as it is from `dated` on: the newest such day's stand in place of all earlier ones.

    `plan`: the id of the plan's first line. `changes`: the plan was there before.
    """

    dated: int
    id: str
    plan: str
    falls: int
    due: int
    ore: int
    changes: bool


Line = TypeVar("Line", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Ledger:
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    credits: tuple[Amendment, ...] = ()
    adjustments: tuple[Amendment, ...] = ()
    reversals: tuple[Amendment, ...] = ()
    holds: tuple[Hold, ...] = ()
    releases: tuple[Amendment, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    plan_ends: tuple[Amendment, ...] = ()

    def issued(self, line: Invoice) -> "Ledger":
        return replace(self, invoices=placed(self.invoices, line))

    def paid(self, line: Payment) -> "Ledger":
        return replace(self, payments=placed(self.payments, line))

    def credited(self, line: Amendment) -> "Ledger":
        return replace(self, credits=placed(self.credits, line))

    def adjusted(self, line: Amendment) -> "Ledger":
        return replace(self, adjustments=placed(self.adjustments, line))

    def reversed(self, line: Amendment) -> "Ledger":
        return replace(self, reversals=placed(self.reversals, line))

    def held(self, line: Hold) -> "Ledger":
        return replace(self, holds=placed(self.holds, line))

    def released(self, line: Amendment) -> "Ledger":
        return replace(self, releases=placed(self.releases, line))

    def planned(self, line: Instalment) -> "Ledger":
        return replace(self, instalments=placed(self.instalments, line))

    def plan_ended(self, line: Amendment) -> "Ledger":
        return replace(self, plan_ends=placed(self.plan_ends, line))

    def amounts(self, until: int) -> dict[str, int]:
        """The adjusted amount of each invoice that has one, by the newest adjustment dated at latest `until`."""
        return {line.amends: line.ore for line in self.adjustments if line.dated <= until}

    def undone(self, until: int) -> set[str]:
        """The payments that were reversed at latest on `until`."""
        return {line.amends for line in self.reversals if line.dated <= until}


def placed(lines: tuple[Line, ...], line: Line) -> tuple[Line, ...]:
    """The lines with one more, in their own order; the same line again changes nothing."""
    at = bisect_left(lines, line)
    return lines if lines[at : at + 1] == (line,) else (*lines[:at], line, *lines[at:])


def outstanding(ledger: Ledger, day: int) -> int:
    """Invoices due before the day less payments and credits dated before it, in øre; below zero is paid ahead."""
    adjusted, undone = ledger.amounts(day - 1), ledger.undone(day - 1)
    invoiced = sum(adjusted.get(line.id, line.ore) for line in ledger.invoices if line.due < day)
    paid = sum(line.ore for line in ledger.payments if line.dated < day and line.id not in undone)
    return invoiced - paid - sum(line.ore for line in ledger.credits if line.dated < day)
