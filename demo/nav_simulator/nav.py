"""What NAV would know, remember and decide."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from demo.nav_simulator.message import NoticeMessage, ReferralMessage

# Weights are ours: no statistics of what becomes of referrals is published.
OUTCOMES = {"INNVILGET": 5, "AVSLÅTT": 3, "TRUKKET": 1, "UTLØPT": 1}
RECALLED = "TRUKKET"
PUZZLE = "UNDER_UTREDNING"  # a word that stands in nobody's table
# fails, busy, limits: nothing is processed. falls silent: it is, and no answer comes. drips: byte by byte.
MANNERS = ("fails", "busy", "limits", "is late", "falls silent", "drips")
NOTICE_OUTCOMES = {"KONTAKTET": 9, "UTLØPT": 1}


class Behaviour(BaseModel):
    """How to misbehave. Counters run down; a request sets all of it. `misbehaving`: the share of calls that chance,
    drawn from the seed and the number of the call, gives one of the `MANNERS`. `callbacks_misbehaving`: the same of
    callbacks, and `call_back`: the manners of the next ones (`MANNERS` of callbacks.py; empty for well-behaved).
    `undecided`: NAV decides nothing as long as that is so. `decides`: the word for whatever is accepted while it
    stands; empty: as chance has it.
    """

    down: bool = False
    latency_ms: Annotated[int, Field(ge=0)] = 0
    fail_next: Annotated[int, Field(ge=0)] = 0
    timeout_after_accept_next: Annotated[int, Field(ge=0)] = 0
    refuse_next: Annotated[int, Field(ge=0)] = 0
    refuse_with: str = "FEIL_ENHET"
    retry_after: Annotated[int, Field(ge=0)] | None = None
    puzzle_next: Annotated[int, Field(ge=0)] = 0
    misbehaving: Annotated[float, Field(ge=0, le=1)] = 0.0
    callbacks_misbehaving: Annotated[float, Field(ge=0, le=1)] = 0.0
    call_back: list[str] = []
    undecided: bool = False
    decides: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    key: UUID
    body_hash: str
    referral: str
    revision: int
    at: datetime
    matter: str = "referral"
    word: str = ""
    recalled: bool = False
    traceparent: str = ""


@dataclass(slots=True)
class Nav:
    """What NAV would know. `outcome_delay` in seconds, shortened or lengthened by half per key."""

    seed: int = 1
    outcome_delay: float = 1.0
    hang_seconds: float = 30.0
    late_seconds: float = 0.05
    record: Path | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    accepted: dict[UUID, Accepted] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: int = 0

    def remember(self) -> None:
        """Take up what an earlier run on the same record accepted."""
        if self.record is None or not self.record.exists():
            return
        lines = self.record.read_text(encoding="utf-8").split("\n")
        for fact in (json.loads(line) for line in lines if line):
            if fact["what"] == "accepted":
                key = UUID(fact["key"])
                at = datetime.fromisoformat(fact["time"])
                taken = key, fact["body_sha256"], fact["referral"], fact["revision"], at
                words = fact.get("matter", "referral"), fact.get("word", "")
                self.accepted[key] = Accepted(*taken, *words, traceparent=fact.get("traceparent", ""))
            elif fact["what"] == "recalled":
                key = UUID(fact["key"])
                self.accepted[key] = replace(self.accepted[key], recalled=True)

    def note(self, what: str, key: object, at: datetime | None = None, **facts: Any) -> None:
        if self.record is None:
            return
        line = {"time": (at or self.now()).isoformat(), "what": what, "key": str(key), **facts}
        with self.record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def accept(
        self, key: UUID, body_hash: str, message: ReferralMessage | NoticeMessage, traceparent: str = ""
    ) -> Accepted:
        """Noted before it is answered: what the record says was accepted, was."""
        match message:
            case ReferralMessage(henvisning_id=id):
                matter = "referral"
            case NoticeMessage(varsel_id=id):
                matter = "nav_notice"
        of = key, body_hash, str(id), message.versjon, self.now(), matter, self.behaviour.decides
        taken = Accepted(*of, traceparent=traceparent)
        self.accepted[key] = taken
        facts = {"referral": taken.referral, "revision": taken.revision, "matter": matter, "traceparent": traceparent}
        facts |= {"word": taken.word} if taken.word else {}
        self.note("accepted", key, taken.at, body_sha256=body_hash, **facts)
        return taken

    def recall(self, taken: Accepted) -> bool:
        """Whether NAV lets it be: it can as long as it hasn't decided. Once is as good as often."""
        if not taken.recalled and self.decided(taken):
            return False
        self.accepted[taken.key] = replace(taken, recalled=True)
        self.note("repeated_recall" if taken.recalled else "recalled", taken.key)
        return True

    def outcome(self, taken: Accepted) -> tuple[str, datetime]:
        """The word and the time of the outcome, of seed and key alone, unless NAV was told what to decide; what was
        recalled has none but that.
        """
        if taken.recalled:
            return RECALLED, taken.at
        draw = random.Random(f"{self.seed}:{taken.key}")
        delay = self.outcome_delay * draw.uniform(0.5, 1.5)
        words = OUTCOMES if taken.matter == "referral" else NOTICE_OUTCOMES
        (word,) = draw.choices(list(words), weights=list(words.values()))
        return taken.word or word, taken.at + timedelta(seconds=delay)

    def manner(self) -> str:
        """The manner of the next call; empty where it is answered as it should be."""
        self.calls += 1
        draw = random.Random(f"{self.seed}:call {self.calls}")
        return draw.choice(MANNERS) if draw.random() < self.behaviour.misbehaving else ""

    def decided(self, taken: Accepted) -> bool:
        return not self.behaviour.undecided and self.now() >= self.outcome(taken)[1]

    def receipt(self, taken: Accepted) -> dict[str, str]:
        return {"kvitteringId": str(uuid5(taken.key, "kvittering")), "mottatt": taken.at.isoformat()}

    def answer(self, taken: Accepted) -> dict[str, Any]:
        return {
            "henvisningId" if taken.matter == "referral" else "varselId": taken.referral,
            "versjon": taken.revision,
            "status": "MOTTATT",
            "kvittering": self.receipt(taken),
        }

    def standing(self, taken: Accepted) -> dict[str, Any]:
        word, at = self.outcome(taken)
        decided = self.decided(taken)
        if self.behaviour.puzzle_next:
            self.behaviour.puzzle_next -= 1
            return {**self.answer(taken), "løpenummer": 1, "status": PUZZLE, "utfall": None}
        return {
            **self.answer(taken),
            "løpenummer": 2 if decided else 1,
            "status": word if decided else "MOTTATT",
            "utfall": {"kode": word, "tidspunkt": at.isoformat()} if decided else None,
        }
