"""The alert rules W1–W3, E1–E6, S1–S4 and A1–A4 (early-warning.md §7.4): any one is enough, the highest level wins.

Each is a function of what is known on a day, and gives its reason with the figures that it rests on, or None. Levels:
0 ingen, 1 følg med, 2 tidlig varsel, 3 alvorlig, 4 akutt. Nothing of who the tenant is comes in: money, days and steps
do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from notifications.domain.facts import Facts
from notifications.domain.history import History
from notifications.domain.signals import Signal, Way
from notifications.domain.steps import Chain
from notifications.domain.thresholds import Thresholds

LEVELS = {
    **dict.fromkeys(("A1", "A2", "A3", "A4"), 4),
    **dict.fromkeys(("S1", "S2", "S3", "S4"), 3),
    **dict.fromkeys(("E1", "E2", "E3", "E4", "E5", "E6"), 2),
    **dict.fromkeys(("W1", "W2", "W3"), 1),
}
ACUTE = 4
WATCH = 1  # listed, and nobody is told
# Which don't rest on money that is awaited: a payment that may have come holds none of them back.
OF_STEPS = frozenset({"W2", "S3", "S4", "A3", "A4"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an alert stands: the rule, and its figures by name. Sums in øre, days as ISO dates.

    `lines`: the ids of the ledger's lines that it rests on.
    """

    rule: str
    figures: dict[str, int | str | None]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """All that the rules look at. `signal`: the news of a way of paying that stands unanswered."""

    facts: Facts
    chain: Chain
    signal: Signal | None
    history: History
    limits: Thresholds


Rule = Callable[[Known], Reason | None]


def w1(known: Known) -> Reason | None:
    """Some days over due, any sum above the tolerance."""
    return _overdue("W1", known) if known.facts.dpd >= known.limits.w1_days else None


def w2(known: Known) -> Reason | None:
    """A way of paying by itself failed or ended, and no rent has been paid in full since."""
    return _signalled("W2", known) if known.signal else None


def w3(known: Known) -> Reason | None:
    """Later and later, though paid."""
    return _drifting("W3", known) if known.facts.drift else None


def e1(known: Known) -> Reason | None:
    """Later than the tenant usually pays, with a part of the rent that matters."""
    facts, limits = known.facts, known.limits
    late = facts.dpd >= max(limits.e1_days, (facts.habit or 0) + limits.e1_after_habit)
    if not (late and facts.owes(limits.e1_percent) and facts.material(limits)):
        return None
    return _overdue("E1", known, habit=facts.habit)


def e2(known: Known) -> Reason | None:
    """Only a part was paid, or less and less is."""
    facts, limits = known.facts, known.limits
    if not (facts.shrink and facts.dpd >= limits.e2_days and facts.material(limits)):
        return None
    return _overdue("E2", known, paid=facts.shrink.paid, invoice=facts.shrink.invoice)


def e3(known: Known) -> Reason | None:
    """Later and later, and now unpaid."""
    facts, limits = known.facts, known.limits
    drifts = facts.drift and facts.dpd >= limits.e3_days and facts.material(limits)
    return _drifting("E3", known) if drifts else None


def e4(known: Known) -> Reason | None:
    """What paid by itself no longer does, and the rent is unpaid."""
    facts, limits = known.facts, known.limits
    unpaid = facts.dpd >= limits.e4_days and facts.material(limits)
    return _signalled("E4", known) if known.signal and unpaid else None


def e5(known: Known) -> Reason | None:
    """The tenancy's first invoice, by when no habit can excuse it."""
    facts, limits = known.facts, known.limits
    unpaid = facts.first and facts.dpd >= limits.e5_days and facts.material(limits)
    return _overdue("E5", known) if unpaid else None


def e6(known: Known) -> Reason | None:
    """Soon after an alert that was closed, or the third in a year. Waits until the habit is known."""
    facts, limits = known.facts, known.limits
    if facts.habit is None or facts.dpd < facts.habit + limits.e6_after_habit or not facts.material(limits):
        return None
    former = known.history.relapse(facts.on, facts.habit, limits)
    return _overdue("E6", known, former=_day(former.resolved)) if former else None


def s1(known: Known) -> Reason | None:
    """A month over due, with half a month's rent or more."""
    facts, limits = known.facts, known.limits
    if not (facts.dpd >= limits.s1_days and facts.owes(limits.s1_percent) and facts.material(limits)):
        return None
    return _indebted("S1", known)


