"""A notice of husleieloven § 9-11 to NAV: what was owed when a caseworker asked for it, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from notifications.domain.allocation import allocate
from notifications.domain.ledger import Ledger

# requested: not sent yet. sent: NAV has it. received: NAV's receipt is here. contacted, and the other words of
# NAV's: what it has done. rejected, parked: sent back, or stopped for a person. withdrawn: never sent, or taken back.
Status = Literal[
    "requested", "sent", "received", "contacted", "application_sent", "granted", "refused", "withdrawn", "expired",
    "rejected", "parked",
]  # fmt: skip
# With these it never reached NAV, or doesn't stand there any longer: it may be asked for again.
GONE = frozenset({"rejected", "parked", "withdrawn"})


class Unpaid(NamedTuple):
    """An invoice over due, by its due date (an ordinal), and what is unpaid of it, in øre."""

    due: int
    ore: int


@dataclass(frozen=True, slots=True)
class NavNotice:
    """`episode`: of the alert that it was asked for from. `as_of`: an ordinal; the books were complete to that day.

    `received_at`: NAV's receipt, by NAV's clock. `code`: why it was sent back, stopped or taken back. `silent_since`:
    when NAV last said anything of it, where that is longer ago than it may.
    """

    id: str
    revision: int
    episode: int
    as_of: int
    unpaid: tuple[Unpaid, ...]
    requested_by: str
    requested_at: datetime
    requested_on: date
    status: Status = "requested"
    code: str = ""
    sent_at: datetime | None = None
    received_at: datetime | None = None
    silent_since: datetime | None = None

    @property
    def name(self) -> tuple[str, int]:
        return self.id, self.revision

    @property
    def debt(self) -> int:
        return sum(each.ore for each in self.unpaid)

    @property
    def stands(self) -> bool:
        """It is on its way, or NAV has it."""
        return self.status not in GONE


NavNotices = tuple[NavNotice, ...]


def owed(ledger: Ledger, on: int) -> tuple[Unpaid, ...]:
    """What is unpaid of the invoices that were over due on the day, oldest first. Money known since is taken off."""
    amended = (*ledger.credits, *ledger.adjustments, *ledger.reversals)
    dates = [on, *(line.dated for line in ledger.payments), *(line.dated for line in amended)]
    allocation = allocate(ledger, max(dates), lambda _: 0)
    return tuple(
        Unpaid(invoice.due, left)
        for invoice, left in zip(allocation.invoices, allocation.open, strict=True)
        if invoice.falls < on and left > 0
    )


def newest_of(notices: NavNotices, episode: int) -> NavNotice | None:
    """The alert's newest notice, whatever became of it."""
    return next((each for each in reversed(notices) if each.episode == episode), None)


def next_of(notices: NavNotices, alert: str, episode: int) -> tuple[str, int]:
    """Id and revision of the alert's next notice: one sent back keeps its id, after one withdrawn there is another."""
    mine = [each for each in notices if each.episode == episode]
    if mine and mine[-1].status != "withdrawn":
        return mine[-1].id, mine[-1].revision + 1
    number = len({each.id for each in mine}) + 1
    return str(uuid5(UUID(alert), f"nav-notice:{number}")), 1


def put(notices: NavNotices, notice: NavNotice) -> NavNotices:
    """With the notice in the place of what it was, or as the newest."""
    if all(each.name != notice.name for each in notices):
        return (*notices, notice)
    return tuple(notice if each.name == notice.name else each for each in notices)
