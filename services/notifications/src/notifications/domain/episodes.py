"""The life of one alert, from raised to resolved (early-warning.md §7.6). Its history is in order of knowledge."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from notifications.domain.care import Care, ResolveReason
from notifications.domain.facts import Facts
from notifications.domain.history import EARLY, Former
from notifications.domain.remedies import Remedy
from notifications.domain.rules import ACUTE, WATCH, Reason, level_of
from notifications.domain.stages import Stage
from notifications.domain.steps import Chain
from notifications.domain.thresholds import Thresholds

Resolution = Literal["cured", "ended", "executed", "renewed", "handled"]
Kind = Literal["arrears", "lease"]


class Change(NamedTuple):
    """What held from a day on. `as_of`: an ordinal."""

    as_of: int
    level: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rise:
    """What `alert.raised` rested on, as it was known then. `as_of`: an ordinal."""

    as_of: int
    level: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Episode:
    """Days are ordinals. `raised`: since when it is an alert; while it is a watch, since when it is that.

    `level_since`: when the level last changed; nothing is lowered backwards past it. `worst`: the most days over due
    that it came to. `probation`: it weighs one level more than its reasons do. `quiet_since`: since when the level's
    own triggers have been false; `money_since`: whether money has come since they last were true. `version` counts what
    a person would want to see before acting on the alert. `care`: what people do about it. `resolved_by`,
    `resolved_because`: of one that a person closed.

    `silent`: it stands from days before the municipality's go-live, and nobody is told of it. `live_since`: the day
    after go-live on which one that still stood was raised.
    """

    number: int
    level: int
    raised: int
    level_since: int
    as_of: int
    reasons: tuple[Reason, ...]
    changes: tuple[Change, ...]
    stage: Stage
    debt: int
    rent: int
    dpd: int
    rules_version: str
    next_date: int | None = None
    quiet_since: int | None = None
    money_since: bool = False
    version: int = 1
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved: int | None = None
    resolution: Resolution | None = None
    rises: tuple[Rise, ...] = ()
    kind: Kind = "arrears"
    silent: bool = False
    live_since: int | None = None
    worst: int = 0
    probation: bool = False
    remedy: Remedy | None = None
    care: Care = field(default_factory=Care)
    resolved_by: str | None = None
    resolved_because: ResolveReason | None = None

    @property
    def peak(self) -> int:
        return max(change.level for change in self.changes)

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(reason.rule for reason in self.reasons)

    @property
    def is_alert(self) -> bool:
        """It was more than a watch at some time, or somebody has seen to it: it is kept when it is over."""
        return self.peak >= EARLY or self.acknowledged_by is not None

    @property
    def former(self) -> Former | None:
        """What it says of a later miss, once it is closed."""
        if self.resolved is None or self.kind == "lease":
            return None
        return Former(self.raised, self.resolved, self.peak, self.worst, self.resolution == "cured")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one day's ledger says. `probation`: a new alert weighs one level more than its reasons."""

    facts: Facts
    chain: Chain
    stage: Stage
    reasons: tuple[Reason, ...]
    probation: bool = False
    remedy: Remedy | None = None

    @property
    def level(self) -> int:
        level = level_of(self.reasons)
        return min(ACUTE, level + 1) if self.probation and level >= EARLY else level

    @property
    def cured(self) -> bool:
        """All is paid and no statutory step runs; what there is to keep watch on is no debt."""
        return self.facts.settled and not self.chain.runs


def opened(number: int, judgement: Judgement, limits: Thresholds, *, silent: bool = False) -> Episode:
    on, level = judgement.facts.on, judgement.level
    return Episode(
        number=number,
        level=level,
        raised=on,
        level_since=on,
        as_of=on,
        reasons=judgement.reasons,
        changes=(Change(on, level, _ids(judgement.reasons)),),
        stage=judgement.stage,
        debt=judgement.facts.debt,
        rent=judgement.facts.rent,
        dpd=judgement.facts.dpd,
        rules_version=limits.version,
        next_date=judgement.chain.next_date,
        rises=(Rise(on, level, judgement.reasons),),
        silent=silent,
        worst=judgement.facts.dpd,
        probation=judgement.probation,
        remedy=judgement.remedy,
    )


