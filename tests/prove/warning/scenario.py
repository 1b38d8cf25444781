"""The demo's ledger: what its files say became of each tenancy, and what the rules raised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from demo.local.places import ROOT
from notifications.domain.tenancy import Tenancy
from tests.prove.warning.judging import Alert, of
from tests.prove.warning.mixes import Standing, day_of
from tests.unit.demo_scenario.services_in_memory import events_of, told

SCENARIO = ROOT / "demo" / "scenario"


@dataclass(frozen=True, slots=True)
class Lived:
    """Days as in the mixes. `rent`: the median of its invoices, in øre."""

    alerts: Sequence[Alert]
    requests: Sequence[int]
    notices: Sequence[int]
    standings: Sequence[Standing]
    rent: int


def lived() -> Iterator[Lived]:
    contracts, own, arrears = events_of(SCENARIO)
    for tenancy in contracts:
        state: Tenancy | None = None
        for event in (*own[tenancy], *arrears[tenancy]):
            state = told(state, tenancy, event)
        lines = [(event.type, event) for event in arrears[tenancy]]
        closes = [event.as_of for type, event in lines if type == "ledger.closed"]
        rents = [event.amount_ore for type, event in lines if type == "invoice.issued"]
        if state and closes and rents:
            yield Lived(
                alerts=of(state),
                requests=[day_of(event.dated_on) for type, event in lines if type == "enforcement.requested"],
                notices=[day_of(event.dated_on) for type, event in lines if type == "eviction_notice.sent"],
                standings=[_standing(lines, close) for close in sorted(closes)],
                rent=round(median(rents)),
            )


def _standing(lines: Sequence[tuple[str, Any]], as_of: date) -> Standing:
    """By plain sums: what was due before the day, less all that came in."""
    known = [(type, event) for type, event in lines if type != "ledger.closed" and event.dated_on <= as_of]
    amounts = {event.line_id: event.amount_ore for type, event in known if type == "invoice.issued"}
    amounts |= {event.amends: event.amount_ore for type, event in known if type == "invoice.adjusted"}
    back = {event.amends for type, event in known if type == "payment.reversed"}
    paid = sum(e.amount_ore for type, e in known if type == "payment.registered" and e.line_id not in back)
    paid += sum(event.amount_ore for type, event in known if type == "invoice.credited")
    due = sorted((e.due_on, amounts[e.line_id]) for type, e in known if type == "invoice.issued" and e.due_on < as_of)
    over = 0
    left = paid
    for day, ore in due:
        if (left := left - ore) < 0:
            over = (as_of - day).days
            break
    return Standing(day_of(as_of), over, max(0, sum(ore for _, ore in due) - paid))
