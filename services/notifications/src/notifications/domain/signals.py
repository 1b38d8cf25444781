"""What is told of how a tenant pays, and of what they have been sent or contest: no money, and no statutory step."""

from enum import IntEnum
from typing import NamedTuple


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
