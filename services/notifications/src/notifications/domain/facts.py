"""What follows from the ledger on a day (early-warning.md §7.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from notifications.domain.allocation import Allocation
from notifications.domain.ledger import Instalment, Invoice
from notifications.domain.thresholds import Thresholds


class Claim(NamedTuple):
    """An invoice, or a plan's instalment in its place, with so much open and over due. In øre."""

    line: Invoice | Instalment
    ore: int
    tolerance: int

    @property
    def counts(self) -> bool:
        """As unpaid."""
        return self.ore > self.tolerance


class Shrunk(NamedTuple):
    """So much was paid last, of an invoice of that amount. In øre."""

    paid: int
    invoice: int


class Broken(NamedTuple):
    """A plan that isn't kept: since when it holds, an ordinal, and what of it lacks, in øre."""

    since: int
    lacks: int


@dataclass(frozen=True, slots=True)
class Facts:
    """`dpd`: days over due of `oldest`, the oldest claim with more open than the tolerance; 0 if there is none.

    `claims`: all that is open and over due, oldest first, `debt` its sum; `planned`: what a plan lets wait. `rent`: a
    month's rent by the ledger itself, so that no rule waits for what another topic says. `habit`: within how many days
    after due the tenant usually pays; None if unknown. `lateness`: of the last invoices paid in full, the newest first.
    `first`: the oldest claim is the tenancy's first invoice.
    """

    on: int
    dpd: int
    oldest: Invoice | Instalment | None
    debt: int
    rent: int
    habit: int | None
    tolerance: int
    claims: tuple[Claim, ...] = ()
    planned: int = 0
    lateness: tuple[int, ...] = ()
    drift: tuple[int, ...] = ()
    shrink: Shrunk | None = None
    broken: Broken | None = None
    first: bool = False

    @property
    def settled(self) -> bool:
        return self.debt + self.planned <= self.tolerance

    @property
    def unpaid(self) -> tuple[str, ...]:
        """The ids of the lines that are open and over due."""
        return tuple(claim.line.id for claim in self.claims)

    @property
    def open_claims(self) -> int:
        """How many are open by more than the tolerance."""
        return sum(claim.counts for claim in self.claims)

    def owes(self, percent: int) -> bool:
        """At least this share of a month's rent."""
        return self.debt * 100 >= self.rent * percent

    def material(self, limits: Thresholds) -> bool:
        return self.debt >= limits.material_ore and self.owes(limits.material_percent)


def facts(allocation: Allocation, on: int, limits: Thresholds) -> Facts:
    claims = tuple(_claims(allocation, on, limits))
    oldest = next((claim.line for claim in claims if claim.counts), None)
    rent = monthly_rent(allocation, on, limits)
    late = lateness(allocation, limits)
    return Facts(
        on=on,
        dpd=on - oldest.falls if oldest else 0,
        oldest=oldest,
        debt=sum(claim.ore for claim in claims),
        rent=rent,
        habit=habit(late, limits),
        tolerance=limits.tolerance(rent),
        claims=claims,
        planned=sum(allocation.covered) - sum(_overdue_instalments(allocation, on)),
        lateness=late,
        drift=drift(late, limits),
        shrink=shrink(allocation, on, limits) if oldest else None,
        broken=broken(allocation, on, limits),
        first=bool(oldest and allocation.invoices and oldest == allocation.invoices[0]),
    )


def _claims(allocation: Allocation, on: int, limits: Thresholds) -> Iterator[Claim]:
    """Invoices and instalments in one order, by the day on which they fell due."""
    found: list[Claim] = []
    for index, left in enumerate(allocation.open):
        if not left:
            continue
        invoice = allocation.invoices[index]
        if invoice.falls >= on:
            break
        found.append(Claim(invoice, left, limits.tolerance(allocation.amounts[index])))
    if not allocation.instalments:
        return iter(found)
    for line, left in zip(allocation.instalments, allocation.planned, strict=True):
        if left and line.falls < on:
            found.append(Claim(line, left, limits.tolerance(line.ore)))
    return iter(sorted(found, key=lambda claim: (claim.line.falls, claim.line.due)))


