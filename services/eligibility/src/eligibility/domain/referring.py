"""By when NAV should have come to a word on a referral, and which go first."""

import calendar
from datetime import date
from typing import Literal

from eligibility.domain.case import Household

Priority = Literal["normal", "high"]


def due_on(requested_on: date) -> date:
    """One calendar month after the referral itself, the last day of the month where that date is missing.

    It is NAV's month of forvaltningsloven § 11 a (domain report §0.4): it runs from when NAV is asked, not from when
    the application came to us, as a deadline that is over before NAV hears of it can't be kept. §3.2 and the plan
    (A:654–658) name no other. The applicant's own month with us is neither stopped nor lengthened by it.
    """
    year, month = (requested_on.year, requested_on.month + 1) if requested_on.month < 12 else (requested_on.year + 1, 1)
    return date(year, month, min(requested_on.day, calendar.monthrange(year, month)[1]))


def priority(household: Household | None) -> Priority:
    """Families with children go first (domain report §2.3)."""
    return "high" if household and household.children else "normal"
