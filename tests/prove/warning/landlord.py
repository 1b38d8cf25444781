"""The landlord's own routine: notice, request, eviction. It sees who owes, and knows nothing of alerts.

Days over due go by the oldest rent that isn't wholly paid. Slow and fast: early-warning.md §7.8.
"""

from dataclasses import dataclass
from random import Random

LEAST = 100_000  # øre: for less than 1,000 kroner no landlord writes
DEADLINE = 14  # days: tvangsfullbyrdelsesloven § 4-18
EXECUTED, AFTER = 0.6, 45  # of those who find no money, so that 29–40 % of all requests are carried out


@dataclass(frozen=True, slots=True)
class Routine:
    """Days over due at which the notice is sent and the request goes, drawn for each tenancy between the two."""

    name: str
    notice: tuple[int, int]
    request: tuple[int, int]


SLOW = Routine("slow", (35, 55), (56, 80))
FAST = Routine("fast", (15, 22), (30, 43))


@dataclass(frozen=True, slots=True)
class Step:
    """`kind`: notice, requested, lifted or executed. `ore`: the debt that the notice names."""

    day: int
    kind: str
    ore: int = 0


@dataclass
class Landlord:
    """One tenancy's. `notices`: how many of those who could get one do; the rest are called instead, or left."""

    random: Random
    routine: Routine
    notices: float = 0.8

    def __post_init__(self) -> None:
        self._new_terms()
        self.noticed: int | None = None
        self.requested: int | None = None
        self.over = False

    def _new_terms(self) -> None:
        self._notice = self.random.randint(*self.routine.notice)
        self._request = self.random.randint(*self.routine.request)
        self._writes = self.random.random() < self.notices

    def look(self, day: int, days_over_due: int, debt: int) -> list[Step]:
        """What the landlord does on a day."""
        if self.requested is not None:
            return self._after_request(day, debt)
        if debt <= 0 and self.noticed is not None:
            self.noticed = None
            self._new_terms()
        if debt < LEAST or not self._writes:
            return []
        if self.noticed is None and days_over_due >= self._notice:
            self.noticed = day
            return [Step(day, "notice", debt)]
        if self.noticed is not None and day > self.noticed + DEADLINE and days_over_due >= self._request:
            self.requested = day
            self._carried_out = self.random.random() < EXECUTED
            return [Step(day, "requested")]
        return []

    def _after_request(self, day: int, debt: int) -> list[Step]:
        if debt <= 0:
            self.requested = self.noticed = None
            self._new_terms()
            return [Step(day, "lifted")]
        if self.requested is not None and self._carried_out and day == self.requested + AFTER:
            self.over = True
            return [Step(day, "executed")]
        return []
