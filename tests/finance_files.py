"""One month's rents as each finance system writes them, by rules of its own: nothing here is read from the mappings."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.unit.intake.builders import a_file, a_line

THE_DAY = "2019-05-01"
MUNICIPALITY = {"own": "3427", "latin": "3427", "comma": "5027", "json": "3427"}
LEDGER = {"3427": "utleie", "5027": "kommunale-boliger"}


@dataclass(frozen=True)
class Fact:
    """An invoice, or a payment where `due` is empty. `remark`: what a system writes besides, which nobody asked for."""

    reference: str
    ore: int
    due: str = ""
    tenancy: str = "K-1"
    date: str = "2019-03-01"
    remark: str = "Kari Prøve"


def own(facts: Sequence[Fact]) -> bytes:
    return a_file(
        *(
            a_line(
                "invoice.issued" if fact.due else "payment.registered",
                fact.reference,
                amount_ore=str(fact.ore),
                due=fact.due,
                tenancy=fact.tenancy,
                date=fact.date,
            )
            for fact in facts
        )
    )


def latin(facts: Sequence[Fact]) -> bytes:
    """Latin-1, semicolons, kroner with a hard space between thousands, 01.03.2019, and a remark."""
    lines = ["Bilagsart;Bilagsnr;Bilagsdato;Kontraktsnr;Merknad;KID;Beløp;Forfall;Frist;Gjelder bilag"]
    for fact in facts:
        kind = "Faktura" if fact.due else "Innbetaling"
        cells = [kind, fact.reference, _day(fact.date), fact.tenancy, fact.remark, "", _kroner(fact.ore, "\u00a0")]
        lines.append(";".join([*cells, _day(fact.due), "", ""]))
    total = _kroner(sum(fact.ore for fact in facts), "\u00a0")
    lines.append(f"SLUTT;{len(facts)};{_day(THE_DAY)};;;;{total};;;")
    return "\r\n".join([*lines, ""]).encode("latin-1")


def comma(facts: Sequence[Fact]) -> bytes:
    """UTF-8 with a mark, commas, quoted kroner with a dot between thousands, and 01.03.19."""
    lines = ["Type,Bilag,Dato,Kontrakt,Merknad,KID,Sum,Forfallsdato,Frist,Motbilag"]
    for fact in facts:
        cells = ["FAK" if fact.due else "INN", fact.reference, _short(fact.date), fact.tenancy, f'"{fact.remark}"', ""]
        lines.append(",".join([*cells, f'"{_kroner(fact.ore, ".")}"', _short(fact.due), "", ""]))
    total = _kroner(sum(fact.ore for fact in facts), ".")
    lines.append(f'SUM,{len(facts)},{_short(THE_DAY)},,,,"{total}",,,')
    return b"\xef\xbb\xbf" + "\n".join([*lines, ""]).encode()


def json_lines(facts: Sequence[Fact]) -> bytes:
    told = [
        {
            "account": "utleie",
            "kind": "invoice.issued" if fact.due else "payment.registered",
            "reference": fact.reference,
            "date": fact.date,
            "tenancy": fact.tenancy,
            "amount_ore": fact.ore,
            "due": fact.due or None,
        }
        for fact in facts
    ]
    total = sum(fact.ore for fact in facts)
    end = {"account": "utleie", "kind": "ledger.closed", "reference": len(facts), "date": THE_DAY, "amount_ore": total}
    return "".join(json.dumps(each) + "\n" for each in [*told, end]).encode()


FORMS: dict[str, Callable[[Sequence[Fact]], bytes]] = {
    "own": own,
    "latin": latin,
    "comma": comma,
    "json": json_lines,
}


def _day(text: str) -> str:
    return ".".join(reversed(text.split("-"))) if text else ""


def _short(text: str) -> str:
    return _day(text).replace(".20", ".") if text else ""


def _kroner(ore: int, thousands: str) -> str:
    return f"{ore // 100:,}".replace(",", thousands) + f",{ore % 100:02}"
