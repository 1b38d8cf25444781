"""Input by the thousand, drawn from a seed: what is posted, and what must have come of it, known from the start.

Standard library alone, as the ledger that counts is. No two amounts of a tenancy are alike.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.e2e.counting import Money

HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"
GUIDELINE = dict.fromkeys(("SCOPE", "GEN-01", "GB-T1", "GB-01", "GB-03", "GB-07", "GB-08", "GB-09", "GB-10"), "yes")
WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def birth_number(number: int) -> str:
    """Of somebody who doesn't exist (month + 80), another one for each number."""
    for individual in range(1, 450):
        digits = f"{number % 28 + 1:02}{81 + number // 28 % 12:02}{70 + number // 336:02}{individual:03}"
        checks = _check(digits, WEIGHTS[0]), _check(digits + str(_check(digits, WEIGHTS[0])), WEIGHTS[1])
        if max(checks) < 10:
            return digits + "".join(map(str, checks))
    raise ValueError(number)


def _check(digits: str, weights: tuple[int, ...]) -> int:
    return -sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11


@dataclass(slots=True)
class Contract:
    """One tenancy: its lines of money, its rents in the order in which they were set, and each fact by topic."""

    name: str
    money: list[Money] = field(default_factory=list)
    rents: list[int] = field(default_factory=list)
    amounts: set[int] = field(default_factory=set)
    tenancies: list[tuple[Any, ...]] = field(default_factory=list)
    arrears: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """A rent account of one municipality, whose files are written one month after another."""

    name: str
    chance: Random
    contracts: list[Contract]
    closes: list[date] = field(default_factory=list)
    lines: int = 0

    def file(self, start: date, months: int) -> bytes:
        """Each month an invoice and a payment for every tenancy, now and then a new rent; a start in the first file."""
        rows: list[list[str]] = []
        for month in range(months):
            day = _month(start, month)
            for contract in self.contracts:
                rows += self._of_month(contract, day)
        as_of = _month(start, months)
        rows.append([self.name, "ledger.closed", str(len(rows)), f"{as_of}", "", "", str(_sum(rows)), "", "", ""])
        self.closes.append(as_of)
        self.lines += len(rows)
        for contract in self.contracts:
            contract.arrears.append(("ledger.closed", f"{as_of}", None))
        return "\n".join([HEADER, *map(";".join, rows), ""]).encode()

    def _of_month(self, contract: Contract, day: date) -> list[list[str]]:
        rows = []
        if not contract.rents:
            rows.append(self._rent(contract, "tenancy.started", day))
        elif self.chance.random() < 0.3:
            rows.append(self._rent(contract, "tenancy.changed", day))
        due, paid = day + timedelta(days=self.chance.randint(1, 9)), day + timedelta(days=self.chance.randint(1, 25))
        invoice, payment = self._amount(contract), self._amount(contract)
        contract.money += [Money(invoice, due), Money(-payment, paid)]
        contract.arrears += [("invoice.issued", f"{day}", invoice), ("payment.registered", f"{paid}", payment)]
        rows.append(self._row(contract, "invoice.issued", day, invoice, due))
        rows.append(self._row(contract, "payment.registered", paid, payment))
        return rows

    def _rent(self, contract: Contract, kind: str, day: date) -> list[str]:
        contract.rents.append(self._amount(contract))
        contract.tenancies.append((kind, f"{day}", contract.rents[-1]))
        return self._row(contract, kind, day, contract.rents[-1])

    def _amount(self, contract: Contract) -> int:
        while (ore := self.chance.randint(300_000, 900_000)) in contract.amounts:
            pass
        contract.amounts.add(ore)
        return ore

    def _row(self, contract: Contract, kind: str, day: date, ore: int, due: date | None = None) -> list[str]:
        reference = f"{contract.name}-{day.isoformat()}-{ore}"
        return [self.name, kind, reference, f"{day}", contract.name, "", str(ore), f"{due or ''}", "", ""]


def account(name: str, seed: int, contracts: int) -> Account:
    return Account(name, Random(seed), [Contract(f"{name}-{n:04}") for n in range(1, contracts + 1)])


def applications(number: int, referred: int, seed: int) -> list[dict[str, Any]]:
    """Bodies of POSTs with their municipality; the first `referred` are for NAV and have the applicant's consent."""
    chance, made = Random(seed), []
    for n in range(1, number + 1):
        body: dict[str, Any] = {
            "kommunenummer": chance.choice(["3427", "5027"]) if n <= referred else "5027",
            "ref": f"made-{n}",
            "applicant": {"national_id": birth_number(n), "name": f"Framdiktet Stormnatt {n:03}"},
            "received_on": f"{date(2019, 1, 1) + timedelta(days=chance.randint(0, 100))}",
        }
        if n <= referred:
            consent = {"kind": "consent", "consent_id": f"c{n}", "consented_at": "2019-01-01T10:00:00+01:00"}
            body |= {"application_type": chance.choice(["startlan", "tilskudd"]), "legal_basis": consent}
        else:
            body |= {"application_type": "kommunal_bolig", "dwelling_type": "gjennomgangsbolig", "answers": GUIDELINE}
        made.append(body)
    return made


def _month(start: date, after: int) -> date:
    years, month = divmod(start.month - 1 + after, 12)
    return date(start.year + years, month + 1, 1)


def _sum(rows: list[list[str]]) -> int:
    return sum(int(row[6]) for row in rows)
