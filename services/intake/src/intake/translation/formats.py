"""Which form a file has: its first line says it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter
from stdnum.no import kontonr

from intake.domain.ledger.columns import ACCOUNT
from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.kinds import ALL, COLUMNS, KINDS, MORE
from intake.translation.csv_rows import OWN, REGISTER, WIDE, CsvRows, Mapped, RegisterRows, header_of
from intake.translation.giro_rows import FIRST_RECORD, Bank, GiroRows
from intake.translation.json_rows import JsonRows
from intake.translation.rows import Reader

NEEDED = {"tenancy", "date", "amount_ore"}  # of each tenancy in a register
NOT_OF_REGISTERS = ("closes", "end", "kinds", "register")  # a register closes no day, whatever is written


@cache
def mappings() -> tuple[Mapped, ...]:
    """Of all municipalities, as they ship with the service."""
    return mappings_in(_shipped())


@cache
def banks() -> tuple[Bank, ...]:
    """Of all municipalities, as they ship with the service."""
    return banks_in(_shipped())


def banks_in(text: str) -> tuple[Bank, ...]:
    """From the file's text; an entry of another form, or a number that belongs to two accounts, is an error."""
    entries = tomllib.loads(text).get("bank", [])
    found = TypeAdapter(tuple[Bank, ...], config={"extra": "forbid"}).validate_python(entries)
    for bank in found:
        if not ACCOUNT.fullmatch(bank.account) or not all(kontonr.is_valid(number) for number in bank.numbers):
            raise ValueError(f"{bank.account}: kontoen eller et av bankkontonumrene er ikke gyldig")
    owned = [(bank.kommunenummer, number) for bank in found for number in bank.numbers]
    if len(set(owned)) < len(owned):
        raise ValueError("et bankkontonummer hører til to kontoer")
    return found


def mappings_in(text: str) -> tuple[Mapped, ...]:
    """From the file's text; an entry of another form is an error."""
    told = tomllib.loads(text)
    ledgers, registers = told.get("format", []), told.get("register", [])
    _refuse(ledgers, ("register",), "i en [[format]]. Et leieregister skrives som [[register]]")
    _refuse(registers, NOT_OF_REGISTERS, "i et leieregister, som verken har slag eller sluttlinje, og lukker ingen dag")
    entries = [*ledgers, *({**entry, "closes": False, "register": True} for entry in registers)]
    found = TypeAdapter(tuple[Mapped, ...], config={"extra": "forbid"}).validate_python(entries)
    for mapped in found:
        if unknown := mapped.columns.keys() - set(REGISTER.columns if mapped.register else ALL):
            raise ValueError(f"{mapped.name}: {', '.join(sorted(unknown))} er ingen kolonne hos oss")
        if mapped.register and (lacking := NEEDED - mapped.columns.keys()):
            raise ValueError(f"{mapped.name}: {', '.join(sorted(lacking))} må ha en overskrift")
        if unknown := set(mapped.kinds.values()) - KINDS.keys():
            raise ValueError(f"{mapped.name}: {', '.join(sorted(unknown))} er ikke noe slag linje hos oss")
        "".encode(mapped.encoding)
    return found


def recognized(first: bytes, mappings: Iterable[Mapped], banks: Iterable[Bank], kommunenummer: str) -> Reader:
    """The reader of a file that begins so. Raises NotALedgerFile."""
    if first.lstrip().startswith(b"{"):
        return JsonRows()
    if first.startswith(FIRST_RECORD):
        return GiroRows([bank for bank in banks if bank.kommunenummer == kommunenummer])
    theirs = (mapped for mapped in mappings if mapped.kommunenummer == kommunenummer)
    known: Sequence[Mapped] = [OWN, WIDE, REGISTER, *theirs]
    for mapped in known:
        if header := header_of(first, mapped):
            return RegisterRows(mapped, header) if mapped.register else CsvRows(mapped, header)
    names = ", ".join(mapped.name for mapped in known)
    raise NotALedgerFile(
        f"Første linje er ikke overskriften i noe format som kommunen bruker ({names}), og heller ikke "
        "begynnelsen på en JSON-fil eller en OCR-giro-fil. I vårt eget er den nøyaktig "
        f"{';'.join(COLUMNS)}, eventuelt med {';'.join(MORE)} etter; i vårt eget leieregister "
        f"står {', '.join(REGISTER.columns.values())}"
    )


def _refuse(entries: Iterable[Mapping[str, Any]], keys: Iterable[str], where: str) -> None:
    """Raises ValueError for an entry that has one of these keys."""
    for entry in entries:
        if found := set(keys) & set(entry):
            raise ValueError(f"{entry.get('name', '')}: {', '.join(sorted(found))} kan ikke stå {where}")


def _shipped() -> str:
    return (files("intake") / "ledger_formats.toml").read_text(encoding="utf-8")
