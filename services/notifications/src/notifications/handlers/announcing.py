"""What others are told: the difference between a tenancy before and after."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from chassis.outputs import Decision, Event, Output
from notifications.domain.episodes import Episode
from notifications.domain.nav_notices import NavNotice, owed, put
from notifications.domain.rules import WATCH
from notifications.domain.tenancy import Tenancy, alert_id
from notifications.messages import (
    AlertRaised,
    AlertResolved,
    HousingTenancyChanged,
    NavNoticeWithdrawn,
    RiskChanged,
)


def concluded(tenancy: str, before: Tenancy, after: Tenancy, on: int) -> Decision:
    """The new state with all that follows from it. `on`: the ordinal of the day that was judged."""
    outputs = list(_told(tenancy, before, after, date.fromordinal(on)))
    after, withdrawn = _withdrawn(tenancy, after, on)
    return after, [*outputs, *withdrawn]


def _withdrawn(tenancy: str, after: Tenancy, on: int) -> Decision:
    """A notice to NAV that isn't sent yet is called back when its alert is closed, or nothing is owed any more."""
    unneeded = [each for each in after.nav_notices if each.status == "requested" and _needless(after, each, on)]
    outputs = []
    for notice in unneeded:
        after = replace(after, nav_notices=put(after.nav_notices, replace(notice, status="withdrawn")))
        told = NavNoticeWithdrawn(notice_id=notice.id, revision=notice.revision, withdrawn_on=date.fromordinal(on))
        outputs.append(Event(tenancy, told))
    return after, outputs


def _needless(tenancy: Tenancy, notice: NavNotice, on: int) -> bool:
    stands = tenancy.open is not None and tenancy.open.number == notice.episode
    return not (stands and owed(tenancy.ledger, max(on, notice.as_of)))


def _told(tenancy: str, before: Tenancy, after: Tenancy, as_of: date) -> Iterator[Output]:
    if (before.level, before.stage) != (after.level, after.stage):
        yield Event(tenancy, RiskChanged(level=after.level, stage=after.stage, as_of=as_of))
    if after.public_id and (after.stage != before.stage or (not before.public_id and after.stage != "F0")):
        yield Event(after.public_id, HousingTenancyChanged(stage=after.stage))
    known = {episode.number: episode for episode in before.episodes}
    for episode in after.episodes:
        was = known.get(episode.number)
        if episode is not was and not episode.silent:
            yield from _episode_told(tenancy, None if was and was.silent else was, episode)


def _episode_told(tenancy: str, was: Episode | None, episode: Episode) -> Iterator[Output]:
    alert = alert_id(tenancy, episode.number)
    if episode.level > max(was.level if was else 0, WATCH):
        yield Event(tenancy, _raised(alert, episode))
    if episode.resolution and episode.resolved and episode.peak > WATCH and not (was and was.resolution):
        resolved = date.fromordinal(episode.resolved)
        yield Event(tenancy, AlertResolved(alert_id=alert, resolution=episode.resolution, as_of=resolved))


def _raised(alert: str, episode: Episode) -> AlertRaised:
    return AlertRaised(
        alert_id=alert,
        episode=episode.number,
        level=episode.level,
        rules=tuple(sorted(episode.rules)),
        kind=episode.kind,
        as_of=date.fromordinal(max(episode.live_since or 0, episode.level_since)),
    )
