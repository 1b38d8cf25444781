"""A file as it streams in: read line by line, handed on in chunks, and never held."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from intake.domain.ledger.columns import ACCOUNT
from intake.domain.ledger.file import Chunk, LedgerFile, NotALedgerFile
from intake.domain.ledger.ids import account_key, bad_id, line_id
from intake.domain.ledger.kinds import REGISTERED
from intake.domain.ledger.lines import BadLine, Fault, Line, Name, read_line
from intake.domain.national_id import holds_birth_number
from intake.translation.rows import NO_HEADINGS, End, Reader, Row
from intake.translation.splitting import Splitting

AT_ONCE = 1_000  # lines of a chunk
MOST_BAD = 1_000  # a file with more is another kind of file

STARTING = frozenset({"tenancy.started", REGISTERED})
CUT = "har ikke linjeskift etter seg, og kan være kuttet på veien"

UTF_8_MARK = b"\xef\xbb\xbf"

Recognize = Callable[[bytes], Reader]


class Refused(ValueError):
    """The whole file is: its end record says that it isn't what was sent. `headings`: see `Reader`."""

    def __init__(self, faults: list[Fault], headings: Mapping[str, str]) -> None:
        super().__init__("end")
        self.faults, self.headings = faults, headings


class TooLarge(ValueError):
    """More than this installation takes."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How ids are made of what a file says, and how a line is sealed that somebody may have to repair."""

    tenancy: Name
    dwelling: Name
    public: Name
    seal: Callable[[str], str]


