"""When an account's next bank file is due, and whether its feed is live at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Feed:
    """`live_days`: a newest close of that age is history. `by`: the time of day, local, of the next close."""

    live_days: int
    by: time

    def is_live(self, as_of: date, today: date) -> bool:
        return (today - as_of).days < self.live_days

    def due(self, came_on: date, bank_day: Callable[[date], date], zone: tzinfo) -> datetime:
        """On the next bank day after the close came, not after the day that it closes: many files come a day late."""
        return datetime.combine(bank_day(came_on + timedelta(days=1)), self.by, zone)
