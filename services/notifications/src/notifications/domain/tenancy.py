"""The state of a tenancy: who and what it is, its ledger, its legal steps, its closes and its alerts."""

from bisect import insort
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from notifications.domain.allocation import allocate
from notifications.domain.episodes import Episode, Judgement, Kind, Resolution, continued, gone_live, opened, resolved
from notifications.domain.facts import facts
from notifications.domain.history import EARLY, History
from notifications.domain.ledger import Ledger, outstanding
from notifications.domain.nav_notices import NavNotice
from notifications.domain.policy import Policy
from notifications.domain.remedies import remedy
from notifications.domain.rules import OF_STEPS, Known, fired, level_of
from notifications.domain.signals import Dispute, Reminder, Signal, unanswered
from notifications.domain.stages import Stage, stage_of
from notifications.domain.steps import Notice, Reservation, Step, chain
from notifications.domain.thresholds import Thresholds


class Close(NamedTuple):
    """The account's books were complete to this day, and so much was outstanding. An ordinal, and øre."""

    as_of: int
    ore: int


class Attempt(NamedTuple):
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice and what became of it: empty until the server has answered. Without `alert_id` it is the operator's.

    `step`: of the ladder; `to`: a subject, or `fallback`. `attempts`: what became of each.
    """

    key: str
    alert_id: str = ""
    outcome: str = ""
    unknowns: int = 0
    step: str = ""
    to: str = ""
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenancy:
    """`public_id` is empty until the tenancy is heard of: its arrears may come first, on a topic of their own.

    `frozen_at`: the time by which the next bank file should have come and had not; None once it has. `caseworker`,
    `area`: whose alerts its own are. `set_aside`: the level up to which a person has said that nothing is to be done.
    """

    public_id: str = ""
    account: str = ""
    tenants: tuple[str, ...] = ()
    rent_ore: int = 0
    kid: str | None = None
    started_on: date | None = None
    lease_ends_on: date | None = None
    ended_on: date | None = None
    ledger: Ledger = field(default_factory=Ledger)
    notices: tuple[Notice, ...] = ()
    steps: tuple[Step, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    signals: tuple[Signal, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    closes: tuple[Close, ...] = ()
    stage: Stage = "F0"
    episodes: tuple[Episode, ...] = ()
    mails: tuple[Mail, ...] = ()
    frozen_at: datetime | None = None
    nav_notices: tuple[NavNotice, ...] = ()
    caseworker: str = ""
    area: str = ""
    set_aside: int = 0

    @property
    def open(self) -> Episode | None:
        """The alert that stands and that people are told of, if one does."""
        return self.standing if self.standing and not self.standing.silent else None

    @property
    def standing(self) -> Episode | None:
        """The episode that stands, also one that nobody is told of as it is from before go-live."""
        return self._unresolved("arrears")

    @property
    def alerts(self) -> tuple[Episode, ...]:
        """All that stand and are somebody's: of arrears, a watch among them, and of the lease."""
        return tuple(each for each in self.episodes if not each.resolution and not each.silent)

    @property
    def lease(self) -> Episode | None:
        """The alert that its lease runs out, if one stands."""
        return self._unresolved("lease")

    def _unresolved(self, kind: Kind) -> Episode | None:
        return next((each for each in reversed(self.episodes) if each.kind == kind and not each.resolution), None)

    @property
    def next_number(self) -> int:
        """Of the next episode."""
        return max((each.number for each in self.episodes), default=0) + 1

    @property
    def level(self) -> int:
        return self.open.level if self.open else 0

    @property
    def as_of(self) -> int:
        """The newest close; 0 before the first."""
        return self.closes[-1].as_of if self.closes else 0

    def has_ended(self, on: int) -> bool:
        """By a day, an ordinal."""
        return self.ended_on is not None and on >= self.ended_on.toordinal()

    @property
    def running_notice(self) -> Notice | None:
        """The § 4-18 notice whose deadline the open alert counts down to; None once eviction is requested."""
        if self.open is None or self.open.stage != "F3" or self.open.next_date is None:
            return None
        return next((each for each in reversed(self.notices) if each.deadline == self.open.next_date), None)

    @property
    def reserved(self) -> bool:
        """The tenant has said no to a § 9-11 notice to NAV."""
        return bool(self.reservations and self.reservations[-1].stands)

    @property
    def disputed(self) -> bool:
        return bool(self.disputes and self.disputes[-1].stands)


def alert_id(tenancy: str, episode: int) -> str:
    """Opaque as the tenancy's own id is, and the same after a rebuild."""
    return str(uuid5(UUID(tenancy), f"episode:{episode}"))


def booked(tenancy: Tenancy, ledger: Ledger, since: int) -> Tenancy:
    """With the ledger as it is now; closes after the day from which the new line counts are reckoned again."""
    if tenancy.as_of <= since:
        return replace(tenancy, ledger=ledger)
    closes = tuple(
        Close(close.as_of, outstanding(ledger, close.as_of)) if close.as_of > since else close
        for close in tenancy.closes
    )
    return replace(tenancy, ledger=ledger, closes=closes)


def closed(tenancy: Tenancy, account: str, as_of: int) -> Tenancy:
    """One more day to which the account's books are complete; the same day again is reckoned again."""
    closes = [close for close in tenancy.closes if close.as_of != as_of]
    insort(closes, Close(as_of, outstanding(tenancy.ledger, as_of)))
    return replace(tenancy, account=account, closes=tuple(closes))


