"""Which money pays which invoice: the one that the KID names, the rest oldest first (early-warning.md §7.3).

Money is taken by its own date, never by arrival, so that the same lines give the same answer in any order. What is
left when all is paid waits for the next invoice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from notifications.domain.ledger import Invoice, Ledger, Payment


class Part(NamedTuple):
    """So much of one sum of money went to the invoice with that index."""

    invoice: int
    dated: int
    ore: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """As of one day. `open`, `amounts` and `settled` go by the index of the invoice, oldest first.

    `settled`: the day on which a payment brought the open amount within tolerance; None while unpaid, and for what
    was credited rather than paid.
    """

    invoices: Sequence[Invoice]
    amounts: Sequence[int]
    open: Sequence[int]
    settled: Sequence[int | None]
    parts: Sequence[Part]


def allocate(ledger: Ledger, on: int, tolerance: Callable[[int], int]) -> Allocation:
    """Every sum dated at latest on the day, on the invoices issued by then."""
    adjusted, invoices = ledger.amounts(on), [line for line in ledger.invoices if line.dated <= on]
    amounts = [adjusted.get(line.id, line.ore) for line in invoices]
    open, parts = amounts.copy(), list[Part]()
    settled: list[int | None] = [None] * len(amounts)
    credits = {line.id for line in ledger.credits}
    named, oldest = _queues(invoices, by_id=bool(credits)), list(range(len(invoices) - 1, -1, -1))
    for money in _in_order(ledger, on):
        left = money.ore
        for queue in (named.get(money.kid or "", []), oldest):
            while queue and left > 0:
                invoice = queue[-1]
                if open[invoice] <= 0:
                    queue.pop()
                    continue
                part = min(left, open[invoice])
                left, open[invoice] = left - part, open[invoice] - part
                parts.append(Part(invoice, money.dated, part))
                if settled[invoice] is None and money.id not in credits:
                    settled[invoice] = _settled(open[invoice], amounts[invoice], money.dated, tolerance)
    return Allocation(invoices, amounts, open, settled, parts)


def _settled(left: int, amount: int, dated: int, tolerance: Callable[[int], int]) -> int | None:
    return dated if left == 0 or left <= tolerance(amount) else None


def _queues(invoices: Sequence[Invoice], *, by_id: bool) -> dict[str, list[int]]:
    """Invoice indexes by KID, the oldest last; and by invoice id where there are credits, which name it."""
    queues: dict[str, list[int]] = {}
    for index in range(len(invoices) - 1, -1, -1):
        if kid := invoices[index].kid:
            queues.setdefault(kid, []).append(index)
        if by_id:
            queues[invoices[index].id] = [index]
    return queues


def _in_order(ledger: Ledger, on: int) -> Sequence[Payment]:
    """Payments that stand, and credits as payments that name their invoice, by date."""
    undone = ledger.undone(on)
    payments = [line for line in ledger.payments if line.dated <= on and line.id not in undone]
    if ledger.credits:
        payments += [Payment(line.dated, line.id, line.ore, line.amends) for line in ledger.credits if line.dated <= on]
        payments.sort()
    return payments
