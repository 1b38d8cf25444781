"""A database in memory: dictionaries, and one transaction at a time that happens or doesn't."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.envelope import Record
from chassis.outputs import Key

MISSING = object()
Row = dict[str, Any]


class Died(Exception):
    """The process was killed inside the transaction."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of states."""

    kommunenummer: str
    state: Any = None
    sequences: tuple[tuple[str, int], ...] = ()
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """One row of dead letters; without a `reason` it waits behind another. `error`: what stopped it."""

    origin: str
    parking_key: str | None
    record: Record | None = None
    packed: bytes | None = None
    error: Exception | None = None
    handled_by: str = ""

    @property
    def reason(self) -> str:
        return f"{type(self.error).__name__}: {self.error}" if self.error else ""


@dataclass(slots=True)
class Tables:
    """Rows are never changed in place: the journal keeps the old ones. Serial numbers aren't given back."""

    states: dict[Key, Kept] = field(default_factory=dict)
    inbox: dict[UUID, Any] = field(default_factory=dict)
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    timers: dict[tuple[Key, str], Row] = field(default_factory=dict)
    calls: dict[UUID, Row] = field(default_factory=dict)
    outbox: dict[int, Row] = field(default_factory=dict)
    letters: dict[int, Letter] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)
    _serial: int = 0
    _journal: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)
    _depth: int = 0

    def serial(self) -> int:
        self._serial += 1
        return self._serial

    def put(self, table: dict[Any, Any], key: Any, row: Any) -> None:
        self._journal.append((table, key, table.get(key, MISSING)))
        table[key] = row

    def drop(self, table: dict[Any, Any], key: Any) -> bool:
        """Whether it was there."""
        if key not in table:
            return False
        self._journal.append((table, key, table.pop(key)))
        return True

    def waiting(self, key: str) -> int:
        """How many letters of a parked key aren't handled yet."""
        return sum(letter.parking_key == key and not letter.handled_by for letter in self.letters.values())

    @contextmanager
    def transaction(self, *, dies: bool = False) -> Iterator[None]:
        """All or nothing. `dies`: the process is killed where it would commit."""
        mark = len(self._journal)
        self._depth += 1
        try:
            yield
            if dies:
                raise Died
        except BaseException:
            self._undo(mark)
            raise
        finally:
            self._depth -= 1
        if not self._depth:
            self._journal.clear()

    def _undo(self, mark: int) -> None:
        while len(self._journal) > mark:
            table, key, old = self._journal.pop()
            if old is MISSING:
                table.pop(key, None)
            else:
                table[key] = old
