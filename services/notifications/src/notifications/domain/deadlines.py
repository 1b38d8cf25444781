"""The legal clocks around an eviction (domain.md §2.1–2.2): pure functions of dates; which days are holidays is given.

Time limits run in calendar days in Europe/Oslo. One that ends on a Saturday, Sunday or public holiday ends on the next
working day (domstolloven § 149). A § 4-18 notice's own deadline, by whatever favours the tenant most, stands in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

WorkingDay = Callable[[date], date]

# husleieloven § 9-11: NAV should have the notice two weeks before the request.
NAV = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`pay_by`: the last day of the § 4-18 notice. `earliest_request`: the first day on which eviction may be
    requested. `nav_until`: the last day of NAV's two weeks, once NAV has its notice. `request_from`: the first day
    that respects both. None where no notice runs.
    """

    pay_by: date | None = None
    earliest_request: date | None = None
    nav_until: date | None = None
    request_from: date | None = None


def earliest_request(last_day: date, working_day: WorkingDay) -> date:
    """The namsmann takes a request on the first working day after the deadline."""
    return working_day(last_day + timedelta(days=1))


def nav_until(received: date, working_day: WorkingDay) -> date:
    return working_day(received + NAV)


def deadlines(pay_by: date | None, nav_received: date | None, working_day: WorkingDay) -> Deadlines:
    """All clocks that run. `pay_by`: of the § 4-18 notice that runs, if one does."""
    until = nav_until(nav_received, working_day) if nav_received else None
    if pay_by is None:
        return Deadlines(nav_until=until)
    earliest = earliest_request(pay_by, working_day)
    after_nav = earliest_request(until, working_day) if until else earliest
    return Deadlines(pay_by, earliest, until, max(earliest, after_nav))
