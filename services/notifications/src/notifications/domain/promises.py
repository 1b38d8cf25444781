"""Whether a promise to pay was kept, by the ledger's own time: never by the clock, as the payment may be on its way."""

from notifications.domain.care import Snooze
from notifications.domain.ledger import Ledger


def is_broken(snooze: Snooze, ledger: Ledger, complete_to: int) -> bool:
    """The books are closed to the promised day, and less than what was promised has been paid since."""
    if snooze.promised_on is None or complete_to < snooze.promised_on.toordinal():
        return False
    return paid(snooze, ledger) < snooze.promised_ore


def paid(snooze: Snooze, ledger: Ledger) -> int:
    """Øre, from the day of the promise till the promised day."""
    if snooze.promised_on is None:
        return 0
    first, last = snooze.since.toordinal(), snooze.promised_on.toordinal()
    undone = ledger.undone(last)
    return sum(p.ore for p in ledger.payments if first <= p.dated <= last and p.id not in undone)
