"""Separated text from a finance system, by the mapping of its municipality."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.kinds import ALL, COLUMNS, END, KINDS, REGISTERED, ROWS, Kind
from intake.domain.ledger.lines import Fault
from intake.translation.rows import End, HeldBack, Row, unreadable
from intake.translation.splitting import LONGEST, TOO_LONG

KRONER = re.compile(r"([0-9]{1,3}(?:[ \u00a0.][0-9]{3})+|[0-9]+)(?:,([0-9]{1,2}))?")
DATES = ("date", "due", "until", "dated", "received", "ended", "leased", "rent_from")


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a system writes its files. `columns`: our column → its heading. `kinds`: its word → our kind.

    `account`: where no column says it. `kroner`: amounts are kroner with a decimal comma, not whole øre. `dates`: as
    for strptime; ISO where empty. `end`: the word of its end record in the column of kinds, whose date is the day that
    the account is closed as of, whose reference is the number of lines above, and whose amount is their sum.
    `register`: a tenancy register, with a row for each tenancy, and neither kinds nor an end record.
    """

    name: str
    columns: Mapping[str, str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    kommunenummer: str = ""
    delimiter: str = ";"
    encoding: str = "utf-8"
    account: str = ""
    kroner: bool = False
    dates: str = ""
    end: str = END
    closes: bool = True
    register: bool = False


OWN = Mapped("boligflyt", {column: column for column in COLUMNS})
WIDE = Mapped("boligflyt med alle kolonner", {column: column for column in ALL})
REGISTER = Mapped(
    "leieregister",
    {
        "account": "account",
        "tenancy": "tenancy",
        "kid": "kid",
        "amount_ore": "rent_ore",
        "date": "start",
        "ended": "end",
        "dwelling": "dwelling",
        "leased": "lease_start",
        "until": "lease_end",
        "rent_from": "rent_from",
    },
    closes=False,
    register=True,
)


class CsvRows:
    """`header`: the first line, which the mapping fits."""

    headed, ends = True, True
    kinds: Mapping[str, Kind] = KINDS

    def __init__(self, mapped: Mapped, header: list[str]) -> None:
        self._mapped, self._width, self.closes = mapped, len(header), mapped.closes
        self._place = {column: header.index(heading) for column, heading in mapped.columns.items()}
        self.headings = {column: heading for column, heading in mapped.columns.items() if column != heading}
        self._held = HeldBack(mapped.end)

    def take(self, number: int, line: bytes) -> Iterator[Row]:
        if line.strip():
            yield from self._held.take(self._row(number, line))

    def finish(self) -> tuple[End | None, list[Fault]]:
        return self._held.finish()

    def _row(self, number: int, line: bytes) -> Row:
        if len(line) > LONGEST:
            return unreadable(number, line.decode(self._mapped.encoding, "replace"), TOO_LONG)
        try:
            raw = line.decode(self._mapped.encoding)
        except UnicodeDecodeError:
            return unreadable(number, line.decode("latin-1"), f"er ikke skrevet med tegnsettet {self._mapped.encoding}")
        try:
            (texts,) = csv.reader([raw], delimiter=self._mapped.delimiter, strict=True)
        except (csv.Error, ValueError):
            return unreadable(number, raw, "har anførselstegn som ikke går opp")
        if len(texts) != self._width:
            return unreadable(number, raw, f"linjen har {len(texts)} kolonner, ikke {self._width}")
        return Row(number, raw, self._cells(texts))

    def _cells(self, texts: list[str]) -> dict[str, str]:
        mapped = self._mapped
        cells = {column: texts[place] for column, place in self._place.items()}
        if mapped in (OWN, WIDE):
            return cells
        cells = {column: text.strip() for column, text in cells.items()}
        cells.setdefault("account", mapped.account)
        word = cells.get("kind", "")
        cells["kind"] = END if word == mapped.end else mapped.kinds.get(word, word)
        if mapped.kroner:
            cells["amount_ore"] = ore(cells.get("amount_ore", ""))
        if mapped.dates:
            cells |= {column: iso(cells[column], mapped.dates) for column in DATES if column in cells}
        return cells


class RegisterRows(CsvRows):
    """A row for each tenancy, and no end record."""

    ends, kinds = False, ROWS

    def __init__(self, mapped: Mapped, header: list[str]) -> None:
        super().__init__(mapped, header)
        self._last = 0

    def take(self, number: int, line: bytes) -> Iterator[Row]:
        if line.strip():
            self._last = number
            yield self._row(number, line)

    def finish(self) -> tuple[End | None, list[Fault]]:
        if not self._last:
            raise NotALedgerFile("Leieregisteret har ingen linjer.")
        return End(self._last, self._mapped.account), []

    def _cells(self, texts: list[str]) -> dict[str, str]:
        """A tenancy has one row, so its contract is the row's reference."""
        cells = super()._cells(texts)
        return cells | {"kind": REGISTERED, "reference": cells["tenancy"]}


def header_of(line: bytes, mapped: Mapped) -> list[str] | None:
    """The headings of a first line that the mapping fits."""
    try:
        (texts,) = csv.reader([line.decode(mapped.encoding)], delimiter=mapped.delimiter, strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        return None
    if mapped in (OWN, WIDE):
        return texts if texts == list(mapped.columns) else None
    texts = [text.strip() for text in texts]
    return texts if all(texts.count(heading) == 1 for heading in mapped.columns.values()) else None


def ore(text: str) -> str:
    """Kroner with a decimal comma, thousands parted or not, in øre. What isn't that is left as it is, to be named."""
    found = KRONER.fullmatch(text)
    if not found:
        return text
    whole, rest = re.sub(r"\D", "", found[1]), (found[2] or "").ljust(2, "0")
    return str(int(whole + rest))


def iso(text: str, form: str) -> str:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return text
