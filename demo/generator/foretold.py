"""What an alert on a tenancy will look like, reasoned from what its fate says of the days on which it is judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

LEVELS = {"E1": 2, "S1": 3, "S4": 3, "A4": 4}


class TooClose(Exception):
    """The drawn dates stand too near a threshold for the fate to be sure; another draw is needed."""


class Habit(NamedTuple):
    """The fewest and the most days after due that the tenant is known for by now."""

    least: int
    most: int

    def late(self, days: int) -> bool:
        """E1's days: more than a week, and five more than usual (early-warning.md §7.4)."""
        if days >= max(8, self.most + 5):
            return True
        if days < max(8, self.least + 5):
            return False
        raise TooClose


class Look(NamedTuple):
    """A day on which a tenancy is judged: `days` over due, `percent` of a month's rent owed, legal steps in force."""

    on: date
    days: int
    percent: int
    legal: tuple[str, ...] = ()

    def rules(self, habit: Habit) -> list[str]:
        """Those that hold, the gravest first."""
        found: list[str] = [rule for rule in ("A4", "S4") if rule in self.legal]
        if self.days >= 30 and self.percent >= 50:
            found.append("S1")
        if self.percent >= 25 and habit.late(self.days):
            found.append("E1")
        return found


@dataclass(frozen=True, slots=True)
class Episode:
    """`rules`: in the order in which each first held, the gravest first on the same day."""

    rules: tuple[str, ...]
    first: date
    resolution: str | None
    requested: date | None = None
    e1_before_notice: bool = False

    def written(self) -> dict[str, Any]:
        return {
            "rules": list(self.rules),
            "peak_level": max(LEVELS[rule] for rule in self.rules),
            "first_as_of": self.first.isoformat(),
            "resolution": self.resolution,
            "requested_on": self.requested.isoformat() if self.requested else None,
            "lead_days": (self.requested - self.first).days if self.requested else None,
            "e1_before_notice": self.e1_before_notice,
        }


def episode(
    looks: Iterable[Look],
    habit: Habit,
    resolution: str | None,
    *,
    notice: date | None = None,
    requested: date | None = None,
) -> Episode | None:
    """The one alert that these days make, or None. `looks`: in the order in which the facts became known."""
    first: dict[str, date] = {}
    for look in looks:
        for rule in look.rules(habit):
            first.setdefault(rule, look.on)
    if not first:
        return None
    early = "E1" in first and (notice is None or first["E1"] < notice)
    return Episode(tuple(first), next(iter(first.values())), resolution, requested, early)
