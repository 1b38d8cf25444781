"""Bank days: Monday to Friday without public holidays. Which days are holidays is data, given by the caller."""

from collections.abc import Callable
from datetime import date, timedelta


def next_bank_day(day: date, is_holiday: Callable[[date], bool]) -> date:
    """The day itself if it is a bank day, else the first one after it."""
    while day.weekday() >= 5 or is_holiday(day):
        day += timedelta(days=1)
    return day
