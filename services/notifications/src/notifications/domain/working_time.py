"""Working days and hours of a municipality (early-warning.md §7.7): Monday to Friday, 08:00–15:30 Europe/Oslo.

Which days are holidays is data, given by the caller. Times go in with any zone and come out in `zone`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

OPENS, CLOSES = time(8), time(15, 30)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    is_holiday: Callable[[date], bool]
    zone: tzinfo

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.is_holiday(day)

    def next_working_day(self, day: date) -> date:
        """The first one after the day."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def opening(self, day: date) -> datetime:
        return datetime.combine(day, OPENS, self.zone)

    def at_work(self, at: datetime) -> datetime:
        """The time itself if somebody is at work then, else when the next working day begins."""
        local = at.astimezone(self.zone)
        if self.is_working_day(local.date()) and local.time() < CLOSES:
            return max(local, self.opening(local.date()))
        return self.opening(self.next_working_day(local.date()))

    def next_opening(self, at: datetime) -> datetime:
        """The first beginning of a working day after the time."""
        local = at.astimezone(self.zone)
        if self.is_working_day(local.date()) and local.time() < OPENS:
            return self.opening(local.date())
        return self.opening(self.next_working_day(local.date()))

    def later(self, at: datetime, *, days: int = 0, hours: int = 0) -> datetime:
        """So many working days and then hours after a time; the time of day is kept, by the clock on the wall."""
        begun = self.at_work(at)
        day = begun.date()
        for _ in range(days):
            day = self.next_working_day(day)
        found, left = datetime.combine(day, begun.time(), self.zone), timedelta(hours=hours)
        while left > (today := datetime.combine(found.date(), CLOSES, self.zone) - found):
            left, found = left - today, self.opening(self.next_working_day(found.date()))
        return found + left

    def days_after(self, day: date, days: int) -> date:
        for _ in range(days):
            day = self.next_working_day(day)
        return day
