"""How good a way to warn is: how many requests it came before, by how much, and how often it spoke (§7.8–7.9)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.prove.figures import percentile
from tests.prove.warning.judging import Alert
from tests.prove.warning.mixes import Standing

HORIZON = 90  # days within which a request proves an alert right
QUICKLY = 7  # days
Holds = Callable[[Standing, int], bool]

BASELINES: dict[str, Holds] = {
    "any day past due ≥ 8": lambda at, rent: at.days_over_due >= 8,
    "days past due ≥ 14": lambda at, rent: at.days_over_due >= 14,
    "days past due ≥ 30": lambda at, rent: at.days_over_due >= 30,
    "debt ≥ 2 rents": lambda at, rent: at.debt >= 2 * rent,
}


def by_rule(holds: Holds, rent: int, standings: Iterable[Standing]) -> list[Alert]:
    """Raised when it comes to hold, over when it doesn't."""
    found, since, last = list[Alert](), None, 0
    for at in standings:
        last = at.day
        if holds(at, rent):
            since = at.day if since is None else since
        elif since is not None:
            found.append(Alert(since, None, at.day))
            since = None
    return [*found, Alert(since)] if since is not None and last else found


@dataclass
class Score:
    """Of one way to warn on one ledger. `months`: of all tenancies together. `leads`: 0 where a request was missed."""

    months: float = 0.0
    leads: list[int] = field(default_factory=list)
    ahead_of_notice: int = 0
    raised: int = 0
    grave: int = 0
    quick: int = 0
    judged: int = 0
    right: int = 0
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(
        self, alerts: Sequence[Alert], requests: Sequence[int], notices: Sequence[int], window: tuple[int, int]
    ) -> None:
        """One tenancy's, of the days from the window's first to its last. Without `grave`, every alert is judged."""
        first, last = window
        self.months += max(0, last + 1 - first) / (365.25 / 12)
        for request in (day for day in requests if day >= first):
            before = [alert.raised for alert in alerts if alert.stands(request)]
            self.leads.append(request - min(before) if before else 0)
            notice = max((day for day in notices if day <= request), default=request)
            self.ahead_of_notice += bool(before) and min(before) < notice
        for alert in (each for each in alerts if each.raised >= first):
            self.raised += 1
            quick = alert.ended is not None and alert.ended - alert.raised <= QUICKLY
            self.quick += quick
            self._by_rule(alert, requests, last, quick=quick)
        self._judge([day for each in alerts if (day := each.grave) is not None and day >= first], requests, last)

    def _by_rule(self, alert: Alert, requests: Sequence[int], last: int, *, quick: bool) -> None:
        judged = alert.raised + HORIZON <= last
        right = judged and any(alert.raised <= request <= alert.raised + HORIZON for request in requests)
        for rule in alert.rules:
            self.rules.update({(rule, "raised"): 1, (rule, "quick"): quick, (rule, "judged"): judged})
            self.rules[rule, "right"] += right

    def judge_all(self, alerts: Sequence[Alert], requests: Sequence[int], window: tuple[int, int]) -> None:
        """For a way to warn that has no levels."""
        self._judge([each.raised for each in alerts if each.raised >= window[0]], requests, window[1])

    def _judge(self, days: Sequence[int], requests: Sequence[int], last: int) -> None:
        self.grave += len(days)
        for day in (each for each in days if each + HORIZON <= last):
            self.judged += 1
            self.right += any(day <= request <= day + HORIZON for request in requests)

    def recall(self, days: int = 1) -> float:
        return sum(lead >= days for lead in self.leads) / len(self.leads) if self.leads else float("nan")

    def lead(self, share: float) -> float:
        return percentile(self.leads, share) if self.leads else float("nan")

    @property
    def precision(self) -> float:
        return self.right / self.judged if self.judged else float("nan")

    def per_hundred(self, count: int) -> float:
        """So many per 100 tenancies a month."""
        return 100 * count / self.months if self.months else float("nan")
