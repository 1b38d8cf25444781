"""OCR giro and AvtaleGiro files, as Nets sends them to the payee: payments, and agreements that have ended.

One transmission has assignments, each to a bank account; an assignment has transactions of two or three records. What
a payment becomes is what our own form would say of it. Reference: OCR giro, System specification (Nets), §§ 2 and 3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from netsgiro import AssignmentType, AvtaleGiroRegistrationType, ServiceCode, TransactionType, records

from intake.domain.ledger.columns import READ, Unfit
from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.kinds import KINDS
from intake.domain.ledger.lines import Fault
from intake.translation.giro_records import Unreadable, record_of
from intake.translation.giro_sums import Tally
from intake.translation.rows import NO_HEADINGS, End, Row

FIRST_RECORD = b"NY000010"
MOST_FAULTS = 100  # listed of one file
MOST_ENDED = 20_000  # agreements, which wait for the file's date in its last record

REVERSALS = {TransactionType.REVERSING_WITH_KID, TransactionType.REVERSING_WITH_TEXT}
PAYMENTS = {kind for kind in TransactionType if 10 <= kind <= 21} - REVERSALS
REVERSED = "er en tilbakeføring. Banken sier ikke hvilken innbetaling den gjelder: skriv referansen, eller stryk linjen"
OUTWARD = (
    "Filen er betalingskrav eller slettinger i AvtaleGiro. De går fra kommunen til banken, og sier ikke hva som er "
    "betalt. Send OCR-giro-filen fra banken"
)


@dataclass(frozen=True, slots=True)
class Bank:
    """`numbers`: the municipality's bank accounts whose payments belong to this ledger account."""

    kommunenummer: str
    account: str
    numbers: tuple[str, ...]


@dataclass(slots=True)
class _Assignment:
    start: records.AssignmentStart
    tally: Tally


@dataclass(slots=True)
class _Transaction:
    """`raw`: its records as they stand."""

    number: int
    first: records.TransactionAmountItem1
    kid: str
    raw: list[str]
    more: list[int] = field(default_factory=list)


