"""Which money pays which invoice: the one that the KID names, the rest oldest first (early-warning.md §7.3).

Money is taken by its own date, never by arrival, so that the same lines give the same answer in any order. What is
left when all is paid waits for the next invoice. While a payment plan runs, its instalments stand in place of what it
covers, among the invoices by due date, so that the rent that falls due meanwhile keeps its own place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from notifications.domain.ledger import Instalment, Invoice, Ledger, Payment
from notifications.domain.plans import Turn, turns


class Part(NamedTuple):
    """So much of one sum of money went to the invoice with that index. `paid`: by a payment, not by a credit."""

    invoice: int
    dated: int
    ore: int
    paid: bool = True


@dataclass(frozen=True, slots=True)
class Allocation:
    """As of one day. `open`, `amounts`, `settled` and `covered` go by the index of the invoice, oldest first.

    `settled`: the day on which a payment brought the open amount within tolerance; None while unpaid, and for what
    was credited or paid off by a plan. `covered`: what of the invoice stands in a plan's instalments instead; of
    those, `planned` is still to be paid.
    """

    invoices: Sequence[Invoice]
    amounts: Sequence[int]
    open: Sequence[int]
    settled: Sequence[int | None]
    parts: Sequence[Part]
    covered: Sequence[int]
    instalments: Sequence[Instalment] = ()
    planned: Sequence[int] = ()
    payments: Sequence[Payment] = ()


def allocate(ledger: Ledger, on: int, tolerance: Callable[[int], int]) -> Allocation:
    """Every sum dated at latest on the day, on the invoices issued by then."""
    adjusted, invoices = ledger.amounts(on), [line for line in ledger.invoices if line.dated <= on]
    amounts = [adjusted.get(line.id, line.ore) for line in invoices]
    payments, credits = _in_order(ledger, on)
    books = _Books(invoices, amounts, tolerance)
    books.queue(by_id=bool(credits))
    waiting = turns(ledger, on)
    for money in payments if not credits else sorted([*payments, *credits]):
        while waiting and waiting[-1].dated <= money.dated:
            books.turn(waiting.pop(), by_id=bool(credits))
        books.take(money, paid=money not in credits if credits else True)
    while waiting:
        books.turn(waiting.pop(), by_id=bool(credits))
    count = len(invoices)
    return Allocation(
        invoices=invoices,
        amounts=amounts,
        open=books.open[:count],
        settled=books.settled,
        parts=books.parts,
        covered=[books.covered.get(index, 0) for index in range(count)] if books.covered else (),
        instalments=books.instalments,
        planned=books.open[count:],
        payments=payments,
    )


@dataclass(slots=True)
class _Books:
    """While money is taken. Indexes of `open` past the invoices are those of the instalments in force."""

    invoices: Sequence[Invoice]
    amounts: Sequence[int]
    tolerance: Callable[[int], int]
    open: list[int] = field(init=False)
    settled: list[int | None] = field(init=False)
    parts: list[Part] = field(default_factory=list)
    plan: str = ""
    instalments: list[Instalment] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)
    named: dict[str, list[int]] = field(default_factory=dict)
    oldest: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open = list(self.amounts)
        self.settled = [None] * len(self.amounts)

    def queue(self, *, by_id: bool) -> None:
        """Indexes by KID, the oldest last; by invoice id too where there are credits, which name it; and all."""
        order = self._order()
        self.named, self.oldest = {}, order
        kids = {kid for index in self.covered if (kid := self.invoices[index].kid)}
        count = len(self.invoices)
        for index in order:
            of = kids if index >= count else {self.invoices[index].kid}
            for kid in of:
                if kid:
                    self.named.setdefault(kid, []).append(index)
            if by_id and index < count:
                self.named[self.invoices[index].id] = [index]

    def _order(self) -> list[int]:
        """The oldest last; on one day invoices before instalments."""
        count = len(self.invoices)
        if not self.instalments:
            return list(range(count - 1, -1, -1))
        falls = [*(line.falls for line in self.invoices), *(line.falls for line in self.instalments)]
        return sorted(range(len(falls)), key=lambda index: (falls[index], index), reverse=True)

    def turn(self, turn: Turn, *, by_id: bool) -> None:
        """What the plan before still covered counts as its invoices again; then the new one covers what was due."""
        if not turn.instalments and turn.plan != self.plan:
            return
        del self.open[len(self.invoices) :]
        for index, ore in self.covered.items():
            self.open[index] += ore
        self.covered, self.instalments, self.plan = {}, list(turn.instalments), turn.plan
        left = sum(line.ore for line in turn.instalments)
        for index, invoice in enumerate(self.invoices):
            if invoice.due < turn.dated and (part := min(left, self.open[index])) > 0:
                self.covered[index] = part
                self.open[index] -= part
                left -= part
        left = sum(self.covered.values())
        for line in turn.instalments:
            self.open.append(min(line.ore, left))
            left -= self.open[-1]
        self.queue(by_id=by_id)

    def take(self, money: Payment, *, paid: bool) -> None:
        left, open = money.ore, self.open
        for queue in (self.named.get(money.kid or "", []), self.oldest):
            while queue and left > 0:
                index = queue[-1]
                if open[index] <= 0:
                    queue.pop()
                    continue
                part = min(left, open[index])
                left, open[index] = left - part, open[index] - part
                if index < len(self.invoices):
                    self._pays(index, money.dated, part, paid=paid)
                else:
                    self._pays_off(money.dated, part, paid=paid)

    def _pays(self, index: int, dated: int, ore: int, *, paid: bool) -> None:
        self.parts.append(Part(index, dated, ore, paid))
        left = self.open[index]
        if paid and self.settled[index] is None and index not in self.covered:
            self.settled[index] = dated if left == 0 or left <= self.tolerance(self.amounts[index]) else None

    def _pays_off(self, dated: int, ore: int, *, paid: bool) -> None:
        """An instalment pays the oldest of what the plan covers."""
        for index, covered in self.covered.items():
            part = min(ore, covered)
            if part:
                self.parts.append(Part(index, dated, part, paid))
                self.covered[index] -= part
                ore -= part


def _in_order(ledger: Ledger, on: int) -> tuple[list[Payment], set[Payment]]:
    """Payments that stand, by date, and credits as payments that name their invoice."""
    undone = ledger.undone(on)
    payments = [line for line in ledger.payments if line.dated <= on and line.id not in undone]
    return payments, {
        Payment(line.dated, line.id, line.ore, line.amends) for line in ledger.credits if line.dated <= on
    }
