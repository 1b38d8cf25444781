"""A tenancy as it is lived: what is billed, how the tenant pays, and what is foretold of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demo.generator.days import Horizon, add_months, bank_day, later, months_between
from demo.generator.facts import Fact, Lease
from demo.generator.foretold import TooClose

# An invoice goes out so many days before it is due; never on a first of the month with the due days in use.
SENT_BEFORE = 17
# So many invoices paid as usual make the habit; the fates miss none before.
HISTORY = 8


@dataclass(frozen=True, slots=True)
class Manner:
    """How a tenant usually pays: the day, by the due day moved to a bank day."""

    day: Callable[[date, Random], date]


PUNCTUAL = Manner(lambda falls, chance: later(falls, chance.randint(1, 3)))
# With the benefits of the 20th; of rent due on the 1st.
WITH_BENEFITS = Manner(lambda falls, _: later(falls.replace(day=20), 0))


def after(days: int) -> Manner:
    """So many days after due, to the day."""
    return Manner(lambda falls, _: falls + timedelta(days=days))


@dataclass(slots=True)
class Life:
    """One tenancy, as it is written down. `sound`: the fate is never to be raised to alvorlig."""

    lease: Lease
    horizon: Horizon
    chance: Random
    facts: list[Fact] = field(default_factory=list)
    sound: bool = False
    ended_on: date | None = None

    @property
    def months(self) -> list[date]:
        """Those with rent: from the first, or the first after the books begin, to the last."""
        first = max(self.lease.started_on, add_months(self.horizon.first, 1))
        return [add_months(first, n) for n in range(months_between(first, self.horizon.last) + 1)]

    def due(self, month: date) -> date:
        return month.replace(day=self.lease.due_day)

    def falls(self, month: date) -> date:
        """The day from which days over due are counted."""
        return bank_day(self.due(month))

    def close(self, month: date) -> date:
        """The first close after the month's rent was due."""
        return add_months(month, 1)

    def rent(self, month: date) -> int:
        """Raised by about two per cent each January once half a year has passed, to whole tens of kroner."""
        rent = self.lease.rent
        for _ in range(self.raises(month)):
            rent = rent * 102 // 100 // 1000 * 1000
        return rent

    def raises(self, month: date) -> int:
        first = add_months(max(self.lease.started_on, self.horizon.first), 6)
        return max(0, month.year - first.year)

    def begin(self) -> None:
        lease = self.lease
        until = lease.until
        self.facts.append(
            Fact("tenancy.started", lease.contract, lease.started_on, lease.kid, self.rent(self.months[0]), until=until)
        )

    def bill(self, months: Iterable[date], ore: int = 0) -> None:
        """`ore`: another amount than the rent."""
        for month in months:
            due = self.due(month)
            on = max(self.lease.started_on, due - timedelta(days=SENT_BEFORE))
            if month.month == 1 and month != self.months[0] and self.raises(month):
                reference = f"{self.lease.contract}-{month:%Y}"
                self.facts.append(Fact("tenancy.changed", reference, month, ore=self.rent(month)))
            self.facts.append(
                Fact("invoice.issued", self.invoice(month), on, self.lease.kid, ore or self.rent(month), due)
            )

    def invoice(self, month: date) -> str:
        return f"F-{self.lease.contract}-{month:%Y-%m}"

    def pay(self, on: date, ore: int, told: date | None = None) -> str:
        paid = sum(fact.kind == "payment.registered" for fact in self.facts)
        reference = f"B-{self.lease.contract}-{paid + 1:03}"
        self.facts.append(Fact("payment.registered", reference, on, self.lease.kid, ore, told=told))
        return reference

    def step(self, kind: str, on: date, *, ore: int = 0, until: date | None = None, told: date | None = None) -> None:
        taken = sum(fact.kind == kind for fact in self.facts)
        self.facts.append(Fact(kind, f"{self.lease.contract}-{taken + 1}", on, ore=ore, until=until, told=told))

    def amend(self, kind: str, amends: str, on: date, ore: int = 0) -> None:
        taken = sum(fact.kind == kind for fact in self.facts)
        self.facts.append(Fact(kind, f"{self.lease.contract}-{taken + 1}", on, ore=ore, amends=amends))

    def live(self, months: Iterable[date], manner: Manner = PUNCTUAL) -> None:
        """Billed and paid as usual; before the books are closed, as long as no habit excuses what comes after."""
        unknown = self.months[:HISTORY]
        for month in months:
            self.bill([month])
            paid = manner.day(self.falls(month), self.chance)
            if paid >= self.close(month) and month in unknown:
                raise TooClose
            self.pay(paid, self.rent(month))

    def end(self, on: date) -> None:
        self.ended_on = on
        self.facts.append(Fact("tenancy.ended", self.lease.contract, on))

    def pick(self, fits: Callable[[date], bool], after: int) -> int:
        """The index of a month that fits, with a history before it and `after` months behind it."""
        months = self.months
        found = [n for n in range(HISTORY, len(months) - after) if fits(months[n])]
        if not found:
            raise TooClose
        return self.chance.choice(found)
