"""What the end records of a bank file say about what stands above them."""

from collections.abc import Iterator
from dataclasses import dataclass

from netsgiro.records import AssignmentEnd, TransmissionEnd


@dataclass(slots=True)
class Tally:
    """Of an assignment, or of the whole file: its transactions, their amounts in øre, and its records.

    Amounts of reversals are added as well, as Nets does in the end records. Agreements have no amounts.
    """

    transactions: int = 0
    records: int = 0
    ore: int = 0

    def add(self, other: "Tally") -> None:
        self.transactions += other.transactions
        self.records += other.records
        self.ore += other.ore

    def against(self, end: AssignmentEnd | TransmissionEnd, whose: str) -> Iterator[str]:
        """What disagrees, as sentences about the end record's line. `whose`: «oppdraget» or «filen»."""
        if end.num_transactions != self.transactions:
            yield _said(whose, f"{end.num_transactions} transaksjoner", str(self.transactions))
        if end.num_records != self.records:
            yield _said(whose, f"{end.num_records} poster", str(self.records))
        if end.total_amount is not None and end.total_amount != self.ore:
            yield _said(whose, f"summen {_kroner(end.total_amount)}", _kroner(self.ore))


def _said(whose: str, said: str, found: str) -> str:
    return f"er sluttposten for {whose} og sier {said}, men det er {found}"


def _kroner(ore: int) -> str:
    return f"{ore // 100},{ore % 100:02} kr"
