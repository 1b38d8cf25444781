"""Figures as a file that a Norwegian spreadsheet opens as it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from notifications.domain.words import LEVEL_NAMES
from notifications.pages.figures import LEVELS, Month
from notifications.translation.tables import table

CLOSED = {
    "cured": "Lukket ved betaling",
    "ended": "Lukket ved at leieforholdet tok slutt",
    "executed": "Gjennomførte fravikelser",
}


def meeting_file(months: Iterable[Month]) -> str:
    """A line per month; nothing of any single case."""
    raised = [f"Nye varsler, {LEVEL_NAMES[level].lower()}" for level in LEVELS]
    stand = [f"Åpne ved månedens slutt, {LEVEL_NAMES[level].lower()}" for level in LEVELS]
    closed = [*CLOSED.values(), "Lukket av saksbehandler"]
    steps = ["Varsler etter § 4-18", "Begjæringer om fravikelse"]
    head = ["Måned", *raised, *closed, *steps, *stand, "Utestående husleie (kr)"]
    return table([head, *(_line(month) for month in months)])


def _line(month: Month) -> list[str | int]:
    raised, stand = ([counts.get(level, 0) for level in LEVELS] for counts in (month.raised, month.open))
    closed = [month.closed.get(how, 0) for how in CLOSED]
    by_hand = sum(month.closed.values()) - sum(closed)
    owed = "" if month.owed is None else f"{month.owed / 100:.2f}".replace(".", ",")
    return [f"{month.first:%Y-%m}", *raised, *closed, by_hand, month.notices, month.requests, *stand, owed]


def chain_file(years: Iterable[Mapping[str, Any]]) -> str:
    """A line per year of referral."""
    head = ["År henvist", "Leietakere henvist til startlån", "Innvilget", "Boliger frigjort", "Måneder (median)"]
    rows = [[each["year"], each["referred"], each["granted"], each["freed"], decimal(each["months"])] for each in years]
    return table([head, *rows])


def decimal(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}".replace(".", ",")
