"""What a leader and boligutvalget see of the whole: figures from the rows of alerts, steps and balances. Pure.

Nothing here names a case: sums, counts, shares and days alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from chassis.outputs import OSLO

Row = Mapping[str, Any]
FOLLOWED = timedelta(days=90)  # early-warning.md §7.8.5: precision is of a request within 90 days
ROLLED = timedelta(days=30)
LEVELS = (2, 3, 4)
FEW = 5  # of fewer than so many a share says nothing


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; `pending`: those that are too new to count."""

    part: int
    whole: int
    pending: int = 0

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole >= FEW else None


@dataclass(frozen=True, slots=True)
class Transition:
    """Of the alerts that came to a level: how many went on to a higher one within 30 days, how many were paid first."""

    level: int
    rolled: Share
    cured: Share


@dataclass(frozen=True, slots=True)
class Waiting:
    """Days from raised to acknowledged. `without`: open ones that nobody has acknowledged."""

    level: int
    days: float | None
    acknowledged: int
    without: int


@dataclass(frozen=True, slots=True)
class Month:
    """`first`: its first day. Counts of what happened in it (raised by level, closed by how), and of what stood at its
    end by level; `owed` in øre.
    """

    first: date
    raised: Mapping[int, int]
    closed: Mapping[str, int]
    notices: int
    requests: int
    open: Mapping[int, int]
    owed: int | None


def precision(alerts: Iterable[Row], requests: Iterable[Row], as_of: date) -> dict[str, Share]:
    """By the rule that raised: the share of alerts that an eviction request followed within 90 days."""
    asked: dict[str, list[date]] = {}
    for row in requests:
        asked.setdefault(row["tenancy"], []).append(row["dated_on"])
    part, whole, pending = Counter[str](), Counter[str](), Counter[str]()
    for alert in alerts:
        raised = alert["raised_as_of"]
        if raised + FOLLOWED > as_of:  # also of those that a request has followed: the others may yet have one
            pending.update(alert["first_rules"])
            continue
        whole.update(alert["first_rules"])
        if any(raised <= day <= raised + FOLLOWED for day in asked.get(alert["tenancy"], ())):
            part.update(alert["first_rules"])
    return {rule: Share(part[rule], whole[rule], pending[rule]) for rule in sorted(whole | pending)}


def transitions(alerts: Iterable[Row], changes: Iterable[Row], as_of: date) -> list[Transition]:
    """Each time that an alert comes to a level from below counts once."""
    histories: dict[tuple[str, int], list[Row]] = {}
    for change in changes:
        histories.setdefault((change["tenancy"], change["episode"]), []).append(change)
    rolled, cured, whole, pending = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for alert in alerts:
        history = sorted(histories.get((alert["tenancy"], alert["episode"]), ()), key=lambda each: each["number"])
        for came, level, higher in _arrivals(history):
            until = came + ROLLED
            goes_on = higher is not None and higher <= until
            paid = not goes_on and alert["resolution"] == "cured" and alert["resolved_as_of"] <= until
            if until > as_of:
                pending[level] += 1
                continue
            whole[level] += 1
            rolled[level] += goes_on
            cured[level] += paid
    return [
        Transition(level, Share(rolled[level], whole[level], pending[level]), Share(cured[level], whole[level]))
        for level in LEVELS
    ]


def _arrivals(history: Sequence[Row]) -> Iterator[tuple[date, int, date | None]]:
    """When it rose to a level, which, and when next to a higher one."""
    level = 0
    for n, change in enumerate(history):
        if change["level"] > level:
            higher = (later["as_of"] for later in history[n + 1 :] if later["level"] > change["level"])
            yield change["as_of"], change["level"], next(higher, None)
        level = change["level"]


def waits(alerts: Iterable[Row]) -> list[Waiting]:
    """By the level that each was raised at."""
    found = list(alerts)
    return [_waiting(level, [alert for alert in found if alert["first_level"] == level]) for level in LEVELS]


def _waiting(level: int, alerts: Sequence[Row]) -> Waiting:
    seen = [alert for alert in alerts if alert["acknowledged_at"]]
    days = [(each["acknowledged_at"].astimezone(OSLO).date() - each["raised_as_of"]).days for each in seen]
    without = sum(not alert["acknowledged_at"] and not alert["resolution"] for alert in alerts)
    return Waiting(level, float(median(days)) if days else None, len(seen), without)


def owed(balances: Iterable[Row]) -> list[tuple[date, int]]:
    """What is outstanding in all, in øre, at each day on which an account was closed: of each its newest close."""
    newest, found = dict[str, int](), dict[date, int]()
    for row in sorted(balances, key=lambda each: each["as_of"]):
        newest[row["account"]] = row["outstanding_ore"]
        found[row["as_of"]] = sum(newest.values())
    return list(found.items())


def months(
    alerts: Sequence[Row], changes: Sequence[Row], steps: Sequence[Row], curve: Sequence[tuple[date, int]], as_of: date
) -> list[Month]:
    """The last twelve, the newest first; what is open is so at the month's end, or now."""
    number = as_of.year * 12 + as_of.month - 1
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(number, number - 12, -1)]
    return [_month(first, alerts, changes, steps, curve) for first in firsts]


def _month(
    first: date,
    alerts: Sequence[Row],
    changes: Sequence[Row],
    steps: Sequence[Row],
    curve: Sequence[tuple[date, int]],
) -> Month:
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    taken = Counter(step["step"] for step in steps if first <= step["dated_on"] < after)
    return Month(
        first=first,
        raised=Counter(a["first_level"] for a in alerts if first <= a["raised_as_of"] < after),
        closed=Counter(a["resolution"] for a in alerts if a["resolution"] and first <= a["resolved_as_of"] < after),
        notices=taken["eviction_notice.sent"],
        requests=taken["enforcement.requested"],
        open=Counter(levels_at(alerts, changes, after - timedelta(days=1)).values()),
        owed=next((ore for day, ore in reversed(curve) if day < after), None),
    )


def levels_at(alerts: Iterable[Row], changes: Iterable[Row], day: date) -> dict[tuple[str, int], int]:
    """The level of each alert that was open by the end of a day."""
    held: dict[tuple[str, int], int] = {}
    for change in sorted(changes, key=lambda each: each["number"]):
        if change["as_of"] <= day:
            held[change["tenancy"], change["episode"]] = change["level"]
    gone = {(a["tenancy"], a["episode"]) for a in alerts if a["resolved_as_of"] and a["resolved_as_of"] <= day}
    return {episode: level for episode, level in held.items() if episode not in gone}
