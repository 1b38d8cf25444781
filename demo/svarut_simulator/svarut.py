"""What SvarUt would know, remember and do with a letter."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from demo.nav_simulator.nav import MANNERS

# How a letter ends. Weights are ours: no statistics of letters to NAV's offices is published.
FATES = {"LEST": 16, "PRINTET": 2, "AVVIST": 1, "IKKE_LEVERT": 1}
ON_THE_WAY = ("MOTTATT", "AKSEPTERT", "KLAR_FOR_MOTTAK")
PUZZLE = "UNDER_OVERSETTELSE"  # a word that stands in nobody's table
IDS = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class Behaviour(BaseModel):
    """How to misbehave, as NAV's simulator does. `fate`: how every letter ends from now on, and at once. `found_after`:
    seconds until a letter that was taken is found under its reference, as where SvarUt still works on it.
    """

    down: bool = False
    latency_ms: Annotated[int, Field(ge=0)] = 0
    fail_next: Annotated[int, Field(ge=0)] = 0
    timeout_after_accept_next: Annotated[int, Field(ge=0)] = 0
    refuse_next: Annotated[int, Field(ge=0)] = 0
    retry_after: Annotated[int, Field(ge=0)] | None = None
    puzzle_next: Annotated[int, Field(ge=0)] = 0
    misbehaving: Annotated[float, Field(ge=0, le=1)] = 0.0
    refuses_repeats: bool = False
    fate: str = ""
    found_after: Annotated[float, Field(ge=0)] = 0.0


@dataclass(frozen=True, slots=True)
class Letter:
    """`of`: the sender's user. `paper_sha256`: of the files as they came, in their order."""

    id: str
    of: str
    reference: str
    organisation: str
    title: str
    paper_sha256: str
    at: datetime

    def is_same(self, other: "Letter") -> bool:
        return (self.of, self.reference, self.paper_sha256) == (other.of, other.reference, other.paper_sha256)


@dataclass(slots=True)
class SvarUt:
    """`passwords` by user. `read_delay` in seconds, shortened or lengthened by half per letter."""

    passwords: Mapping[str, str]
    seed: int = 1
    read_delay: float = 1.0
    hang_seconds: float = 30.0
    late_seconds: float = 0.05
    record: Path | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    reserved: dict[str, str] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: int = 0

    def remember(self) -> None:
        """Take up what an earlier run on the same record reserved and took."""
        if self.record is None or not self.record.exists():
            return
        for fact in (json.loads(line) for line in self.record.read_text(encoding="utf-8").splitlines()):
            if fact["what"] == "reserved":
                self.reserved[fact["key"]] = fact["of"]
            elif fact["what"] == "accepted":
                told = {name: fact[name] for name in ("of", "reference", "organisation", "title", "paper_sha256")}
                at = datetime.fromisoformat(fact["time"])
                self.letters[fact["key"]] = Letter(id=fact["key"], at=at, **told)

    def note(self, what: str, key: object, at: datetime | None = None, **facts: Any) -> None:
        if self.record is not None:
            line = {"time": (at or self.now()).isoformat(), "what": what, "key": str(key), **facts}
            with self.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def manner(self) -> str:
        """The manner of the next call; empty where it is answered as it should be."""
        self.calls += 1
        draw = random.Random(f"{self.seed}:call {self.calls}")
        return draw.choice(MANNERS) if draw.random() < self.behaviour.misbehaving else ""

    def reserve(self, of: str) -> str:
        id = str(uuid5(IDS, f"{self.seed}:{len(self.reserved)}"))
        self.reserved[id] = of
        self.note("reserved", id, of=of)
        return id

    def take(self, letter: Letter) -> None:
        """Noted before it is answered: what the record says was accepted, was."""
        self.letters[letter.id] = letter
        facts = asdict(letter)
        self.note("accepted", facts.pop("id"), facts.pop("at"), **facts)

    def under(self, of: str, reference: str) -> list[str]:
        since = self.now() - timedelta(seconds=self.behaviour.found_after)
        mine = [each for each in self.letters.values() if (each.of, each.reference) == (of, reference)]
        return [each.id for each in mine if each.at <= since]

    def fate(self, letter: Letter) -> tuple[str, datetime]:
        """The word that it ends with and when, of seed and id alone, unless told otherwise."""
        if self.behaviour.fate:
            return self.behaviour.fate, letter.at
        draw = random.Random(f"{self.seed}:{letter.id}")
        delay = self.read_delay * draw.uniform(0.5, 1.5)
        (word,) = draw.choices(list(FATES), weights=list(FATES.values()))
        return word, letter.at + timedelta(seconds=delay)

    def standing(self, letter: Letter) -> dict[str, Any]:
        word, at = self.fate(letter)
        if self.behaviour.puzzle_next:
            self.behaviour.puzzle_next -= 1
            word, at = PUZZLE, letter.at
        elif (now := self.now()) < at:
            gone = (now - letter.at) / (at - letter.at)
            word, at = ON_THE_WAY[min(int(gone * len(ON_THE_WAY)), len(ON_THE_WAY) - 1)], letter.at
        changed = round(at.timestamp() * 1000)
        return {"forsendelsesId": {"id": letter.id}, "sisteStatusEndring": changed, "status": word}
