"""By when NAV should have come to a word on a referral, and which go first."""

import calendar
from datetime import date
from typing import Literal

from eligibility.domain.case import Household

Priority = Literal["normal", "high"]


def due_on(received_on: date) -> date:
    """One calendar month after the application came, the last day of the month where that date is missing: by then the
    applicant is to have an answer (domain report §0.4, forvaltningsloven § 11 a).
    """
    year, month = (received_on.year, received_on.month + 1) if received_on.month < 12 else (received_on.year + 1, 1)
    return date(year, month, min(received_on.day, calendar.monthrange(year, month)[1]))


def priority(household: Household | None) -> Priority:
    """Families with children go first (domain report §2.3)."""
    return "high" if household and household.children else "normal"
