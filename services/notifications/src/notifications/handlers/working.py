"""When people are at work, by the Norwegian calendar."""

from collections.abc import Callable
from datetime import date

from chassis.outputs import OSLO
from notifications.domain.working_time import WorkingTime
from notifications.handlers.lines import norwegian_holidays
from notifications.translation import also_closed


def norwegian_working_time() -> WorkingTime:
    return WorkingTime(closed_on(also_closed()), OSLO)


def closed_on(also: frozenset[str]) -> Callable[[date], bool]:
    """`also`: days beside the public holidays, as `12-24`."""
    return lambda day: day in norwegian_holidays(day.year) or f"{day:%m-%d}" in also
