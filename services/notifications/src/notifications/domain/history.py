"""What the alerts that are closed say of a new miss (early-warning.md §7.3, `relapse`; §7.6, probation)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from notifications.domain.thresholds import Thresholds

EARLY, SERIOUS = 2, 3


class Former(NamedTuple):
    """A closed alert, days as ordinals. `worst`: the most days over due that it came to; `cured`: by payment."""

    raised: int
    resolved: int
    peak: int
    worst: int
    cured: bool


@dataclass(frozen=True, slots=True)
class History:
    """The closed alerts, the oldest first."""

    alerts: Sequence[Former] = ()

    def counted(self, habit: int, limits: Thresholds) -> list[Former]:
        """A miss within the habit, by what is known of it now, is none; unless it became serious."""
        usual = habit + limits.e6_after_habit
        return [each for each in self.alerts if each.peak >= SERIOUS or (each.peak >= EARLY and each.worst >= usual)]

    def relapse(self, on: int, habit: int, limits: Thresholds) -> Former | None:
        """The newest alert that makes one more a relapse: the second soon after a cure, or the third in a year."""
        counted = self.counted(habit, limits)
        if not counted:
            return None
        in_the_year = [each for each in counted if on - each.raised <= limits.relapse_year]
        if self._cured_since(counted, on, limits.relapse_days) or len(in_the_year) >= limits.relapse_count - 1:
            return counted[-1]
        return None

    def on_probation(self, on: int, dpd: int, habit: int | None, limits: Thresholds) -> bool:
        """Whether a miss weighs one level more: soon after a cure, and not within the habit, which must be known."""
        if habit is None or dpd < habit + limits.e6_after_habit:
            return False
        return self._cured_since(self.counted(habit, limits), on, limits.probation_days)

    @staticmethod
    def _cured_since(counted: Sequence[Former], on: int, days: int) -> bool:
        return any(each.cured and 0 <= on - each.resolved <= days for each in counted)
