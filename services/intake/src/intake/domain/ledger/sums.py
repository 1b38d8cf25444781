"""What a file holds, by kind and day, so that others can hold what they have against it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from intake.domain.ledger.lines import Line

AMOUNTS = ("amount_ore", "rent_ore")


class Sum(NamedTuple):
    kind: str
    dated_on: date
    lines: int
    ore: int


def ore_of(line: Line) -> int:
    """What stands in the file's column for amounts; 0 where it is empty."""
    return next((int(line.fields[name]) for name in AMOUNTS if name in line.fields), 0)


def summed(before: Iterable[Sum], lines: Iterable[Line]) -> tuple[Sum, ...]:
    """With more lines, in order of kind and day."""
    found = {(each.kind, each.dated_on): (each.lines, each.ore) for each in before}
    for line in lines:
        number, ore = found.get((line.kind, line.dated_on), (0, 0))
        found[line.kind, line.dated_on] = number + 1, ore + ore_of(line)
    return tuple(Sum(*key, *found[key]) for key in sorted(found))
