"""A lease and the facts of its ledger, as the bank file has them. Amounts in øre."""

from dataclasses import dataclass
from datetime import date

HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"


@dataclass(frozen=True, slots=True)
class Lease:
    """`started_on` is a first of a month. `until`: the last day of a lease for a fixed time. `dwelling`: its kind."""

    contract: str
    kommunenummer: str
    account: str
    kid: str
    rent: int
    due_day: int
    started_on: date
    until: date | None = None
    dwelling: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. `told`: the month whose file has it, where that isn't its own."""

    kind: str
    reference: str
    on: date
    kid: str = ""
    ore: int = 0
    due: date | None = None
    until: date | None = None
    amends: str = ""
    told: date | None = None

    def line(self, lease: Lease) -> str:
        ore = str(self.ore) if self.ore else ""
        days = (day.isoformat() if day else "" for day in (self.due, self.until))
        fields = (lease.account, self.kind, self.reference, self.on.isoformat(), lease.contract, self.kid, ore)
        return ";".join((*fields, *days, self.amends))


def luhn(digits: str) -> str:
    """The number with its mod 10 check digit."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return digits + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def outstanding(facts: list[Fact], day: date) -> int:
    """Invoices due before the day less payments and credits dated before it."""
    known = [fact for fact in facts if fact.on < day]
    amounts = {fact.amends: fact.ore for fact in known if fact.kind == "invoice.adjusted"}
    undone = {fact.amends for fact in known if fact.kind == "payment.reversed"}
    total = 0
    for fact in facts:
        if fact.kind == "invoice.issued" and fact.due and fact.due < day:
            total += amounts.get(fact.reference, fact.ore)
    for fact in known:
        if fact.kind == "invoice.credited" or (fact.kind == "payment.registered" and fact.reference not in undone):
            total -= fact.ore
    return total
