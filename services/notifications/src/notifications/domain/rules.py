"""The alert rules E1, S1, S4 and A4 (early-warning.md §7.4): any one is enough, the highest level wins.

Each gives its reason with the figures that it rests on, or None. Levels: 0 ingen, 1 følg med, 2 tidlig varsel,
3 alvorlig, 4 akutt.
"""

from dataclasses import dataclass
from datetime import date

from notifications.domain.facts import Facts
from notifications.domain.steps import Chain
from notifications.domain.thresholds import Thresholds

LEVELS = {"E1": 2, "S1": 3, "S4": 3, "A4": 4}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an alert stands: the rule, and its figures by name. Sums in øre, days as ISO dates.

    `lines`: the ids of the ledger's lines that it rests on.
    """

    rule: str
    figures: dict[str, int | str | None]
    lines: tuple[str, ...] = ()


def e1(facts: Facts, limits: Thresholds) -> Reason | None:
    """Later than the tenant usually pays, with a part of the rent that matters."""
    late = facts.dpd >= max(limits.e1_days, (facts.habit or 0) + limits.e1_after_habit)
    if not (late and facts.owes(limits.e1_percent) and facts.material(limits)):
        return None
    return Reason("E1", {**_overdue(facts), "habit": facts.habit}, facts.unpaid)


def s1(facts: Facts, limits: Thresholds) -> Reason | None:
    """A month over due, with half a month's rent or more."""
    if not (facts.dpd >= limits.s1_days and facts.owes(limits.s1_percent) and facts.material(limits)):
        return None
    return Reason("S1", {**_overdue(facts), "debt": facts.debt, "rent": facts.rent}, facts.unpaid)


def s4(chain: Chain) -> Reason | None:
    """A § 4-18 notice runs, whatever the days, the habit or the sum."""
    if not chain.notice:
        return None
    sent, deadline = _day(chain.notice.dated), _day(chain.notice.deadline)
    return Reason("S4", {"sent": sent, "deadline": deadline, "named": chain.notice.ore}, (chain.notice.id,))


def a4(chain: Chain) -> Reason | None:
    """Eviction is requested or has its date."""
    if not (chain.requested or chain.scheduled):
        return None
    requested = _day(chain.requested.dated) if chain.requested else None
    scheduled = _day(chain.scheduled.scheduled) if chain.scheduled and chain.scheduled.scheduled else None
    lines = tuple(step.id for step in (chain.requested, chain.scheduled) if step)
    return Reason("A4", {"requested": requested, "scheduled": scheduled}, lines)


def fired(facts: Facts, chain: Chain, limits: Thresholds) -> tuple[Reason, ...]:
    """The reasons that hold, the gravest first."""
    reasons = (a4(chain), s4(chain), s1(facts, limits), e1(facts, limits))
    return tuple(reason for reason in reasons if reason)


def level_of(reasons: tuple[Reason, ...]) -> int:
    return max((LEVELS[reason.rule] for reason in reasons), default=0)


def _overdue(facts: Facts) -> dict[str, int | str | None]:
    if facts.oldest is None:
        return {}
    return {"due": _day(facts.oldest.due), "counted_from": _day(facts.oldest.falls), "dpd": facts.dpd}


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
