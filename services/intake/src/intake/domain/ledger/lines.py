"""One line of the file, read by the table of its kind."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from intake.domain.ledger.columns import LAST_DAY, READ, Unfit
from intake.domain.ledger.ids import line_id, once_id
from intake.domain.ledger.kinds import ALL, COLUMNS, EVERY, KINDS, MORE, REGISTER, Kind
from intake.domain.national_id import holds_birth_number

# From a contract or a dwelling, as the file calls it, to its id.
Name = Callable[[str], str]

# Columns of the municipality's own making, in which a birth number sometimes hides.
FREE = ("account", "reference", "tenancy", "kid", "amends", "dwelling")
CONTENT_PART, TENANCY_PART = 16, 8  # hex digits of a mark


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which column of which line, counted from 1 with the header."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """`mark` tells the line's content and tenancy apart from any other's. `fields`: those of its event.

    `tenancy` is empty where the KID says whose it is. `amends` and `once` are ids: of the line that it amends, and of
    what only one line may do to that. `sealed`: the line as it came, for who may have to repair it. `reference`: a
    step's own, by which later steps may point to it.
    """

    number: int
    kind: str
    id: str
    tenancy: str
    dated_on: date
    mark: str
    fields: dict[str, Any] = field(default_factory=dict)
    amends: str = ""
    once: str = ""
    sealed: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that can't be booked as it stands. `id`: see `bad_id`. `line_id`: the id that it would have, if known."""

    number: int
    id: str
    faults: tuple[Fault, ...]
    sealed: str = ""
    line_id: str = ""


def mark_of(tenancy: str, content: str) -> str:
    return _hashed(content, CONTENT_PART // 2) + _tenancy_part(tenancy)


def moved(mark: str, tenancy: str) -> str:
    """The mark of the same content, once it is known whose it is."""
    return mark[:CONTENT_PART] + _tenancy_part(tenancy)


def same_content(mark: str, other: str) -> bool:
    return mark[:CONTENT_PART] == other[:CONTENT_PART]


def same_tenancy(mark: str, other: str) -> bool:
    return mark[-TENANCY_PART:] == other[-TENANCY_PART:]


def read_line(
    number: int,
    cells: Mapping[str, str],
    account: str,
    name: Name,
    *,
    kinds: Mapping[str, Kind] = KINDS,
    dwelling: Name | None = None,
) -> tuple[Line | None, list[Fault]]:
    """The line, or everything that is wrong with it. `cells`: by column, as texts. `account`: its key.

    `kinds`: those that it may be of. `name`: of its tenancy; `dwelling`: of its dwelling, for kinds that have one.
    """
    kind = kinds.get(cells.get("kind", ""))
    if kind is None:
        return None, [Fault(number, "kind", "er ikke et slag som kan stå i filen")]
    values, faults = _values(number, cells, kind)
    content = content_of(cells)
    if holds_birth_number(content):
        faults += _birth_numbers(number, cells)
    if faults:
        return None, faults
    amends = line_id(account, kind.amends, values["amends"]) if "amends" in values else ""
    tenancy = name(values["tenancy"]) if "tenancy" in values else ""
    if "dwelling" in values:
        values["dwelling"] = dwelling(values["dwelling"]) if dwelling else ""
    return (
        Line(
            number=number,
            kind=cells["kind"],
            id=line_id(account, cells["kind"], values["reference"]),
            tenancy=tenancy,
            dated_on=values["date"],
            mark=mark_of(tenancy, content),
            fields=_none_of(kind, cells) | _fields(kind, values, amends),
            amends=amends,
            once=once_id(cells["kind"], amends) if kind.once else "",
            reference=values["reference"] if kind.step else "",
        ),
        [],
    )


def content_of(cells: Mapping[str, str]) -> str:
    """The same with and without the columns that only some files have, while they are empty."""
    columns: Sequence[str] = ALL if any(cells.get(column) for column in MORE) else COLUMNS
    columns = EVERY if any(cells.get(column) for column in REGISTER) else columns
    return ";".join(cells.get(column, "") for column in columns)


@lru_cache(maxsize=4096)
def _tenancy_part(tenancy: str) -> str:
    return _hashed(tenancy, TENANCY_PART // 2)


def _hashed(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def _values(number: int, cells: Mapping[str, str], kind: Kind) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for column in EVERY:
        text, use = cells.get(column, ""), kind.use(column)
        if not text:
            by_kid = column == "tenancy" and kind.by_kid and cells.get("kid")
            if use == "required" and not by_kid:
                faults.append(Fault(number, column, "mangler"))
        elif use == "empty":
            faults.append(Fault(number, column, "skal være tom for dette slaget linje"))
        elif column != "kind":
            try:
                values[column] = READ[column](text)
            except Unfit as error:
                faults.append(Fault(number, column, str(error)))
    if kind.any_of and not any(column in values for column in kind.optional):
        faults += [Fault(number, column, "minst én av disse kolonnene må være fylt ut") for column in kind.optional]
    if values.get("code", "") not in ("", *kind.codes):
        faults.append(Fault(number, "code", f"må være ett av {', '.join(kind.codes)}"))
    early = (last for last in ("until", "ended") if "date" in values and values.get(last, LAST_DAY) < values["date"])
    faults += [Fault(number, column, "er før datoen i date") for column in early]
    return values, faults


def _none_of(kind: Kind, cells: Mapping[str, str]) -> dict[str, Any]:
    return {kind.optional[column]: None for column in kind.blank if cells.get(column) == ""}


def _birth_numbers(number: int, cells: Mapping[str, str]) -> list[Fault]:
    found = (column for column in FREE if holds_birth_number(cells.get(column, "")))
    return [Fault(number, column, "inneholder et fødselsnummer") for column in found]


def _fields(kind: Kind, values: dict[str, Any], amends: str) -> dict[str, Any]:
    columns = {**kind.required, **kind.optional}
    found = {to: values[column] for column, to in columns.items() if column in values}
    return {kind.dated: values["date"]} | found | ({"amends": amends} if amends else {})