def _overdue_instalments(allocation: Allocation, on: int) -> Iterator[int]:
    for line, left in zip(allocation.instalments, allocation.planned, strict=True):
        if line.falls < on:
            yield left


def monthly_rent(allocation: Allocation, on: int, limits: Thresholds) -> int:
    """The median of the last invoices over due, 0 before the first: none weighs as rent before it weighs as debt."""
    last: list[int] = []
    for index in range(len(allocation.invoices) - 1, -1, -1):
        if allocation.invoices[index].falls < on and allocation.amounts[index] > 0:
            last.append(allocation.amounts[index])
            if len(last) == limits.rent_invoices:
                break
    last.sort()
    middle = len(last) // 2
    if not last:
        return 0
    return last[middle] if len(last) % 2 else (last[middle - 1] + last[middle]) // 2


def lateness(allocation: Allocation, limits: Thresholds) -> tuple[int, ...]:
    """How many days late the last invoices paid in full were, the newest first; early counts as on time."""
    late: list[int] = []
    for index in range(len(allocation.invoices) - 1, -1, -1):
        if (paid := allocation.settled[index]) is not None:
            late.append(max(0, paid - allocation.invoices[index].falls))
            if len(late) == limits.habit_invoices:
                break
    return tuple(late)


def habit(late: tuple[int, ...], limits: Thresholds) -> int | None:
    """The nearest-rank percentile of the lateness."""
    if len(late) < limits.habit_least:
        return None
    rank = -(-limits.habit_percentile * len(late) // 100)
    return min(sorted(late)[rank - 1], limits.habit_cap)


def drift(late: tuple[int, ...], limits: Thresholds) -> tuple[int, ...]:
    """The last lateness, oldest first, where each is more than the one before and all rise enough; else ()."""
    last = late[: limits.drift_invoices][::-1]
    if len(last) < limits.drift_invoices or last[-1] - last[0] < limits.drift_rise:
        return ()
    return last if all(one < other for one, other in pairwise(last)) else ()


def shrink(allocation: Allocation, on: int, limits: Thresholds) -> Shrunk | None:
    """The newest invoice was partly paid in its first days, or two payments in a row were smaller than the one before.

    A wholly unpaid invoice is no sign of it. A payment counts as smaller by more than the tolerance.
    """
    index = len(allocation.invoices) - 1
    while index >= 0 and on - allocation.invoices[index].falls < limits.shrink_days:
        index -= 1
    if index < 0:
        return None
    by, amount = allocation.invoices[index].falls + limits.shrink_days, allocation.amounts[index]
    if allocation.open[index] > limits.tolerance(amount):
        parts = [part for part in allocation.parts if part.invoice == index]
        due = amount - sum(part.ore for part in parts if not part.paid)
        paid = sum(part.ore for part in parts if part.paid and part.dated <= by)
        if paid > 0 and paid * 100 < due * limits.shrink_percent:
            return Shrunk(paid, due)
    last = [payment.ore for payment in allocation.payments[-3:]]
    if len(last) == 3 and all(later < before - limits.tolerance(before) for before, later in pairwise(last)):
        return Shrunk(last[-1], amount)
    return None


def broken(allocation: Allocation, on: int, limits: Thresholds) -> Broken | None:
    """What lacks of the plan's instalments some days after they fell due; less than the tolerance breaks none."""
    lacks = since = tolerance = 0
    for line, left in zip(allocation.instalments, allocation.planned, strict=True):
        since, tolerance = line.dated, max(tolerance, limits.tolerance(line.ore))
        lacks += left if on - line.falls >= limits.plan_grace else 0
    return Broken(since, lacks) if lacks > tolerance else None
