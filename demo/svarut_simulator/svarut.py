"""What SvarUt would know, remember and do with a letter."""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import Field

from demo import misbehaving

# How a letter ends. Weights are ours: no statistics of letters to NAV's offices is published.
FATES = {"LEST": 16, "PRINTET": 2, "AVVIST": 1, "IKKE_LEVERT": 1}
ON_THE_WAY = ("MOTTATT", "AKSEPTERT", "KLAR_FOR_MOTTAK")
PUZZLE = "UNDER_OVERSETTELSE"  # a word that stands in nobody's table
IDS = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class Behaviour(misbehaving.Behaviour):
    """`fate`: how every letter ends from now on, and at once. `found_after`: seconds until a letter that was taken is
    found under its reference, as where SvarUt still works on it.
    """

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
class SvarUt(misbehaving.Partner):
    """`passwords` by user. `read_delay` in seconds, shortened or lengthened by half per letter."""

    passwords: Mapping[str, str]
    read_delay: float = 1.0
    reserved: dict[str, str] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour, kw_only=True)

    def remember(self) -> None:
        """Take up what an earlier run on the same record reserved and took."""
        for fact in self.noted():
            if fact["what"] == "reserved":
                self.reserved[fact["key"]] = fact["of"]
            elif fact["what"] == "accepted":
                told = {name: fact[name] for name in ("of", "reference", "organisation", "title", "paper_sha256")}
                at = datetime.fromisoformat(fact["time"])
                self.letters[fact["key"]] = Letter(id=fact["key"], at=at, **told)

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
