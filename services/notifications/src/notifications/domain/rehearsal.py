"""A tenancy's own past judged again under other thresholds: which alerts would have come, gone or moved.

Each line counts from its own date, as when it arrived is not kept; so the past under the thresholds of today is judged
anew as well, and the two are held against each other.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeVar

from notifications.domain.episodes import Episode
from notifications.domain.history import EARLY
from notifications.domain.ledger import Ledger
from notifications.domain.policy import Policy
from notifications.domain.tenancy import Tenancy, judged, money_came

T = TypeVar("T", Tenancy, Ledger)
Difference = Literal["appears", "vanishes", "moves"]


@dataclass(frozen=True, slots=True)
class Moved:
    """One alert under the thresholds of today and under the changed ones. Days are ordinals, 0 for no alert."""

    what: Difference
    before: int
    after: int
    peak_before: int
    peak_after: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One tenancy: how many alerts each way, and those that aren't the same."""

    before: int
    after: int
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class _Alert:
    raised: int
    ended: int | None
    peak: int


def compared(tenancy: Tenancy, today: Policy, changed: Policy, since: int, until: int) -> Compared:
    """The alerts raised from `since` to `until`, ordinals, each way. What stood before is let grow for a year."""
    before, after = (
        [alert for alert in _alerts(rejudged(tenancy, policy, since - 365, until)) if alert.raised >= since]
        for policy in (today, changed)
    )
    return Compared(len(before), len(after), tuple(_differences(before, after)))


def rejudged(tenancy: Tenancy, policy: Policy, since: int, until: int) -> Sequence[Episode]:
    """The episodes of the days from `since` to `until` that were closed, or on which a legal step came."""
    state, last = replace(tenancy, episodes=(), stage="F0", mails=(), frozen_at=None), since - 1
    closes = [close.as_of for close in tenancy.closes]
    steps = [line.dated for lines in (tenancy.notices, tenancy.steps) for line in lines]
    for day in sorted({day for day in (*closes, *steps) if since <= day <= until}):
        known = _known(tenancy, day)
        state = replace(
            known,
            ledger=_known(tenancy.ledger, day),
            closes=tenancy.closes[: bisect_right(closes, day)],
            episodes=state.episodes,
            stage=state.stage,
            mails=(),
            frozen_at=None,
        )
        if any(last < line.dated <= day for line in tenancy.ledger.payments):
            state = money_came(state)
        state, last = judged(state, day, policy), day
    return state.episodes


def _known(of: T, day: int) -> T:
    """Without the lines that are dated later, whatever kinds of line there are."""
    dated: dict[str, Any] = {}
    for each in fields(of):
        lines = getattr(of, each.name)
        if isinstance(lines, tuple) and lines and hasattr(lines[0], "dated"):
            dated[each.name] = tuple(line for line in lines if line.dated <= day)
    return replace(of, **dated)


def _alerts(episodes: Sequence[Episode]) -> Iterator[_Alert]:
    for episode in episodes:
        raised = [change.as_of for change in episode.changes if change.level >= EARLY]
        if raised:
            yield _Alert(raised[0], episode.resolved, episode.peak)


def _differences(before: Sequence[_Alert], after: Sequence[_Alert]) -> Iterator[Moved]:
    """Two alerts that stood at the same time are the same one."""
    left = list(after)
    for alert in before:
        same = next((each for each in left if _overlap(alert, each)), None)
        if same is None:
            yield Moved("vanishes", alert.raised, 0, alert.peak, 0)
            continue
        left.remove(same)
        if (alert.raised, alert.peak) != (same.raised, same.peak):
            yield Moved("moves", alert.raised, same.raised, alert.peak, same.peak)
    yield from (Moved("appears", 0, alert.raised, 0, alert.peak) for alert in left)


def _overlap(one: _Alert, other: _Alert) -> bool:
    return (one.ended is None or one.ended >= other.raised) and (other.ended is None or other.ended >= one.raised)
