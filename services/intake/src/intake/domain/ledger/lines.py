"""One line of the file, read by the table of its kind."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from intake.domain.ledger.columns import READ, Unfit
from intake.domain.ledger.ids import line_id, once_id
from intake.domain.ledger.kinds import ALL, COLUMNS, KINDS, MORE, Kind
from intake.domain.national_id import holds_birth_number

# From a contract, as the file calls it, to the tenancy's id.
Name = Callable[[str], str]

# Columns of the municipality's own making, in which a birth number sometimes hides.
FREE = ("account", "reference", "tenancy", "kid", "amends")
TENANCY_PART = 8  # hex digits of a mark


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which column of which line, counted from 1 with the header."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """`mark` tells the line's content and tenancy apart from any other's. `fields`: those of its event.

    `amends` and `once` are ids: of the line that it amends, and of what only one line may do to that.
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


def mark_of(tenancy: str, content: str) -> str:
    return _hashed(content, 8) + _tenancy_part(tenancy)


def same_tenancy(mark: str, other: str) -> bool:
    return mark[-TENANCY_PART:] == other[-TENANCY_PART:]


def read_line(
    number: int, row: Sequence[str], account: str, name: Name, width: int = len(COLUMNS)
) -> tuple[Line | None, list[Fault]]:
    """The line, or everything that is wrong with it. `account`: its key. `width`: the file's number of columns.

    A line is the same with and without the columns that only some files have, while they are empty.
    """
    if len(row) != width:
        return None, [Fault(number, "", f"linjen har {len(row)} kolonner, ikke {width}")]
    row = [*row, *[""] * (len(ALL) - width)]
    kind = KINDS.get(row[1])
    if kind is None:
        return None, [Fault(number, "kind", "er ikke et slag som kan stå i filen")]
    values, faults = _values(number, row, kind)
    content = ";".join(row if any(row[-len(MORE) :]) else row[: len(COLUMNS)])
    if holds_birth_number(content):
        faults += _birth_numbers(number, row)
    if faults:
        return None, faults
    amends = line_id(account, kind.amends, values["amends"]) if "amends" in values else ""
    tenancy = name(values["tenancy"])
    return (
        Line(
            number=number,
            kind=row[1],
            id=line_id(account, row[1], values["reference"]),
            tenancy=tenancy,
            dated_on=values["date"],
            mark=mark_of(tenancy, content),
            fields=_fields(kind, values, amends),
            amends=amends,
            once=once_id(row[1], amends) if kind.once else "",
        ),
        [],
    )


@lru_cache(maxsize=4096)
def _tenancy_part(tenancy: str) -> str:
    return _hashed(tenancy, TENANCY_PART // 2)


def _hashed(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def _values(number: int, row: Sequence[str], kind: Kind) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {"kind": row[1]}
    faults = []
    for column, text in zip(ALL, row, strict=True):
        use = kind.use(column)
        if not text:
            if use == "required":
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
    if "until" in values and "date" in values and values["until"] < values["date"]:
        faults.append(Fault(number, "until", "er før datoen i date"))
    return values, faults


def _birth_numbers(number: int, row: Sequence[str]) -> list[Fault]:
    found = (column for column in FREE if holds_birth_number(row[COLUMNS.index(column)]))
    return [Fault(number, column, "inneholder et fødselsnummer") for column in found]


def _fields(kind: Kind, values: dict[str, Any], amends: str) -> dict[str, Any]:
    columns = {**kind.required, **kind.optional}
    found = {to: values[column] for column, to in columns.items() if column in values}
    return {kind.dated: values["date"]} | found | ({"amends": amends} if amends else {})
