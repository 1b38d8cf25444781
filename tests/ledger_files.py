"""Ledger files as the door reads them: to their end, in parts, without a door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid5

from intake.domain.ledger.file import Chunk, LedgerFile
from intake.domain.ledger.lines import BadLine, Fault, Line
from intake.messages import AcceptImport
from intake.translation.csv_rows import Mapped
from intake.translation.formats import banks, mappings, recognized
from intake.translation.giro_rows import Bank
from intake.translation.receiving import Naming, Receiving


def dwelling_id(code: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"dwelling {code}"))


@dataclass(frozen=True)
class Received:
    """`chunks` wait under the name `upload`, numbered from 0."""

    file: LedgerFile
    chunks: Sequence[Chunk]
    upload: str = "upload"

    @property
    def lines(self) -> list[Line]:
        return [line for chunk in self.chunks for line in chunk.lines]

    @property
    def bad(self) -> list[BadLine]:
        return [bad for chunk in self.chunks for bad in chunk.bad]

    @property
    def faults(self) -> list[Fault]:
        return [fault for bad in self.bad for fault in bad.faults]

    @property
    def command(self) -> AcceptImport:
        return AcceptImport(file=self.file, upload=self.upload, chunks=len(self.chunks), bad=len(self.bad))


def received(
    raw: bytes,
    kommunenummer: str,
    name: Callable[[str], str],
    public: Callable[[str], str],
    *,
    import_id: str = "import-1",
    formats: Sequence[Mapped] | None = None,
    paid_to: Sequence[Bank] | None = None,
    block: int = 1 << 20,
) -> Received:
    """Raises NotALedgerFile and Refused. `block`: bytes at a time."""
    known, accounts = mappings() if formats is None else formats, banks() if paid_to is None else paid_to
    naming = Naming(name, dwelling_id, public, seal=lambda text: text)
    receiving = Receiving(
        kommunenummer, import_id, naming, lambda first: recognized(first, known, accounts, kommunenummer)
    )
    chunks = [c for at in range(0, len(raw), block) for c in receiving.take(raw[at : at + block])]
    rest, file = receiving.finish()
    return Received(file, [*chunks, *rest], f"upload of {import_id}")
