"""What would lower an alert: the least sum that does, and from when (early-warning.md §7.5)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from notifications.domain.facts import Claim, Facts
from notifications.domain.rules import Known, fired, level_of
from notifications.domain.thresholds import Thresholds

KRONE = 100


class Remedy(NamedTuple):
    """So much paid now, in øre, lowers the alert to that level, no sooner than that day, an ordinal; 0 closes it."""

    ore: int
    level: int
    soonest: int


def remedy(known: Known) -> Remedy | None:
    """None where money alone lowers nothing: a statutory step runs its own course, or nothing is owed."""
    level = level_of(fired(known))
    for ore in _sums(known.facts, known.limits):
        paid = replace(known, facts=after_payment(known.facts, ore))
        if paid.facts.settled and not paid.chain.runs:
            return Remedy(ore, 0, known.facts.on)
        if level_of(fired(paid)) < level:
            return Remedy(ore, max(1, level - 1), known.facts.on + known.limits.lower_after)
    return None


def _sums(facts: Facts, limits: Thresholds) -> Iterator[int]:
    """What may make a difference, in whole kroner, the least first: claim by claim, or to below a share of the rent."""
    sums, paid = {facts.debt}, 0
    for claim in facts.claims:
        paid += claim.ore
        sums.add(paid)
    for percent in (limits.e1_percent, limits.s1_percent, limits.s2_percent, limits.a2_percent):
        sums.add(facts.debt + 1 + facts.rent * percent // -100)
    sums.add(facts.debt + 1 - limits.material_ore)
    whole = {min(facts.debt, -(-ore // KRONE) * KRONE) for ore in sums if 0 < ore <= facts.debt}
    return iter(sorted(whole))


def after_payment(facts: Facts, ore: int) -> Facts:
    """The facts of the same day with so much more paid, the oldest first."""
    claims: list[Claim] = []
    for claim in facts.claims:
        part = min(ore, claim.ore)
        ore -= part
        if left := claim.ore - part:
            claims.append(claim._replace(ore=left))
    oldest = next((claim.line for claim in claims if claim.counts), None)
    lacks = sum(claim.ore for claim in claims)
    return replace(
        facts,
        claims=tuple(claims),
        oldest=oldest,
        dpd=facts.on - oldest.falls if oldest else 0,
        debt=lacks,
        broken=facts.broken if facts.broken and lacks >= facts.broken.lacks else None,
        first=facts.first and oldest == facts.oldest,
    )
