"""What a tenancy's account says on a day, reckoned plainly: each krone poured into the oldest bill, day by day.

A second opinion: written from early-warning.md §7.3–7.4 alone, it shares nothing with the services. All bills of a
tenancy bear its one KID, so the oldest is paid first. Amounts in øre.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from demo.generator.days import bank_day
from demo.generator.facts import Fact

HUNDRED, FIVE_HUNDRED = 100_00, 500_00
MONEY = ("payment.registered", "payment.reversed", "invoice.credited", "invoice.adjusted")


def spare(ore: int) -> int:
    """What may lack without counting as unpaid: a hundred kroner, or two per cent."""
    return max(HUNDRED, ore * 2 // 100)


@dataclass(slots=True)
class Bill:
    reference: str
    falls: date
    due: date
    amount: int
    left: int
    full_on: date | None = None
    paid: list[tuple[date, int]] = field(default_factory=list)
    credited: int = 0

    def take(self, on: date, ore: int, *, credit: bool) -> int:
        """What is left of the sum."""
        part = min(self.left, ore)
        if part:
            self.left -= part
            self.paid.append((on, part))
            self.credited += part if credit else 0
            if not credit and self.full_on is None and self.left <= spare(self.amount):
                self.full_on = on
        return ore - part


@dataclass(slots=True)
class Account:
    """The bills as they stand on a day."""

    on: date
    bills: list[Bill]
    sums: list[int]

    @property
    def owing(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.falls < self.on and bill.left]

    @property
    def late(self) -> list[Bill]:
        return [bill for bill in self.owing if bill.left > spare(bill.amount)]

    @property
    def days(self) -> int:
        return (self.on - self.late[0].falls).days if self.late else 0

    @property
    def debt(self) -> int:
        return sum(bill.left for bill in self.owing)

    @property
    def rent(self) -> int:
        last = sorted(bill.amount for bill in [b for b in self.bills if b.falls < self.on and b.amount][-6:])
        half = len(last) // 2
        return 0 if not last else last[half] if len(last) % 2 else (last[half - 1] + last[half]) // 2

    @property
    def lateness(self) -> list[int]:
        """Of the last six bills paid in full, the oldest first."""
        full = [(bill.full_on, bill.falls) for bill in self.bills if bill.full_on][-6:]
        return [max(0, (on - falls).days) for on, falls in full if on]

    @property
    def habit(self) -> int | None:
        usual = sorted(self.lateness)
        return min(25, usual[-(-len(usual) * 4 // 5) - 1]) if len(usual) >= 3 else None

    @property
    def matters(self) -> bool:
        return self.debt >= max(FIVE_HUNDRED, self.rent / 10)

    @property
    def drifts(self) -> bool:
        last = self.lateness[-3:]
        return len(last) == 3 and last[0] < last[1] < last[2] and last[2] - last[0] >= 6

    @property
    def shrinks(self) -> bool:
        five_days = [bill for bill in self.bills if (self.on - bill.falls).days >= 5]
        if not five_days:
            return False
        bill = five_days[-1]
        early = sum(ore for on, ore in bill.paid if (on - bill.falls).days <= 5) - bill.credited
        if bill.left > spare(bill.amount) and 0 < early < (bill.amount - bill.credited) * 0.8:
            return True
        last = self.sums[-3:]
        return len(last) == 3 and all(later < before - spare(before) for before, later in pairwise(last))

    def rules(self) -> list[str]:
        """Those of money that hold, the gravest first; to keep watch only when there is nothing graver."""
        days, habit, rents = self.days, self.habit, self.debt / self.rent if self.rent else 0.0
        first = bool(self.late) and self.late[0] is self.bills[0]
        found = {
            "A2": self.debt > 0 and rents >= 2.5,
            "A1": days >= 60 and self.matters,
            "S2": len(self.late) >= 2 and rents >= 1.2 and days >= 14,
            "S1": days >= 30 and rents >= 0.5 and self.matters,
            "E3": self.drifts and days >= 6 and self.matters,
            "E2": days >= 5 and self.matters and self.shrinks,
            "E5": first and days >= 5 and self.matters,
            "E1": days >= max(8, (habit or 0) + 5) and rents >= 0.25 and self.matters,
        }
        return [rule for rule, holds in found.items() if holds]

    def watched(self) -> list[str]:
        return [rule for rule, holds in {"W3": self.drifts, "W1": self.days >= 4}.items() if holds]


def account(known: Iterable[Fact], on: date) -> Account:
    """As of a day, by what is known."""
    facts = [fact for fact in known if fact.on <= on]
    amounts = {fact.amends: fact.ore for fact in facts if fact.kind == "invoice.adjusted"}
    undone = {fact.amends for fact in facts if fact.kind == "payment.reversed"}
    bills = sorted(
        (
            Bill(fact.reference, bank_day(fact.due), fact.due, ore := amounts.get(fact.reference, fact.ore), ore)
            for fact in facts
            if fact.kind == "invoice.issued" and fact.due
        ),
        key=lambda bill: (bill.falls, bill.due),
    )
    kinds = ("payment.registered", "invoice.credited")
    money = sorted((f for f in facts if f.kind in kinds and f.reference not in undone), key=lambda fact: fact.on)
    for fact in money:
        ore, credit = fact.ore, fact.kind == "invoice.credited"
        named = [bill for bill in bills if credit and bill.reference == fact.amends]
        for bill in (*named, *bills):
            ore = bill.take(fact.on, ore, credit=credit)
    return Account(on, bills, [fact.ore for fact in money if fact.kind == "payment.registered"])


def notice_stands(notice: Fact, now: Account, complete: date) -> bool:
    """Until the sum that it names has been paid since, on what was due before; or all that was due before is."""
    old = [bill for bill in now.bills if bill.due < notice.on]
    spared = spare(now.rent) if notice.ore > spare(now.rent) else 0
    since = sum(ore for bill in old for on, ore in bill.paid if on > notice.on)
    if since >= max(1, notice.ore - spared):
        return False
    return complete < notice.on or sum(bill.left for bill in old) > spared


def deadline(notice: Fact) -> date:
    """Two weeks at least, and a day on which banks are open."""
    return bank_day(max(notice.until or notice.on, notice.on + timedelta(days=14)))


def nearly_over(notice: Fact, on: date) -> bool:
    """At most three bank days are left, today and the last counted."""
    left, day = 0, on
    while day <= deadline(notice):
        left += bank_day(day) == day
        day += timedelta(days=1)
    return left <= 3
