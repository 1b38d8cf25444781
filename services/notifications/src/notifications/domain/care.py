"""What people do about an open alert, and what is done if they don't (early-warning.md §7.6–7.7).

Every open alert has an owner and a next step. `Care` is the part of an episode that people move; level, stage and
reasons are the ledger's alone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from notifications.domain.ladder import LADDERS, Ladder, Rung
from notifications.domain.staff import FALLBACK, Basis
from notifications.domain.working_time import WorkingTime

NoteCode = Literal["contact", "not_reached", "plan", "nav", "bostotte", "other"]
SnoozeReason = Literal["promise", "delayed_benefit", "deceased", "dispute", "missing_data", "other"]
ResolveReason = Literal["settled_otherwise", "wrong_basis", "not_relevant", "deceased"]
Back = Literal["reopened", "snooze_ended", "promise_broken"]
"""Why an alert that was seen to is open again."""

LONGEST_SNOOZE = 30
"""Days (early-warning.md §7.6)."""
LONGEST_ACUTE_SNOOZE = 2
"""Working days, at level 4 (early-warning.md §7.6)."""
ACUTE = 4


class Note(NamedTuple):
    """What was done. `text` is one sentence that stays in this service."""

    at: datetime
    by: str
    code: NoteCode
    text: str = ""


class Sent(NamedTuple):
    """A step that was taken: who was told of what, and why. `to`: a subject, or `fallback`."""

    at: datetime
    step: str
    level: int
    to: str


class Next(NamedTuple):
    """What will be done, and when, unless somebody does something before. `rung`: of the ladder."""

    step: str
    at: datetime
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Snooze:
    """`since` and `until`, the first day that is no longer snoozed. `promised_ore` is to be paid by `promised_on`."""

    reason: SnoozeReason
    since: date
    until: date
    by: str
    promised_on: date | None = None
    promised_ore: int = 0


@dataclass(frozen=True, slots=True)
class Care:
    """`serial` numbers the next steps: a timer that comes with another number is of a step that was given up.

    `level`: of the ladder that is climbed. `round`: how often the alert was open again. `told_at`: when the rungs
    count from. `assignments`: how often somebody was made the owner. `back`: why it is open again, and of a snooze
    that ended, `ended`: which.
    """

    owner: str = FALLBACK
    basis: Basis = "fallback"
    next: Next | None = None
    serial: int = 0
    level: int = 0
    round: int = 0
    told_at: datetime | None = None
    assignments: int = 0
    notes: tuple[Note, ...] = ()
    snooze: Snooze | None = None
    sent: tuple[Sent, ...] = ()
    back: Back | None = None
    ended: Snooze | None = None

    @property
    def ladder(self) -> Ladder:
        return LADDERS[max(1, self.level)]

    @property
    def rung(self) -> Rung:
        """The one that the next step is."""
        rungs = self.ladder.rungs
        return rungs[min(self.next.rung if self.next else 0, len(rungs) - 1)]


def timer(episode: int, care: Care) -> str:
    return f"care:{episode}:{care.serial}"


def message_key(tenancy: str, episode: int, care: Care, step: str, to: str) -> UUID:
    """What may happen only once: a step of an alert's ladder to one receiver."""
    again = f":{care.round}" if care.round else ""
    return uuid5(UUID(tenancy), f"{episode}:{care.level}{again}:{step}:{to}")


def planned(care: Care, step: str, at: datetime, rung: int = 0) -> Care:
    """Another next step, which takes the place of the one there was."""
    return replace(care, next=Next(step, at, rung), serial=care.serial + 1)


def begun(care: Care, level: int, now: datetime) -> Care:
    """From the foot of a level's ladder: first somebody is found to own it."""
    fresh = replace(care, level=level, told_at=None, snooze=None, back=None, ended=None)
    return planned(fresh, "assign", now)


def begun_again(care: Care, level: int, now: datetime, back: Back | None = None) -> Care:
    """Once more, and whoever was told is told anew."""
    again = begun(replace(care, round=care.round + 1), level, now)
    return replace(again, back=back, ended=care.snooze)


def owned(care: Care, owner: str, basis: Basis) -> Care:
    """The first time, and each time that it is another, counts."""
    if care.assignments and (owner, basis) == (care.owner, care.basis):
        return care
    return replace(care, owner=owner, basis=basis, assignments=care.assignments + 1)


def to_be_told(care: Care, now: datetime, working: WorkingTime, *, at_any_hour: bool) -> Care:
    """When the first message goes: one of its own as soon as somebody is at work, a morning mail's line at once."""
    first = care.ladder.rungs[0]
    waits = first.way == "mail" and not at_any_hour
    at = working.later(now, days=first.days) if waits or first.days else now
    return planned(replace(care, told_at=now), first.name, at)


def climbed(care: Care, now: datetime, working: WorkingTime) -> Care:
    """After a rung the next one; after the last, that one again."""
    reached, rungs = care.next.rung if care.next else 0, care.ladder.rungs
    if reached + 1 >= len(rungs):
        return planned(care, rungs[-1].name, working.later(now, days=care.ladder.again), len(rungs) - 1)
    told_at, rung = _heard(care, now, working), rungs[reached + 1]
    at = working.later(told_at, days=rung.days, hours=rung.hours)
    return planned(replace(care, told_at=told_at), rung.name, max(at, now), reached + 1)


def _heard(care: Care, now: datetime, working: WorkingTime) -> datetime:
    """When the first message was read at the earliest: what goes with the morning mail, that morning."""
    if care.next and care.next.rung:
        return care.told_at or now
    return working.next_opening(now) if care.ladder.rungs[0].way == "digest" else working.at_work(now)


def acknowledged_care(care: Care, level: int, now: datetime, working: WorkingTime) -> Care:
    """It is open again if nothing is done about it."""
    return planned(care, "reopen", working.later(now, days=LADDERS[max(1, level)].untouched))


def noted(care: Care, level: int, note: Note, working: WorkingTime) -> Care:
    """The log grows. A snooze stands; else the alert is open again if nothing more is done about it."""
    logged = replace(care, notes=(*care.notes, note))
    if care.snooze:
        return logged
    return planned(logged, "reopen", working.later(note.at, days=LADDERS[max(1, level)].unfollowed))


def wordless(care: Care) -> Care:
    """What was done, without what anybody wrote of it."""
    return replace(care, notes=tuple(note._replace(text="") for note in care.notes))


def snoozed(care: Care, snooze: Snooze, working: WorkingTime) -> Care:
    return planned(replace(care, snooze=snooze), "wake", working.at_work(working.opening(snooze.until)))


def may_snooze_until(level: int, today: date, working: WorkingTime) -> date:
    """The last day by which a snooze ends."""
    if level >= ACUTE:
        return working.days_after(today, LONGEST_ACUTE_SNOOZE)
    return today + timedelta(days=LONGEST_SNOOZE)
