"""The chain that the plan calls circulation (A:652–656): who rents from the municipality is referred for startlån, NAV
grants it, and the dwelling becomes free. Counts alone come out of here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

MONTH = 365.25 / 12  # days


@dataclass(frozen=True, slots=True)
class Lease:
    """A tenancy of the applicant's from the municipality, ended or not."""

    tenancy: str
    started_on: date
    ended_on: date | None = None

    def stood(self, on: date) -> bool:
        return self.started_on <= on and (self.ended_on is None or self.ended_on >= on)


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral for startlån that NAV has had. `leases`: all that the applicant ever had."""

    referred_on: date
    granted_on: date | None
    leases: tuple[Lease, ...]

    @property
    def of_a_tenant(self) -> bool:
        return any(lease.stood(self.referred_on) for lease in self.leases)

    @property
    def freed(self) -> list[tuple[Lease, int]]:
        """Dwellings that the applicant lived in then and has left since NAV's yes, and after how many days; none as
        long as the applicant still rents another.
        """
        if self.granted_on is None or any(lease.ended_on is None for lease in self.leases):
            return []
        left = [(lease, lease.ended_on) for lease in self.leases if lease.ended_on and lease.stood(self.referred_on)]
        return [(lease, (ended - self.granted_on).days) for lease, ended in left if ended >= self.granted_on]


@dataclass(frozen=True, slots=True)
class Year:
    """Of the referrals of one year. `freed`: dwellings; `months`: the median from NAV's yes until one was free."""

    year: int
    referred: int
    granted: int
    freed: int
    months: float | None


def years(referrals: Iterable[Referral]) -> list[Year]:
    """The newest first. A dwelling that two who lived there were referred from is free once."""
    of_year, free, counted = dict[int, list[Referral]](), defaultdict[int, list[int]](list), set[str]()
    for each in sorted(referrals, key=lambda each: each.referred_on):
        if each.of_a_tenant:
            of_year.setdefault(each.referred_on.year, []).append(each)
            new = [(lease, days) for lease, days in each.freed if lease.tenancy not in counted]
            counted |= {lease.tenancy for lease, _ in new}
            free[each.referred_on.year] += [days for _, days in new]
    return [_year(year, found, free[year]) for year, found in sorted(of_year.items(), reverse=True)]


def _year(year: int, referrals: Sequence[Referral], days: Sequence[int]) -> Year:
    months = round(median(days) / MONTH, 1) if days else None
    return Year(year, len(referrals), sum(each.granted_on is not None for each in referrals), len(days), months)
