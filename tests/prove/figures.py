"""Percentiles, the bound on what was never seen, and a straight line with its confidence. Standard library alone."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def bound(number: int) -> str:
    """Nothing among `number`: the share is below 3/N, with 95 % confidence (Hanley and Lippman-Hand 1983)."""
    return f"< {3 / number:.1e}" if number else "–"


@dataclass(frozen=True, slots=True)
class Line:
    """`slope` per unit of x, and half the width of its confidence interval."""

    slope: float
    margin: float


def line(points: Sequence[tuple[float, float]], among: int = 1) -> Line:
    """By least squares. Neighbours in time resemble each other: fewer of them count as independent (lag-1).

    `among`: how many lines are looked at together. With 95 % confidence all of their intervals are right (Bonferroni).
    """
    number = len(points)
    mean_x, mean_y = (sum(point[i] for point in points) / number for i in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = [y - mean_y - slope * (x - mean_x) for x, y in points]
    total = sum(r * r for r in rest)
    if total == 0:
        return Line(slope, 0.0)
    likeness = max(0.0, min(0.95, sum(a * b for a, b in itertools.pairwise(rest)) / total))
    independent = max(3.0, number * (1 - likeness) / (1 + likeness))
    sure = NormalDist().inv_cdf(1 - 0.05 / 2 / among)
    return Line(slope, sure * math.sqrt(total / (independent - 2) / spread * number / independent))
