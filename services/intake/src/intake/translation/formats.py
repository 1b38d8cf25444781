"""Which form a file has: its first line says it."""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.kinds import ALL, COLUMNS, KINDS, MORE
from intake.translation.csv_rows import OWN, WIDE, CsvRows, Mapped, header_of
from intake.translation.json_rows import JsonRows
from intake.translation.rows import Reader


@cache
def mappings() -> tuple[Mapped, ...]:
    """Of all municipalities, as they ship with the service."""
    return mappings_in((files("intake") / "ledger_formats.toml").read_text(encoding="utf-8"))


def mappings_in(text: str) -> tuple[Mapped, ...]:
    """From the file's text; an entry of another form is an error."""
    entries = tomllib.loads(text).get("format", [])
    found = TypeAdapter(tuple[Mapped, ...], config={"extra": "forbid"}).validate_python(entries)
    for mapped in found:
        if unknown := mapped.columns.keys() - set(ALL):
            raise ValueError(f"{mapped.name}: {', '.join(sorted(unknown))} er ingen kolonne hos oss")
        if unknown := set(mapped.kinds.values()) - KINDS.keys():
            raise ValueError(f"{mapped.name}: {', '.join(sorted(unknown))} er ikke noe slag linje hos oss")
        "".encode(mapped.encoding)
    return found


def recognized(first: bytes, mappings: Iterable[Mapped], kommunenummer: str) -> Reader:
    """The reader of a file that begins so. Raises NotALedgerFile."""
    if first.lstrip().startswith(b"{"):
        return JsonRows()
    known: Sequence[Mapped] = [OWN, WIDE, *(mapped for mapped in mappings if mapped.kommunenummer == kommunenummer)]
    for mapped in known:
        if header := header_of(first, mapped):
            return CsvRows(mapped, header)
    names = ", ".join(mapped.name for mapped in known)
    raise NotALedgerFile(
        f"Første linje er ikke overskriften i noe format som kommunen bruker ({names}), og heller ikke "
        f"begynnelsen på en JSON-fil. I vårt eget er den nøyaktig {';'.join(COLUMNS)}, eventuelt med "
        f"{';'.join(MORE)} etter"
    )
