"""OCR giro and AvtaleGiro files, written from the banks' record layout alone: nothing here reads them, ours or others'.

Positions are counted from 1 as in the layout: OCR giro, System specification, and AvtaleGiro, Systemspesifikasjon
(Nets). A record is 80 characters in Latin-1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

BANK_ACCOUNT = "18850312342"
THE_DAY = date(2019, 5, 2)
GIRO, REVERSAL, PURCHASE, REVERSAL_WITH_TEXT = 10, 18, 19, 20
STANDING, NEW, DELETED = 0, 1, 2


@dataclass(frozen=True)
class Paid:
    """One transaction. `text`: that of a third record, as some kinds from terminals have."""

    ore: int
    kid: str
    day: date = date(2019, 5, 1)
    kind: int = GIRO
    sign: str = "0"
    text: str = ""
    card: str = "00"
    payer: str = "99990512341"


@dataclass(frozen=True)
class Agreed:
    """A payer's agreement: standing, new or deleted."""

    kid: str
    change: int = DELETED


@dataclass(frozen=True)
class Assignment:
    """Transactions to one bank account; `service` and `kind` as in the start record."""

    of: Sequence[Paid | Agreed]
    account: str = BANK_ACCOUNT
    service: int = 9
    kind: int = 0


@dataclass
class Said:
    """What the end records say, for who wants them to say something else."""

    transactions: Callable[[int], int] = lambda right: right
    records: Callable[[int], int] = lambda right: right
    ore: Callable[[int], int] = lambda right: right


@dataclass
class Counted:
    transactions: int = 0
    records: int = 0
    ore: int = 0


@dataclass
class Writing:
    said_of_assignments: Said = field(default_factory=Said)
    said_of_file: Said = field(default_factory=Said)
    transmission: int = 1000081
    day: date = THE_DAY

    def file(self, *assignments: Assignment) -> bytes:
        every, lines = Counted(records=2), [placed("NY000010", (9, "00008080"), (17, f"{self.transmission:07}"))]
        lines[0] = put(lines[0], 24, "00123456")
        for number, assignment in enumerate(assignments, 1):
            records, counted = self._assignment(number, assignment)
            lines += records
            every.transactions += counted.transactions
            every.records += counted.records
            every.ore += counted.ore
        said = self.said_of_file
        end = placed("NY000089", (9, f"{said.transactions(every.transactions):08}"))
        end = put(put(end, 17, f"{said.records(every.records):08}"), 25, f"{said.ore(every.ore):017}")
        lines.append(put(end, 42, ddmmyy(self.day)))
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1")

    def _assignment(self, number: int, of: Assignment) -> tuple[list[str], Counted]:
        begin = f"NY{of.service:02}{of.kind:02}"
        start = placed(f"{begin}20", (18, f"{number:07}"), (25, of.account))
        lines = [put(start, 9, "001234567") if of.kind == 0 else start]
        for place, each in enumerate(of.of, 1):
            lines += _paid(place, each) if isinstance(each, Paid) else [_agreed(place, each)]
        paid = [each for each in of.of if isinstance(each, Paid)]
        right = Counted(len(of.of), len(lines) + 1, sum(each.ore for each in paid))
        said = self.said_of_assignments
        end = placed(f"{begin}88", (9, f"{said.transactions(right.transactions):08}"))
        end = put(end, 17, f"{said.records(right.records):08}")
        if of.kind == 0:
            end = put(put(end, 25, f"{said.ore(right.ore):017}"), 42, ddmmyy(self.day))
            days = [each.day for each in paid] or [self.day]
            end = put(put(end, 48, ddmmyy(min(days))), 54, ddmmyy(max(days)))
        return [*lines, end], right


def giro(*assignments: Assignment, **writing: object) -> bytes:
    return Writing(**writing).file(*assignments)  # type: ignore[arg-type]


def payments(*paid: Paid, **writing: object) -> bytes:
    return giro(Assignment(paid), **writing)


def agreements(*agreed: Agreed, **writing: object) -> bytes:
    return giro(Assignment(agreed, service=21, kind=24), **writing)


def placed(begin: str, *fields: tuple[int, str]) -> str:
    line = begin + "0" * (80 - len(begin))
    for position, text in fields:
        line = put(line, position, text)
    return line


def put(line: str, position: int, text: str) -> str:
    return line[: position - 1] + text + line[position - 1 + len(text) :]


def ddmmyy(day: date) -> str:
    return f"{day.day:02}{day.month:02}{day.year % 100:02}"


def _paid(number: int, paid: Paid) -> list[str]:
    begin = f"NY09{paid.kind:02}"
    first = placed(f"{begin}30", (9, f"{number:07}"), (16, ddmmyy(paid.day)), (22, f"13{paid.day.day:02}1"))
    first = put(put(put(first, 27, f"{number:05}"), 32, paid.sign), 33, f"{paid.ore:017}")
    first = put(put(first, 50, f"{paid.kid:>25}"), 75, paid.card)
    second = placed(f"{begin}31", (9, f"{number:07}"), (16, f"{number:010}"), (26, "008016212"))
    lines = [first, put(put(second, 42, ddmmyy(paid.day)), 48, paid.payer)]
    if paid.text:
        lines.append(placed(f"{begin}32", (9, f"{number:07}"), (16, f"{paid.text:40}")))
    return lines


def _agreed(number: int, agreed: Agreed) -> str:
    return placed("NY219470", (9, f"{number:07}"), (16, str(agreed.change)), (17, f"{agreed.kid:>25}J"))


def with_check_digit(digits: str) -> str:
    """By mod 11: weights 2–7 from the right; ten is written as a minus."""
    check = 11 - sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits))) % 11
    return digits + {10: "-", 11: "0"}.get(check, str(check))
