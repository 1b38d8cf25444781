"""What every file format is read as: rows of our own columns, and an end record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from intake.domain.ledger.columns import READ, Unfit
from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.kinds import END, MORE, Kind
from intake.domain.ledger.lines import Fault
from intake.domain.national_id import holds_birth_number


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. `raw`: as it stands in the file. `cells`: by our column, as our own file would have it.

    `faults`: what was wrong with its form already.
    """

    number: int
    raw: str
    cells: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The end record. `lines`: how many facts there are above it; `ore`: the sum of their amounts.

    A form without one says nothing but its last line's number, and the account where the form itself has it.
    """

    number: int
    account: str = ""
    as_of: date | None = None
    lines: int | None = None
    ore: int | None = None


NO_HEADINGS: Mapping[str, str] = {}


class Reader(Protocol):
    """`closes`: whether a file of this form closes its account as of its day. `headed`: its first line is no fact.

    `kinds`: of lines that it may have. `ends`: it has an end record, which says that the file is whole. `headings`: our
    column → what the form calls it, where that is something else.
    """

    @property
    def closes(self) -> bool: ...
    @property
    def headed(self) -> bool: ...
    @property
    def ends(self) -> bool: ...
    @property
    def kinds(self) -> Mapping[str, Kind]: ...
    @property
    def headings(self) -> Mapping[str, str]: ...

    def take(self, number: int, line: bytes) -> Iterator[Row]:
        """The facts that are whole with this line, which is numbered as an editor does."""

    def finish(self) -> tuple[End | None, list[Fault]]:
        """The end record, or what is wrong with it."""


def unreadable(number: int, raw: str, message: str, field: str = "") -> Row:
    return Row(number, raw, faults=(Fault(number, field, message),))


@dataclass(slots=True)
class HeldBack:
    """Rows of a form whose end record looks like a fact but for its kind: the last row is it, and none before."""

    word: str = END
    _last: Row | None = None

    def take(self, row: Row) -> Iterator[Row]:
        """The row before this one."""
        if self._last:
            yield self._last
        self._last = row

    def finish(self) -> tuple[End | None, list[Fault]]:
        """The account, as of which date, how many facts there are above, and the sum of their amounts."""
        if (row := self._last) is None:
            raise NotALedgerFile(f"Filen har ingen linjer. Siste linje må være {self.word}.")
        if row.cells.get("kind") != END:
            return None, [Fault(row.number, "kind", f"siste linje må være {self.word}: filen er ikke hel")]
        number, cells = row.number, row.cells
        faults = [*_fault(row, "account"), *_fault(row, "date")]
        lines, total = cells.get("reference", ""), cells.get("amount_ore", "")
        if holds_birth_number(cells.get("account", "")):
            faults.append(Fault(number, "account", "inneholder et fødselsnummer"))
        if not (lines.isascii() and lines.isdigit() and len(lines) < 10):
            faults.append(Fault(number, "reference", "skal være antall linjer over, uten overskriften"))
        if not (total.isascii() and total.isdigit() and len(total) < 19):
            faults.append(Fault(number, "amount_ore", "skal være summen av amount_ore på linjene over, i øre"))
        empty = (column for column in ("tenancy", "kid", "due", "until", "amends", *MORE) if cells.get(column))
        faults += [Fault(number, column, "skal være tom på sluttlinjen") for column in empty]
        if faults:
            return None, faults
        return End(number, cells["account"], READ["date"](cells["date"]), int(lines), int(total)), []


def _fault(row: Row, column: str) -> list[Fault]:
    try:
        READ[column](row.cells.get(column, ""))
    except Unfit as error:
        return [Fault(row.number, column, str(error))]
    return []
