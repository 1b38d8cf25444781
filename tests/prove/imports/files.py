"""Ledger files of any length: tenancies with rents and payments, by KID and by contract, and some bad lines."""

from collections.abc import Iterator
from pathlib import Path

from demo.generator.facts import luhn

HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"
OF_A_TENANCY = 100  # lines
RENT = 800_000  # øre


def write(file: Path, lines: int, *, bad_every: int) -> None:
    """`lines` facts and their end record; in one of `bad_every` the amount is missing."""
    total = 0
    with file.open("w", encoding="utf-8") as content:
        content.write(f"{HEADER}\n")
        for number, (line, ore) in zip(range(1, lines + 1), _facts(), strict=False):
            total += ore
            content.write(f"{line.replace(f';{RENT};', ';mangler;') if number % bad_every == 0 else line}\n")
        content.write(f"utleie;ledger.closed;{lines};2019-05-01;;;{total};;;\n")


def _facts() -> Iterator[tuple[str, int]]:
    number = 0
    while True:
        number += 1
        contract, kid = f"K-{number}", luhn(f"{number:08}")
        yield f"utleie;tenancy.started;S-{number};1995-01-01;{contract};{kid};{RENT};;;", RENT
        for month in range(OF_A_TENANCY // 2):
            year, day = 1996 + month // 12, month % 12 + 1
            when, reference = f"{year}-{day:02}-01", f"{number}-{month}"
            yield f"utleie;invoice.issued;F-{reference};{when};{contract};{kid};{RENT};{year}-{day:02}-15;;", RENT
            if month % 2:
                yield f"utleie;payment.registered;B-{reference};{year}-{day:02}-14;;{kid};{RENT};;;", RENT
            else:
                yield f"utleie;payment.registered;B-{reference};{year}-{day:02}-14;{contract};;{RENT};;;", RENT