def continued(episode: Episode, judgement: Judgement, limits: Thresholds) -> Episode:
    """The open episode after one more judgement."""
    on, level = judgement.facts.on, judgement.level
    if level > episode.level:
        return _moved(_seen(episode, judgement, limits), level, on)
    if on < episode.level_since:
        return _joined(episode, judgement.reasons, on)
    if judgement.cured and (episode.is_alert or not judgement.reasons):
        return resolved(_seen(episode, replace(judgement, reasons=()), limits), "cured", on)
    if level == episode.level:
        return replace(_seen(episode, judgement, limits), quiet_since=None, money_since=False)
    return _lowered(_seen(episode, judgement, limits), level, on, limits)


def resolved(episode: Episode, resolution: Resolution, on: int) -> Episode:
    on = max(on, episode.raised)
    return replace(episode, resolved=on, resolution=resolution, version=episode.version + 1)


def gone_live(episode: Episode, on: int) -> Episode:
    """Told from now on, as it stands: its level is raised today, whenever it was reached."""
    rises = (Rise(on, episode.level, episode.reasons),) if episode.level > WATCH else ()
    return replace(episode, silent=False, live_since=on, rises=rises, version=episode.version + 1)


def acknowledged(episode: Episode, by: str, at: datetime) -> Episode:
    return replace(episode, acknowledged_by=by, acknowledged_at=at, version=episode.version + 1)


def handled(episode: Episode, by: str, because: ResolveReason, on: int) -> Episode:
    """A person closes it, with a reason; the ledger may well say otherwise."""
    return replace(resolved(episode, "handled", on), resolved_by=by, resolved_because=because)


def cared(episode: Episode, care: Care, *, seen: bool) -> Episode:
    """`seen`: a person would want to see the change before acting on the alert."""
    return replace(episode, care=care, version=episode.version + seen)


def unseen(episode: Episode, care: Care) -> Episode:
    """It is open again: the acknowledgement stands no longer."""
    return replace(cared(episode, care, seen=True), acknowledged_by=None, acknowledged_at=None)


def _moved(episode: Episode, level: int, on: int) -> Episode:
    """To a higher level: what was acknowledged was the lower one. A watch is an alert from now on."""
    change = Change(on, level, _ids(episode.reasons))
    return replace(
        episode,
        level=level,
        raised=episode.raised if episode.peak >= EARLY else on,
        level_since=on,
        changes=(*episode.changes, change),
        quiet_since=None,
        money_since=False,
        acknowledged_by=None,
        acknowledged_at=None,
        rises=(*episode.rises, Rise(on, level, episode.reasons)),
        version=episode.version + 1,
    )


def _lowered(episode: Episode, level: int, on: int, limits: Thresholds) -> Episode:
    """One level down after the quiet time, if money came; an open alert stays at følg med until it is cured."""
    since = on if episode.quiet_since is None else episode.quiet_since
    below = max(1, episode.level - 1)
    if on - since < limits.lower_after or not episode.money_since or below == episode.level:
        return replace(episode, quiet_since=since)
    return replace(
        episode,
        level=below,
        level_since=on,
        changes=(*episode.changes, Change(on, below, _ids(episode.reasons))),
        quiet_since=None if level == below else on,
        version=episode.version + 1,
    )


def _seen(episode: Episode, judgement: Judgement, limits: Thresholds) -> Episode:
    """The figures as of now. The last reasons that held stay on show while none holds."""
    reasons = judgement.reasons or episode.reasons
    seen = replace(
        episode,
        as_of=judgement.facts.on,
        reasons=reasons,
        stage=judgement.stage,
        debt=judgement.facts.debt,
        rent=judgement.facts.rent,
        dpd=judgement.facts.dpd,
        next_date=judgement.chain.next_date,
        rules_version=limits.version,
        worst=max(episode.worst, judgement.facts.dpd),
        remedy=judgement.remedy,
    )
    if _ids(reasons) == _ids(episode.reasons) or judgement.level > episode.level:
        return seen
    change = Change(judgement.facts.on, episode.level, _ids(reasons))
    return replace(seen, changes=(*episode.changes, change), version=episode.version + 1)


def _joined(episode: Episode, reasons: tuple[Reason, ...], on: int) -> Episode:
    """A step learned of late, from before the level's own day: shown, but nothing goes back."""
    new = tuple(reason for reason in reasons if reason.rule not in episode.rules)
    if not new:
        return episode
    reasons = (*new, *episode.reasons)
    change = Change(on, episode.level, _ids(reasons))
    return replace(episode, reasons=reasons, changes=(*episode.changes, change), version=episode.version + 1)


def _ids(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(reason.rule for reason in reasons)
