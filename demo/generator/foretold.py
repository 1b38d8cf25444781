"""Which alerts a tenancy's facts come to, told in the order in which the bank files bring them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from demo.generator.facts import Fact
from demo.generator.reckoning import MONEY, Account, account, nearly_over, notice_stands, spare

LEVELS = {"A": 4, "S": 3, "E": 2, "W": 1}
NEVER = date.min
# On one day the gravest stand first.
ORDER = ("A4", "A3", "A2", "A1", "S4", "S3", "S2", "S1", "E4", "E6", "E3", "E2", "E5", "E1", "W2", "W3", "W1")


class TooClose(Exception):
    """The drawn dates don't make the fate that they were drawn for; another draw is needed."""


@dataclass(slots=True)
class Episode:
    """`rules`: in the order in which each first held. `since`: the first day that was more than a watch."""

    rules: dict[str, date]
    peak: int
    since: date
    holding: set[str] = field(default_factory=set)
    worst: int = 0
    resolution: str | None = None
    over: date | None = None

    def written(self, notices: Sequence[date], requests: Sequence[date]) -> dict[str, Any]:
        until = self.over or date.max
        requested = next((day for day in requests if self.since <= day <= until), None)
        notice = min((day for day in notices if (self.since - day).days <= 60 and day <= until), default=date.max)
        return {
            "rules": list(self.rules),
            "peak_level": self.peak,
            "first_as_of": self.since.isoformat(),
            "resolution": self.resolution,
            "requested_on": requested.isoformat() if requested else None,
            "lead_days": (requested - self.since).days if requested else None,
            "e1_before_notice": "E1" in self.rules and self.rules["E1"] < notice,
        }


@dataclass(slots=True)
class Foretelling:
    """What is known so far. `closed`: the day as of which the books were closed last."""

    known: list[Fact] = field(default_factory=list)
    closed: date = NEVER
    episodes: list[Episode] = field(default_factory=list)

    @property
    def open(self) -> Episode | None:
        return self.episodes[-1] if self.episodes and not self.episodes[-1].resolution else None

    def tell(self, fact: Fact) -> None:
        self.known.append(fact)
        if fact.kind.startswith(("eviction_notice.", "enforcement.")):
            self._look(max(fact.on, self.closed))
        elif fact.kind in (*MONEY, "invoice.issued"):
            if fact.on <= self.closed:
                self._look(self.closed)
            elif self.open:
                self._look(fact.on, new=False)

    def close(self, as_of: date) -> None:
        self.closed = as_of
        self._look(as_of)

    def _look(self, on: date, *, new: bool = True) -> None:
        ended = next((fact.on for fact in self.known if fact.kind == "tenancy.ended" and fact.on <= on), None)
        executed = [fact.on for fact in self.known if fact.kind == "enforcement.executed"]
        if executed or ended:
            self._over("executed" if executed else "ended", executed[-1] if executed else ended or on)
            return
        now = account(self.known, on)
        legal = self._legal(now)
        rules = {*legal, *now.rules(), *self._relapsed(now)} or set(now.watched())
        if not new:
            rules &= self.open.holding if self.open else set()
        if self.open:
            self._go_on(now, rules, legal)
        elif rules:
            self._begin(now, rules)

    def _begin(self, now: Account, rules: set[str]) -> None:
        level = self._level(now, rules)
        self.episodes.append(Episode(dict.fromkeys(_sorted(rules), now.on), level, now.on, rules, now.days))

    def _go_on(self, now: Account, rules: set[str], legal: set[str]) -> None:
        episode = self.open
        assert episode
        level = self._level(now, rules)
        if level > 1 and episode.peak < 2:
            episode.since = now.on
        episode.worst = max(episode.worst, now.days)
        episode.peak = max(episode.peak, level)
        if now.debt <= spare(now.rent) and not legal and (episode.peak > 1 or not rules):
            self._over("cured", now.on)
            return
        for rule in _sorted(rules):
            episode.rules.setdefault(rule, now.on)
        episode.holding = rules or episode.holding

    def _over(self, resolution: str, on: date) -> None:
        """A watch that is over was never an alert."""
        if episode := self.open:
            episode.resolution, episode.over = resolution, max(on, episode.since)
            if episode.peak < 2:
                self.episodes.pop()

    def _legal(self, now: Account) -> set[str]:
        """Steps count from when they are known, whatever day is looked at."""
        requested = scheduled = False
        steps = sorted((fact for fact in self.known if fact.kind.startswith("enforcement.")), key=lambda step: step.on)
        for step in steps:
            requested = step.kind.endswith("requested") or (requested and not step.kind.endswith("lifted"))
            scheduled = step.kind.endswith("scheduled") or (scheduled and not step.kind.endswith("lifted"))
        notices = [fact for fact in self.known if fact.kind == "eviction_notice.sent"]
        running = [notice for notice in notices if notice_stands(notice, now, self.closed)]
        found = {"A4"} if requested or scheduled else set()
        if running:
            found |= {"S4", "A3"} if nearly_over(running[-1], now.on) else {"S4"}
        return found

    def _counted(self, now: Account) -> list[Episode]:
        """The closed alerts that weren't within what is usual by now."""
        usual = (now.habit or 0) + 5
        return [each for each in self.episodes if each.over and (each.peak >= 3 or each.worst >= usual)]

    def _relapsed(self, now: Account) -> set[str]:
        if now.habit is None or now.days < now.habit + 5 or not now.matters:
            return set()
        counted = self._counted(now)
        in_the_year = [each for each in counted if (now.on - each.since).days <= 365]
        return {"E6"} if self._soon_after_a_cure(now) or len(in_the_year) >= 2 else set()

    def _soon_after_a_cure(self, now: Account) -> bool:
        cures = (each.over for each in self._counted(now) if each.resolution == "cured" and each.over)
        return any(0 <= (now.on - over).days <= 90 for over in cures)

    def _level(self, now: Account, rules: set[str]) -> int:
        level = max((LEVELS[rule[0]] for rule in rules), default=0)
        unusual = now.habit is not None and now.days >= now.habit + 5
        return min(4, level + 1) if level > 1 and unusual and self._soon_after_a_cure(now) else level


def foretold(files: Iterator[tuple[Sequence[Fact], date]]) -> list[dict[str, Any]]:
    """The alerts, from each file's facts in their order and the day as of which it closes the books."""
    story = Foretelling()
    for facts, as_of in files:
        for fact in facts:
            story.tell(fact)
        story.close(as_of)
    notices = [fact.on for fact in story.known if fact.kind == "eviction_notice.sent"]
    requests = sorted(fact.on for fact in story.known if fact.kind == "enforcement.requested")
    return [episode.written(notices, requests) for episode in story.episodes]


def _sorted(rules: set[str]) -> list[str]:
    return sorted(rules, key=ORDER.index)
