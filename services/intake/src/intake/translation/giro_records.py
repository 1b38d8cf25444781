"""Records of OCR giro and AvtaleGiro files, one line at a time, by netsgiro.

Its own `parse` holds the whole file, and cuts it at all that Python takes for the end of a line. Its errors quote the
line, so none of them is let out of here.
"""

from collections.abc import Mapping
from typing import Any

from netsgiro import records

LENGTH = 80  # characters of a record

RECORDS: Mapping[str, Any] = {
    "10": records.TransmissionStart,
    "20": records.AssignmentStart,
    "30": records.TransactionAmountItem1,
    "31": records.TransactionAmountItem2,
    "32": records.TransactionAmountItem3,
    "49": records.TransactionSpecification,
    "70": records.AvtaleGiroAgreement,
    "88": records.AssignmentEnd,
    "89": records.TransmissionEnd,
}
# Where the KID stands, right-aligned, in the records that have one.
KID_AT: Mapping[str, slice] = {"30": slice(49, 74), "70": slice(16, 41)}
# Who issued the card that paid at a terminal: nothing to us, and netsgiro takes it for filler.
CARD_ISSUER = slice(74, 76)


class Unreadable(ValueError):
    """The sentence says what is wrong with the record, and quotes nothing of it."""


def record_of(line: bytes) -> tuple[records.Record, str]:
    """The record, and its KID where it has one."""
    if len(line) != LENGTH:
        raise Unreadable(f"er {len(line)} tegn lang; en post er alltid {LENGTH}")
    text = line.decode("latin-1")
    kind = text[6:8]
    if kind not in RECORDS:
        raise Unreadable("har en posttype som ikke finnes i OCR-giro eller AvtaleGiro")
    try:
        record: records.Record = RECORDS[kind].from_string(_as_netsgiro_has_it(text, kind))
    except ValueError:
        raise Unreadable("følger ikke bankens postbeskrivelse") from None
    return record, text[KID_AT.get(kind, slice(0))].strip()


def _as_netsgiro_has_it(text: str, kind: str) -> str:
    """A KID may end in `-`, the check digit 10 by mod 11; netsgiro knows digits alone there, and gets one."""
    if kind in KID_AT and text[KID_AT[kind]].endswith("-"):
        end = KID_AT[kind].stop
        text = f"{text[: end - 1]}0{text[end:]}"
    if kind == "30" and text[CARD_ISSUER].isdigit():
        text = f"{text[: CARD_ISSUER.start]}00{text[CARD_ISSUER.stop :]}"
    return text