@dataclass(slots=True)
class Receiving:
    """`recognize` finds the reader of a file by its first line, given without a mark of its encoding."""

    kommunenummer: str
    import_id: str
    naming: Naming
    recognize: Recognize
    bad: list[BadLine] = field(default_factory=list)
    _splitting: Splitting = field(default_factory=Splitting)
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _reader: Reader | None = None
    _number: int = 0
    _account: str = ""
    _lines: int = 0
    _ore: int = 0
    _unreadable: int = 0
    _good: list[Line] = field(default_factory=list)
    _handed: int = 0
    _contracts: dict[str, str] = field(default_factory=dict)
    _cut: bool = False

    @property
    def headings(self) -> Mapping[str, str]:
        return self._reader.headings if self._reader else NO_HEADINGS

    def take(self, block: bytes) -> Iterator[Chunk]:
        """The chunks that are full with this block. Raises NotALedgerFile."""
        self._digest.update(block)
        for line in self._splitting.take(block):
            yield from self._line(line)

    def finish(self) -> tuple[list[Chunk], LedgerFile]:
        """The rest, and what the whole file is. Raises NotALedgerFile, and Refused with what is wrong with its end."""
        rest = list(self._splitting.finish())
        self._cut = bool(rest)
        chunks = [chunk for line in rest for chunk in self._line(line)]
        if self._reader is None:
            raise NotALedgerFile("Filen er tom.")
        end, faults = self._reader.finish()
        faults += self._against(end) if end else []
        if end is None or faults:
            raise Refused([*(fault for bad in self.bad for fault in bad.faults), *faults], self.headings)
        account = end.account or self._account
        if not account:
            raise NotALedgerFile("Ingen linje har en gyldig konto.")
        chunks += self._chunk()
        key, digest = account_key(self.kommunenummer, account), self._digest.hexdigest()
        ore = self._ore if end.ore is None else end.ore
        closes = self._reader.closes
        return chunks, LedgerFile(account, key, end.as_of, digest, end.number, self._lines, ore, closes)

    def _line(self, line: bytes) -> Iterator[Chunk]:
        self._number += 1
        if self._reader is None:
            line = line.removeprefix(UTF_8_MARK)
            if not line.strip():
                return
            self._reader = self.recognize(line)
            if self._reader.headed:
                return
        for row in self._reader.take(self._number, line):
            self._row(row, self._reader)
            if len(self._good) + len(self.bad) - self._handed >= AT_ONCE:
                yield from self._chunk()

    def _chunk(self) -> Iterable[Chunk]:
        bad = tuple(self.bad[self._handed :])
        if not (self._good or bad):
            return []
        starting = [line.tenancy for line in self._good if line.kind in STARTING]
        public = {id: self.naming.public(id) for id in starting}
        chunk = Chunk(tuple(self._good), bad, public, self.import_id, dict(self._contracts))
        self._handed = len(self.bad)
        self._good.clear()
        self._contracts.clear()
        return [chunk]

    def _row(self, row: Row, reader: Reader) -> None:
        self._lines += 1
        amount = row.cells.get("amount_ore", "" if row.cells else "?")
        if amount.isascii() and amount.isdigit():
            self._ore += int(amount)
        elif amount:
            self._unreadable += 1
        account = row.cells.get("account", "")
        if not self._account and ACCOUNT.fullmatch(account) and not holds_birth_number(account):
            self._account = account
        key = account_key(self.kommunenummer, self._account)
        line, faults = (None, list(row.faults)) if row.faults else self._read(row, key, reader)
        if self._cut and not reader.ends:
            faults.append(Fault(row.number, "", CUT))
        if account and account != self._account and ACCOUNT.fullmatch(account):
            faults.append(Fault(row.number, "account", "er en annen konto enn på linjene over"))
        if line and not faults:
            self._good.append(replace(line, sealed=self._sealed(row)))
            if line.kind in STARTING:
                self._contracts[line.tenancy] = self.naming.seal(row.cells["tenancy"])
        else:
            self._is_bad(row, key, faults, reader)

    def _read(self, row: Row, key: str, reader: Reader) -> tuple[Line | None, list[Fault]]:
        names = self.naming
        return read_line(row.number, row.cells, key, names.tenancy, kinds=reader.kinds, dwelling=names.dwelling)

    def _is_bad(self, row: Row, key: str, faults: list[Fault], reader: Reader) -> None:
        kind, reference = row.cells.get("kind", ""), row.cells.get("reference", "")
        known = line_id(key, kind, reference) if kind in reader.kinds and reference else ""
        id = bad_id(key, hashlib.sha256(row.raw.encode()).hexdigest())
        self.bad.append(BadLine(row.number, id, tuple(faults), self._sealed(row), known))
        if len(self.bad) > MOST_BAD:
            raise Refused([fault for bad in self.bad for fault in bad.faults], self.headings)

    def _sealed(self, row: Row) -> str:
        return self.naming.seal(json.dumps({"raw": row.raw, "cells": dict(row.cells)}, ensure_ascii=False))

    def _against(self, end: End) -> list[Fault]:
        """What the file holds against what its end record says. An amount that can't be read is one that is missing."""
        if end.lines is None or end.ore is None:
            return []
        if self._account and end.account != self._account:
            return [Fault(end.number, "account", "er en annen konto enn på linjene over")]
        if end.lines != self._lines:
            return [Fault(end.number, "reference", f"skal være antall linjer over, uten overskriften: {self._lines}")]
        if end.ore < self._ore or (end.ore > self._ore and not self._unreadable):
            return [Fault(end.number, "amount_ore", "er ikke summen av amount_ore på linjene over")]
        return []


async def taken_in(
    receiving: Receiving, blocks: AsyncIterator[bytes], largest: int, keep: Callable[[Chunk], Awaitable[None]]
) -> LedgerFile:
    """Each chunk is kept before more is read, and reading goes on beside all else. Raises TooLarge, in bytes."""
    size = 0
    async for block in blocks:
        if (size := size + len(block)) > largest:
            raise TooLarge
        for chunk in await asyncio.to_thread(lambda each: list(receiving.take(each)), block):
            await keep(chunk)
    chunks, file = await asyncio.to_thread(receiving.finish)
    for chunk in chunks:
        await keep(chunk)
    return file
