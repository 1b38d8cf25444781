"""What follows from the ledger on a day (early-warning.md §7.3)."""

from dataclasses import dataclass

from notifications.domain.allocation import Allocation
from notifications.domain.ledger import Invoice
from notifications.domain.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Facts:
    """`dpd`: days over due of `oldest`, the oldest invoice with more open than the tolerance; 0 if there is none.

    `debt`: all that is open and over due, `unpaid`: the ids of those invoices. `rent`: a month's rent by the ledger
    itself, so that no rule waits for what another topic says. `habit`: within how many days after due the tenant
    usually pays; None if unknown.
    """

    on: int
    dpd: int
    oldest: Invoice | None
    debt: int
    rent: int
    habit: int | None
    tolerance: int
    unpaid: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        return self.debt <= self.tolerance

    def owes(self, percent: int) -> bool:
        """At least this share of a month's rent."""
        return self.debt * 100 >= self.rent * percent

    def material(self, limits: Thresholds) -> bool:
        return self.debt >= limits.material_ore and self.owes(limits.material_percent)


def facts(allocation: Allocation, on: int, limits: Thresholds) -> Facts:
    oldest, debt, unpaid = None, 0, list[str]()
    for invoice, amount, left in zip(allocation.invoices, allocation.amounts, allocation.open, strict=True):
        if invoice.falls >= on:
            break
        debt += left
        unpaid += [invoice.id] if left else []
        if oldest is None and left > limits.tolerance(amount):
            oldest = invoice
    rent = monthly_rent(allocation, on, limits)
    return Facts(
        on=on,
        dpd=on - oldest.falls if oldest else 0,
        oldest=oldest,
        debt=debt,
        rent=rent,
        habit=habit(allocation, limits),
        tolerance=limits.tolerance(rent),
        unpaid=tuple(unpaid),
    )


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


def habit(allocation: Allocation, limits: Thresholds) -> int | None:
    """The nearest-rank percentile of how late the last invoices paid in full were; early counts as on time."""
    lateness: list[int] = []
    for index in range(len(allocation.invoices) - 1, -1, -1):
        if (paid := allocation.settled[index]) is not None:
            lateness.append(max(0, paid - allocation.invoices[index].falls))
            if len(lateness) == limits.habit_invoices:
                break
    if len(lateness) < limits.habit_least:
        return None
    lateness.sort()
    rank = -(-limits.habit_percentile * len(lateness) // 100)
    return min(lateness[rank - 1], limits.habit_cap)
