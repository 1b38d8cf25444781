"""Which legal clocks run for a tenancy, in days of the Norwegian calendar."""

from datetime import date

from chassis.outputs import OSLO
from notifications.domain.deadlines import Deadlines, deadlines
from notifications.domain.nav_notices import newest_of
from notifications.domain.tenancy import Tenancy
from notifications.handlers.lines import norwegian_bank_day


def clocks_of(tenancy: Tenancy) -> Deadlines:
    """Those of the § 4-18 notice that runs, and NAV's two weeks from its receipt for the open alert's notice."""
    if tenancy.open is None:
        return Deadlines()
    running, notice = tenancy.running_notice, newest_of(tenancy.nav_notices, tenancy.open.number)
    received = notice.received_at or notice.sent_at if notice and notice.stands else None
    return deadlines(
        date.fromordinal(running.deadline) if running else None,
        received.astimezone(OSLO).date() if received else None,
        norwegian_bank_day,
    )
