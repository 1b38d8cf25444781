"""The numbers that the rules rest on, with the version under which an alert was judged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Amounts in øre, shares in percent, times in days (bank days by name). Source: early-warning.md §7.3–7.6."""

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
    drift_invoices: int
    drift_rise: int
    shrink_days: int
    shrink_percent: int
    relapse_days: int
    relapse_count: int
    relapse_year: int
    probation_days: int
    plan_grace: int
    hold_bank_days: int
    w1_days: int
    e1_days: int
    e1_after_habit: int
    e1_percent: int
    e2_days: int
    e3_days: int
    e4_days: int
    e5_days: int
    e6_after_habit: int
    s1_days: int
    s1_percent: int
    s2_invoices: int
    s2_days: int
    s2_percent: int
    a1_days: int
    a2_percent: int
    a3_bank_days: int
    f2_days: int
    f3_days: int
    lower_after: int
    lease_review_months: int
    lease_decision_months: int
    lease_notice_months: int
    lease_alarm_days: int

    def tolerance(self, ore: int) -> int:
        """How much of a sum may stand open without counting as unpaid."""
        return max(self.tolerance_ore, ore * self.tolerance_percent // 100)