def money_came(tenancy: Tenancy, *, back: bool = False) -> Tenancy:
    """The episode that stands knows that money came since its triggers held, or that it was taken back."""
    if tenancy.standing is None:
        return tenancy
    return with_episode(tenancy, replace(tenancy.standing, money_since=not back))


def judged_by_money(tenancy: Tenancy, dated: int, policy: Policy) -> Tenancy:
    """After a line of money. Within the closed books it is judged at once, as of the newest close.

    A newer one is judged at its own date, but raises nothing: until the books of its day are closed, the payment
    that it lacks may still be among the lines to come.
    """
    if dated <= tenancy.as_of:
        return judged(tenancy, tenancy.as_of, policy)
    if tenancy.stage == "F0" and not tenancy.standing:
        return tenancy
    return judged(tenancy, dated, policy, may_raise=frozenset())


def judged_by_signal(tenancy: Tenancy, dated: int, policy: Policy) -> Tenancy:
    """After news of how the tenant pays. Newer than the books, it raises what rests on it alone."""
    if dated <= tenancy.as_of:
        return judged(tenancy, tenancy.as_of, policy)
    return judged(tenancy, dated, policy, may_raise=frozenset({"W2"}))


def judged_at_once(tenancy: Tenancy, dated: int, policy: Policy) -> Tenancy:
    """After news that is itself a reason to look: as of the newest close, or of its own date if that is later.

    A frozen tenancy is judged as of the newest close alone: the days since then may lack payments.
    """
    return judged(tenancy, tenancy.as_of if tenancy.frozen_at else max(dated, tenancy.as_of), policy)


def judged(tenancy: Tenancy, on: int, policy: Policy, *, may_raise: frozenset[str] | None = None) -> Tenancy:
    """The tenancy with stage and alert as of a day, by the thresholds of that day.

    `may_raise`: which rules may be new; None: all may, unless a held payment may be the one that lacks.
    """
    ended = tenancy.has_ended(on)
    if ended and not tenancy.standing:
        return tenancy
    limits = policy.limits(on)
    judgement = judge(tenancy, on, limits)
    if executed := judgement.chain.executed:
        return _closed(replace(tenancy, stage=judgement.stage), "executed", executed.dated)
    if ended and tenancy.ended_on:
        return _closed(tenancy, "ended", tenancy.ended_on.toordinal())
    if may_raise is None and payment_is_held(tenancy, on, limits):
        judgement = _withheld(tenancy, judgement, OF_STEPS)
    elif may_raise is not None:
        stage = min(tenancy.stage, judgement.stage)
        judgement = replace(_withheld(tenancy, judgement, may_raise), stage=stage)
    live = policy.is_live(on)
    if tenancy.stage != judgement.stage:
        tenancy = replace(tenancy, stage=judgement.stage)
    if may_raise is None and judgement.level < tenancy.set_aside:
        tenancy = replace(tenancy, set_aside=judgement.level)
    if tenancy.standing:
        episode = continued(tenancy.standing, judgement, limits)
        goes_live = episode.silent and live and may_raise is None and not episode.resolution
        return with_episode(tenancy, gone_live(episode, on) if goes_live else episode)
    if judgement.level > tenancy.set_aside:
        episode = opened(tenancy.next_number, judgement, limits, silent=not live)
        return replace(tenancy, episodes=(*tenancy.episodes, episode))
    return tenancy


def judge(tenancy: Tenancy, on: int, limits: Thresholds) -> Judgement:
    """What the ledger and the legal steps say of a day."""
    allocation = allocate(tenancy.ledger, on, limits.tolerance)
    found = facts(allocation, on, limits)
    legal = chain(tenancy.notices, tenancy.steps, allocation, found, tenancy.as_of)
    history = history_of(tenancy)
    signal = unanswered(tenancy.signals, allocation, on) if tenancy.signals else None
    known = Known(found, legal, signal, history, limits)
    reasons = fired(known)
    return Judgement(
        facts=found,
        chain=legal,
        stage=stage_of(legal, found.dpd, limits),
        reasons=reasons,
        probation=history.on_probation(on, found.dpd, found.habit, limits),
        remedy=remedy(known) if level_of(reasons) >= EARLY else None,
    )


def history_of(tenancy: Tenancy) -> History:
    return History(tuple(former for episode in tenancy.episodes if (former := episode.former)))


def payment_is_held(tenancy: Tenancy, on: int, limits: Thresholds) -> bool:
    """A payment that may be this tenancy's waits for a person, and hasn't waited for long."""
    released = {line.amends for line in tenancy.ledger.releases if line.dated <= on}
    return any(
        hold.dated <= on <= hold.bank_days[limits.hold_bank_days - 1] and hold.id not in released
        for hold in tenancy.ledger.holds
    )


def _withheld(tenancy: Tenancy, judgement: Judgement, may_raise: frozenset[str]) -> Judgement:
    """Without the reasons that neither stand already nor may be new."""
    known = may_raise | (tenancy.standing.rules if tenancy.standing else frozenset())
    return replace(judgement, reasons=tuple(reason for reason in judgement.reasons if reason.rule in known))


def _closed(tenancy: Tenancy, resolution: Resolution, on: int) -> Tenancy:
    if tenancy.standing is None:
        return tenancy
    return with_episode(tenancy, resolved(tenancy.standing, resolution, on))


def with_episode(tenancy: Tenancy, episode: Episode) -> Tenancy:
    """In place of what it was. A watch that is over leaves nothing behind: nobody was told of it."""
    kept = () if episode.resolution and not episode.is_alert else (episode,)
    others = (each for each in tenancy.episodes if each.number != episode.number)
    return replace(tenancy, episodes=tuple(sorted((*others, *kept), key=lambda each: each.number)))
