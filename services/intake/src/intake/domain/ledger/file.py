"""The whole file, read to its end before any of it is trusted."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from intake.domain.ledger.columns import READ, Unfit
from intake.domain.ledger.ids import account_key
from intake.domain.ledger.kinds import ALL, COLUMNS, END, MORE
from intake.domain.ledger.lines import Fault, Line, Name, read_line

Row = tuple[int, list[str]]


class NotALedgerFile(ValueError):
    """It can't be read as one at all; the sentence says why."""


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """`account` as the file writes it; `key` with the municipality. `digest`: the SHA-256 of its bytes, as hexadecimal.

    `end`: the number of its last line.
    """

    account: str
    key: str
    as_of: date
    digest: str
    end: int
    lines: tuple[Line, ...]


def read_file(raw: bytes, kommunenummer: str, name: Name) -> tuple[LedgerFile | None, list[Fault]]:
    """The file, or every fault of it by line."""
    (_, header), *facts, end = _rows(raw)
    width = len(header)
    faults = _end_faults(end, len(facts), width)
    account, key = end[1][0], account_key(kommunenummer, end[1][0])
    lines: list[Line] = []
    numbers: dict[str, int] = {}
    for number, row in facts:
        line, found = read_line(number, row, key, name, width)
        if row and row[0] != account:
            found = [*found, Fault(number, "account", "er en annen konto enn på sluttlinjen")]
        elif line and (first := numbers.setdefault(line.id, number)) != number:
            found = [Fault(number, "reference", f"er brukt på linje {first} også; den må være unik per konto og slag")]
        faults += found
        if line:
            lines.append(line)
    if not faults and sum(int(row[6] or 0) for _, row in facts) != int(end[1][6]):
        faults = [Fault(end[0], "amount_ore", "er ikke summen av amount_ore på linjene over")]
    if faults:
        return None, sorted(faults, key=lambda fault: fault.line)
    digest = hashlib.sha256(raw).hexdigest()
    return LedgerFile(account, key, READ["date"](end[1][3]), digest, end[0], tuple(lines)), []


def _rows(raw: bytes) -> list[Row]:
    """Header, lines and end, numbered as an editor does; empty lines at the end don't count."""
    try:
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError:
        raise NotALedgerFile("Filen er ikke UTF-8.") from None
    except csv.Error:
        raise NotALedgerFile("Filen er ikke semikolonseparert tekst med riktige anførselstegn.") from None
    while rows and not rows[-1][1]:
        rows.pop()
    if not rows or tuple(rows[0][1]) not in (COLUMNS, ALL):
        raise NotALedgerFile(f"Første linje må være nøyaktig {';'.join(COLUMNS)}, eventuelt med {';'.join(MORE)} etter")
    if len(rows) == 1:
        raise NotALedgerFile(f"Filen har ingen linjer. Siste linje må være {END}.")
    return rows


def _end_faults(end: Row, facts: int, width: int) -> list[Fault]:
    """The last line: account, as of which date, how many lines of fact, and the sum of their amounts."""
    number, row = end
    if len(row) != width or row[1] != END:
        return [Fault(number, "kind", f"siste linje må være {END}: filen er ikke hel")]
    faults = [*_fault(number, row, "account"), *_fault(number, row, "date")]
    if row[2] != str(facts):
        faults.append(Fault(number, "reference", f"skal være antall linjer over, uten overskriften: {facts}"))
    if not (row[6].isascii() and row[6].isdigit()):
        faults.append(Fault(number, "amount_ore", "skal være summen av amount_ore på linjene over, i øre"))
    must_be_empty = ("tenancy", "kid", "due", "until", "amends", *MORE)
    empty = (column for column, text in zip(ALL, row, strict=False) if text and column in must_be_empty)
    return faults + [Fault(number, column, "skal være tom på sluttlinjen") for column in empty]


def _fault(number: int, row: Sequence[str], column: str) -> list[Fault]:
    try:
        READ[column](row[COLUMNS.index(column)])
    except Unfit as error:
        return [Fault(number, column, str(error))]
    return []
