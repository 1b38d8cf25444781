"""From its date on a payment plan's instalments stand in place of what was due before (early-warning.md §7.6)."""

from typing import NamedTuple

from notifications.domain.ledger import Instalment, Ledger


class Turn(NamedTuple):
    """From this day on these instalments hold, in order of due date; none: the plan is over."""

    dated: int
    plan: str
    instalments: tuple[Instalment, ...]


def turns(ledger: Ledger, on: int) -> list[Turn]:
    """What was agreed, changed and ended up to a day, the newest first. A tenancy has one plan at a time."""
    if not ledger.instalments:
        return []
    lines: dict[tuple[int, str], list[Instalment]] = {}
    for line in ledger.instalments:
        if line.dated <= on:
            lines.setdefault((line.dated, line.plan), []).append(line)
    found = [
        Turn(dated, plan, tuple(sorted(of, key=lambda line: (line.falls, line.due, line.id))))
        for (dated, plan), of in lines.items()
    ]
    found += [Turn(line.dated, line.amends, ()) for line in ledger.plan_ends if line.dated <= on]
    return sorted(found, key=lambda turn: (turn.dated, not turn.instalments, turn.plan), reverse=True)
