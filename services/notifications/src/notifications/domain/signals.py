"""What is told of how a tenant pays, and of what they have been sent or contest: no money, and no statutory step."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from notifications.domain.allocation import Allocation


class Way(IntEnum):
    """What became of a way of paying by itself; in the order in which the news of one day are taken."""

    DEBIT_FAILED = 1
    DEBIT_ENDED = 2
    DEDUCTION_ENDED = 3
    TRANSPORT_ENDED = 4
    TRANSPORT_STARTED = 5


class Signal(NamedTuple):
    """`way`: of which way of paying, and whether it failed, ended or started. `dated`: an ordinal."""

    dated: int
    way: Way
    id: str


class Reminder(NamedTuple):
    """`deadline`: the last day to pay that it names."""

    dated: int
    id: str
    deadline: int | None


class Dispute(NamedTuple):
    """The tenant contests what is claimed, or no longer does."""

    dated: int
    id: str
    stands: bool


def unanswered(signals: Sequence[Signal], allocation: Allocation, on: int) -> Signal | None:
    """The newest news up to the day that a way of paying failed or ended, unless rent has been paid in full since.

    One that ended is answered by an invoice that fell due after it; one that failed by any that was paid after it.
    Bostøtte that is paid to the landlord again answers that it had stopped.
    """
    known = [signal for signal in signals if signal.dated <= on]
    started = max((signal.dated for signal in known if signal.way is Way.TRANSPORT_STARTED), default=0)
    for signal in reversed(known):
        if signal.way is Way.TRANSPORT_STARTED or (signal.way is Way.TRANSPORT_ENDED and signal.dated <= started):
            continue
        return None if _answered(signal, allocation) else signal
    return None


def _answered(signal: Signal, allocation: Allocation) -> bool:
    for index in range(len(allocation.settled) - 1, -1, -1):
        paid, falls = allocation.settled[index], allocation.invoices[index].falls
        later = signal.way is Way.DEBIT_FAILED or falls >= signal.dated
        if paid is not None and paid >= signal.dated and later:
            return True
    return False
