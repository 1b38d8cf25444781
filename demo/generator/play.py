"""All that one run holds: people, tenancies, applications; and how it is written down."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from demo.generator.applications import Applications
from demo.generator.casting import Stage
from demo.generator.facts import HEADER, Fact, outstanding
from demo.generator.foretold import foretold
from demo.generator.life import Life
from demo.generator.people import People


@dataclass(slots=True)
class Play:
    stage: Stage
    lives: Sequence[Life]
    people: People
    applications: Applications
    tenants: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: Stage, lives: Sequence[Life], fates: Sequence[str]) -> "Play":
        """With a tenant or two in each dwelling; one of those who are alerted is protected."""
        people = People(stage.chance("people"))
        applications = Applications(stage.chance("applications"), people, stage.horizon.closes[-1])
        play = cls(stage, sorted(lives, key=lambda life: life.lease.contract), people, applications)
        hidden = next(
            life.lease.contract for life, fate in zip(lives, fates, strict=False) if fate == "by_a_fast_landlord"
        )
        for life in play.lives:
            play._move_in(life, protected=life.lease.contract == hidden)
        return play

    def _move_in(self, life: Life, *, protected: bool) -> None:
        lease = life.lease
        _, place = self.stage.dwellings[int(lease.contract.removeprefix("K-")) - 1]
        for person in range(2 if life.chance.random() < 0.2 else 1):
            number = self.people.person(
                lease.kommunenummer, tenancies=(lease.contract,), place=place, protected=protected, d_number=person == 1
            )
            self.tenants.setdefault(lease.contract, number)

    def a_tenant(self, kommunenummer: str) -> str:
        """One in a sound tenancy."""
        sound = (life.lease for life in self.lives if life.sound and not life.ended_on)
        return next(self.tenants[lease.contract] for lease in sound if lease.kommunenummer == kommunenummer)

    def write(self, folder: Path) -> None:
        """The files, in place of those of an earlier run."""
        ledger = folder / "ledger"
        ledger.mkdir(parents=True, exist_ok=True)
        for old in ledger.glob("*.csv"):
            old.unlink()
        for name, lines in self.files():
            (ledger / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        _json_lines(folder / "persons.jsonl", self.people.made)
        _json_lines(folder / "applications.jsonl", self.applications.bodies)
        _json_lines(folder / "decisions.jsonl", self.applications.decisions)
        (folder / "expected.json").write_text(_by_line(self.expected()), encoding="utf-8")

    def files(self) -> Iterable[tuple[str, list[str]]]:
        """Name and lines of each month's file of each account."""
        for month in self.stage.horizon.months():
            for account in sorted({life.lease.account for life in self.lives}):
                lines = list(self._lines(account, month))
                if lines:
                    yield f"{month:%Y-%m}-{account}.csv", [HEADER, *lines]

    def _lines(self, account: str, month: date) -> Iterable[str]:
        """By date, what was told late at the end; then the close."""
        horizon, found = self.stage.horizon, list[tuple[Fact, Life]]()
        for life in self.lives:
            if life.lease.account == account and horizon.file_of(life.lease.started_on) <= month:
                found += [(fact, life) for fact in self._told(life, month)]
        found.sort(key=lambda line: (_in_file(line[0])[:2], line[1].lease.contract, _in_file(line[0])[2]))
        yield from (fact.line(life.lease) for fact, life in found)
        total = sum(fact.ore for fact, _ in found)
        as_of = horizon.closes[list(horizon.months()).index(month)]
        yield f"{account};ledger.closed;{len(found)};{as_of};;;{total};;;"

    def _told(self, life: Life, month: date) -> list[Fact]:
        """What the month's file says of the tenancy, in its order."""
        told = [fact for fact in life.facts if (fact.told or self.stage.horizon.file_of(fact.on)) == month]
        return sorted(told, key=_in_file)

    def _alerts(self, life: Life) -> list[dict[str, Any]]:
        horizon = self.stage.horizon
        first = horizon.file_of(life.lease.started_on)
        months = zip(horizon.months(), horizon.closes, strict=True)
        return foretold((self._told(life, month), as_of) for month, as_of in months if month >= first)

    def expected(self) -> dict[str, Any]:
        """`outstanding`: of the first municipality."""
        kommunenummer = self.stage.kommunenumre[0]
        own = [life for life in self.lives if life.lease.kommunenummer == kommunenummer]
        balances = {life.lease.contract: self._balances(life) for life in self.lives}
        return {
            "kommunenummer": kommunenummer,
            "seed": self.stage.seed,
            "outstanding": {
                day.isoformat(): sum(balances[life.lease.contract].get(day.isoformat(), 0) for life in own)
                for day in self.stage.horizon.closes
            },
            "applications": self.applications.foretold,
            "tenancies": {
                life.lease.contract: {
                    "sound": life.sound,
                    "episodes": self._alerts(life),
                    "balances": balances[life.lease.contract],
                }
                for life in self.lives
            },
        }

    def _balances(self, life: Life) -> dict[str, int]:
        """At each close since the file in which the tenancy started."""
        horizon = self.stage.horizon
        first = horizon.file_of(life.lease.started_on)
        return {close.isoformat(): outstanding(life.facts, close) for close in horizon.closes if close > first}


def _in_file(fact: Fact) -> tuple[bool, date, bool]:
    """By date, what was told late at the end; on one day a start comes first."""
    return fact.told is not None, fact.on, fact.kind != "tenancy.started"


def _json_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _by_line(document: Mapping[str, Any]) -> str:
    """JSON with one line for each tenancy and application, so that a difference can be read."""
    parts = []
    for name, value in document.items():
        if name in {"applications", "tenancies"}:
            rows = ",\n".join(
                f"  {json.dumps(key)}: {json.dumps(row, ensure_ascii=False)}" for key, row in value.items()
            )
            parts.append(f"{json.dumps(name)}: {{\n{rows}\n}}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