class GiroRows:
    """`banks`: of the municipality. The file closes its account if payments may stand in it."""

    headed, ends, kinds, headings = False, True, KINDS, NO_HEADINGS

    def __init__(self, banks: Sequence[Bank]) -> None:
        self._accounts = {number: bank.account for bank in banks for number in bank.numbers}
        self._account, self._transmission, self._number = "", "", 0
        self._all = Tally()
        self._assignment: _Assignment | None = None
        self._transaction: _Transaction | None = None
        self._ended: list[tuple[int, str, str, str]] = []
        self._faults: list[Fault] = []
        self._end: tuple[int, date] | None = None
        self._lines = self._ore = 0
        self.closes = False

    def take(self, number: int, line: bytes) -> Iterator[Row]:
        if not line.strip():
            return
        self._number = number
        try:
            record, kid = record_of(line)
        except Unreadable as error:
            self._fault(number, str(error))
            return
        if self._end:
            self._fault(number, "står etter filens sluttpost")
            return
        for row in self._record(number, record, kid, line.decode("latin-1")):
            self._lines += 1
            self._ore += int(row.cells.get("amount_ore", "0"))
            yield row

    def finish(self) -> tuple[End | None, list[Fault]]:
        if not self._end and not self._faults:
            self._fault(self._number, "er ikke filens sluttpost: filen er ikke hel")
        if self._faults or not self._end:
            return None, self._faults
        if not self._account:
            raise NotALedgerFile("Filen har ingen oppdrag.")
        number, as_of = self._end
        return End(number, self._account, as_of, self._lines, self._ore), []

    def _record(self, number: int, record: records.Record, kid: str, raw: str) -> Iterator[Row]:
        match record, self._assignment:
            case records.TransmissionStart(), None if not self._transmission:
                self._transmission = record.transmission_number
                self._all.records += 1
            case records.AssignmentStart(), None:
                self._start(number, record)
            case records.TransmissionEnd(), None:
                self._all.records += 1
                yield from self._whole(number, record)
            case records.AssignmentEnd(), _Assignment() as assignment:
                assignment.tally.records += 1
                yield from self._done()
                self._against(number, assignment.tally, record, "oppdraget")
                self._all.add(assignment.tally)
                self._assignment = None
            case records.TransactionRecord(), _Assignment() as assignment:
                assignment.tally.records += 1
                yield from self._of_transaction(number, record, kid, raw, assignment)
            case _:
                self._fault(number, "er en post som ikke hører hjemme på denne plassen i filen")

    def _start(self, number: int, start: records.AssignmentStart) -> None:
        if start.service_code == ServiceCode.OCR_GIRO:
            self.closes = True
        elif start.assignment_type != AssignmentType.AVTALEGIRO_AGREEMENTS:
            raise NotALedgerFile(f"{OUTWARD} (linje {number}).")
        account = self._accounts.get(start.assignment_account)
        if account is None:
            raise NotALedgerFile(f"Linje {number} gjelder en bankkonto som ikke er satt opp for kommunen.")
        if self._account not in ("", account):
            raise NotALedgerFile(f"Linje {number} gjelder en annen reskontro enn linjene over. Send én fil for hver.")
        self._account, self._assignment = account, _Assignment(start, Tally(records=1))

    def _of_transaction(
        self, number: int, record: records.TransactionRecord, kid: str, raw: str, of: _Assignment
    ) -> Iterator[Row]:
        is_ocr = of.start.service_code == ServiceCode.OCR_GIRO
        if record.service_code != of.start.service_code:
            self._fault(number, "hører til en annen tjeneste enn oppdraget")
        elif isinstance(record, records.TransactionAmountItem1) and is_ocr:
            yield from self._done()
            of.tally.transactions += 1
            of.tally.ore += record.amount
            self._transaction = _Transaction(number, record, kid, [raw])
        elif isinstance(record, records.TransactionAmountItem2 | records.TransactionAmountItem3) and is_ocr:
            self._more(number, record, raw)
        elif isinstance(record, records.AvtaleGiroAgreement) and not is_ocr:
            of.tally.transactions += 1
            self._agreement(number, record, kid, raw, of)
        else:
            self._fault(number, "er en post som ikke hører hjemme i oppdraget")

    def _more(self, number: int, record: records.TransactionRecord, raw: str) -> None:
        """The second or third record of a transaction, each at most once and in order."""
        one = self._transaction
        if one is None or one.first.transaction_number != record.transaction_number:
            self._fault(number, "hører ikke til transaksjonen over")
        elif max(one.more, default=0) >= record.RECORD_TYPE:
            self._fault(number, "står to ganger i transaksjonen, eller i feil rekkefølge")
        else:
            one.more.append(record.RECORD_TYPE)
            one.raw.append(raw)

    def _done(self) -> Iterator[Row]:
        """The transaction above is whole, or should be."""
        one, of, self._transaction = self._transaction, self._assignment, None
        if one is None or of is None:
            return
        if records.TransactionAmountItem2.RECORD_TYPE not in one.more:
            self._fault(one.number, "mangler transaksjonens andre post")
            return
        first, reference = one.first, self._reference(one.first.nets_date, of, one.first.transaction_number)
        told = {"account": self._account, "reference": reference, "date": first.nets_date.isoformat(), "kid": one.kid}
        raw = "\n".join(one.raw)
        if first.transaction_type in REVERSALS or first.sign == "-":
            yield Row(one.number, raw, told | {"kind": "payment.reversed"}, (Fault(one.number, "", REVERSED),))
        elif first.transaction_type in PAYMENTS:
            yield Row(one.number, raw, told | {"kind": "payment.registered", "amount_ore": str(first.amount)})
        else:
            self._fault(one.number, "har en transaksjonstype som ikke finnes i OCR-giro")

    def _agreement(self, number: int, record: records.AvtaleGiroAgreement, kid: str, raw: str, of: _Assignment) -> None:
        """New and standing agreements tell nothing that the ledger has a word for; one that has ended does."""
        if record.registration_type == AvtaleGiroRegistrationType.DELETED_AGREEMENT:
            if len(self._ended) == MOST_ENDED:
                raise NotALedgerFile(f"Filen har mer enn {MOST_ENDED} avtaler som er slettet.")
            place = f"{of.start.assignment_number}.{record.transaction_number:07}"
            self._ended.append((number, kid, place, raw))

    def _whole(self, number: int, end: records.TransmissionEnd) -> Iterator[Row]:
        self._against(number, self._all, end, "filen")
        try:
            as_of: date = READ["date"](end.nets_date.isoformat() if end.nets_date else "")
        except Unfit:
            self._fault(number, "er filens sluttpost og har ingen dato")
            return
        self._end = number, as_of
        for at, kid, place, raw in self._ended:
            reference = f"{as_of:%Y%m%d}.{self._transmission}.{place}"
            told = {"account": self._account, "kind": "direct_debit.ended", "reference": reference, "kid": kid}
            yield Row(at, raw, told | {"date": as_of.isoformat(), "code": "avtalegiro"})
        self._ended.clear()

    def _reference(self, day: date, of: _Assignment, transaction: int) -> str:
        """Nets numbers transmissions, a transmission's assignments, and an assignment's transactions."""
        return f"{day:%Y%m%d}.{self._transmission}.{of.start.assignment_number}.{transaction:07}"

    def _against(
        self, number: int, tally: Tally, end: records.AssignmentEnd | records.TransmissionEnd, whose: str
    ) -> None:
        for sentence in tally.against(end, whose):
            self._fault(number, sentence)

    def _fault(self, number: int, sentence: str) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(number, "", sentence))