def s2(known: Known) -> Reason | None:
    """More than one invoice, and more than one rent."""
    facts, limits = known.facts, known.limits
    two = facts.open_claims >= limits.s2_invoices and facts.dpd >= limits.s2_days
    return _indebted("S2", known) if two and facts.owes(limits.s2_percent) else None


def s3(known: Known) -> Reason | None:
    """A payment plan isn't kept, whatever the sum."""
    broken = known.facts.broken
    if broken is None:
        return None
    figures: dict[str, int | str | None] = {"agreed": _day(broken.since), "lacks": broken.lacks}
    return Reason("S3", {**figures, "as_of": _day(known.facts.on)}, known.facts.unpaid)


def s4(known: Known) -> Reason | None:
    """A § 4-18 notice runs, whatever the days, the habit or the sum."""
    return _noticed("S4", known.chain)


def a1(known: Known) -> Reason | None:
    """Two months over due."""
    facts, limits = known.facts, known.limits
    return _indebted("A1", known) if facts.dpd >= limits.a1_days and facts.material(limits) else None


def a2(known: Known) -> Reason | None:
    """More than two rents."""
    facts, limits = known.facts, known.limits
    return _indebted("A2", known) if facts.debt and facts.rent and facts.owes(limits.a2_percent) else None


def a3(known: Known) -> Reason | None:
    """The § 4-18 deadline is near or past, the debt unpaid. Today and the deadline count as days that are left."""
    notice = known.chain.notice
    if notice is None:
        return None
    days = notice.bank_days[-known.limits.a3_bank_days - 1 : -1]
    soonest = days[0] if len(days) == known.limits.a3_bank_days else notice.deadline - known.limits.a3_bank_days
    return _noticed("A3", known.chain) if known.facts.on > soonest else None


def a4(known: Known) -> Reason | None:
    """Eviction is requested or has its date."""
    chain = known.chain
    if not (chain.requested or chain.scheduled):
        return None
    requested = _day(chain.requested.dated) if chain.requested else None
    scheduled = _day(chain.scheduled.scheduled) if chain.scheduled and chain.scheduled.scheduled else None
    lines = tuple(step.id for step in (chain.requested, chain.scheduled) if step)
    return Reason("A4", {"requested": requested, "scheduled": scheduled}, lines)


# The gravest first, and of one level what says most.
ALERTING: tuple[Rule, ...] = (a4, a3, a2, a1, s4, s3, s2, s1, e4, e6, e3, e2, e5, e1)
WATCHING: tuple[Rule, ...] = (w2, w3, w1)


def fired(known: Known) -> tuple[Reason, ...]:
    """The reasons that hold, the gravest first. Those to keep watch say nothing more once there is one to alert."""
    reasons = tuple(reason for rule in ALERTING if (reason := rule(known)))
    return reasons or tuple(reason for rule in WATCHING if (reason := rule(known)))


def level_of(reasons: tuple[Reason, ...]) -> int:
    return max((LEVELS[reason.rule] for reason in reasons), default=0)


def _overdue(rule: str, known: Known, **figures: int | str | None) -> Reason:
    return Reason(rule, {**_oldest(known.facts), **figures}, known.facts.unpaid)


def _indebted(rule: str, known: Known) -> Reason:
    facts = known.facts
    return _overdue(rule, known, debt=facts.debt, rent=facts.rent, count=facts.open_claims)


def _drifting(rule: str, known: Known) -> Reason:
    first, second, third = known.facts.drift[-3:]
    return _overdue(rule, known, first=first, second=second, third=third)


def _signalled(rule: str, known: Known) -> Reason | None:
    signal = known.signal
    if signal is None:
        return None
    figures: Mapping[str, int | str | None] = {"way": _WAYS[signal.way], "stopped": _day(signal.dated)}
    return Reason(rule, {**_oldest(known.facts), **figures}, (signal.id, *known.facts.unpaid))


_WAYS = {
    Way.DEBIT_FAILED: "debit_failed",
    Way.DEBIT_ENDED: "debit_ended",
    Way.DEDUCTION_ENDED: "deduction_ended",
    Way.TRANSPORT_ENDED: "transport_ended",
}


def _noticed(rule: str, chain: Chain) -> Reason | None:
    if not chain.notice:
        return None
    sent, deadline = _day(chain.notice.dated), _day(chain.notice.deadline)
    return Reason(rule, {"sent": sent, "deadline": deadline, "named": chain.notice.ore}, (chain.notice.id,))


def _oldest(facts: Facts) -> dict[str, int | str | None]:
    if facts.oldest is None:
        return {}
    return {"due": _day(facts.oldest.due), "counted_from": _day(facts.oldest.falls), "dpd": facts.dpd}


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
