"""The numbers that the rules rest on, with the version under which an alert was judged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Amounts in øre, shares in percent, times in days. Source of each: early-warning.md §7.3–7.6."""

    version: str
    tolerance_ore: int
    tolerance_percent: int
    material_ore: int
    material_percent: int
    rent_invoices: int
    habit_invoices: int
    habit_least: int
    habit_percentile: int
    habit_cap: int
    e1_days: int
    e1_after_habit: int
    e1_percent: int
    s1_days: int
    s1_percent: int
    f2_days: int
    f3_days: int
    lower_after: int

    def tolerance(self, ore: int) -> int:
        """How much of a sum may stand open without counting as unpaid."""
        return max(self.tolerance_ore, ore * self.tolerance_percent // 100)
