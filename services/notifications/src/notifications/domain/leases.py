"""Leases for a fixed time: when somebody has to look at what comes after (domain.md §2.4).

Three months after its last day a lease whose tenant stays, and whom nobody has asked in writing to move, goes on
without end (husleieloven § 9-2): from then on there is nothing more to remind of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from notifications.domain.episodes import Change, Episode, Rise
from notifications.domain.rules import Reason
from notifications.domain.stages import Stage
from notifications.domain.thresholds import Thresholds

Point = Literal["review", "decision", "notice", "over", "alarm"]
# The rule that a point is told as, and its level: to prepare, to act by, and a month before the lease converts.
RULES: Mapping[Point, tuple[str, int]] = {
    "review": ("L1", 2),
    "decision": ("L2", 2),
    "notice": ("L3", 3),
    "over": ("L4", 3),
    "alarm": ("L5", 4),
}
CONVERTS_AFTER_MONTHS = 3


class Due(NamedTuple):
    point: Point
    on: date


def points(ends_on: date, limits: Thresholds) -> Sequence[Due]:
    """All there are, in order of their days."""
    return (
        Due("review", _months(ends_on, -limits.lease_review_months)),
        Due("decision", _months(ends_on, -limits.lease_decision_months)),
        Due("notice", _months(ends_on, -limits.lease_notice_months)),
        Due("over", ends_on),
        Due("alarm", ends_on + timedelta(days=limits.lease_alarm_days)),
    )


def ahead(ends_on: date, today: date, limits: Thresholds) -> Sequence[Due]:
    """Those that are still to come, and the newest of those that have come: it is what one has to look at now."""
    if today >= _months(ends_on, CONVERTS_AFTER_MONTHS):
        return ()
    every = points(ends_on, limits)
    past = [due for due in every if due.on <= today]
    return (*past[-1:], *(due for due in every if due.on > today))


def reminded(open: Episode | None, due: Due, ends_on: date, blank: Episode) -> Episode:
    """The lease's alert from this point on: the blank one filled in, or the one that stands, to be seen anew."""
    (rule, level), on = RULES[due.point], due.on.toordinal()
    reasons = (Reason(rule, {"ends": ends_on.isoformat()}),)
    before = open or blank
    return replace(
        before,
        level=level,
        level_since=on,
        as_of=on,
        reasons=reasons,
        changes=(*before.changes, Change(on, level, (rule,))),
        rises=(*before.rises, Rise(on, level, reasons)),
        stage=blank.stage,
        rules_version=blank.rules_version,
        next_date=ends_on.toordinal(),
        acknowledged_by=None,
        acknowledged_at=None,
        version=before.version + bool(open),
    )


def blank(number: int, on: int, stage: Stage, version: str) -> Episode:
    """Of a lease, owing nothing, before its first point. `on`: an ordinal."""
    return Episode(
        number=number,
        kind="lease",
        level=0,
        raised=on,
        level_since=on,
        as_of=on,
        reasons=(),
        changes=(),
        stage=stage,
        debt=0,
        rent=0,
        dpd=0,
        rules_version=version,
    )


def _months(day: date, months: int) -> date:
    """So many months on: the same day of the month, or its last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(years + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(years, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))
