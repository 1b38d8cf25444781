"""Stages F0–F6: where a tenancy stands in the chain to eviction (domain.md §2.2)."""

from typing import Literal

from notifications.domain.steps import Chain
from notifications.domain.thresholds import Thresholds

Stage = Literal["F0", "F1", "F2", "F3", "F4", "F5", "F6"]


def stage_of(chain: Chain, dpd: int, limits: Thresholds) -> Stage:
    """The last statutory step in force, else the window of days over due; a lifted step gives back the one before."""
    if chain.executed:
        return "F6"
    if chain.scheduled:
        return "F5"
    if chain.requested:
        return "F4"
    if chain.notice:
        return "F3"
    return stage_by_days(dpd, limits)


def stage_by_days(dpd: int, limits: Thresholds) -> Stage:
    if dpd >= limits.f3_days:
        return "F3"
    if dpd >= limits.f2_days:
        return "F2"
    return "F1" if dpd >= 1 else "F0"
