"""What NAV would know, remember and decide."""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import Field

from demo import misbehaving
from demo.nav_simulator.message import NoticeMessage, ReferralMessage

# Weights are ours: no statistics of what becomes of referrals is published.
OUTCOMES = {"INNVILGET": 5, "AVSLÅTT": 3, "TRUKKET": 1, "UTLØPT": 1}
RECALLED = "TRUKKET"
PUZZLE = "UNDER_UTREDNING"  # a word that stands in nobody's table
NOTICE_OUTCOMES = {"KONTAKTET": 9, "UTLØPT": 1}


class Behaviour(misbehaving.Behaviour):
    """`callbacks_misbehaving`: the share of callbacks that misbehave, and `call_back`: the manners of the next ones
    (`MANNERS` of callbacks.py; empty for well-behaved). `undecided`: NAV decides nothing as long as that is so.
    `decides`: the word for whatever is accepted while it stands; empty: as chance has it.
    """

    refuse_with: str = "FEIL_ENHET"
    callbacks_misbehaving: Annotated[float, Field(ge=0, le=1)] = 0.0
    call_back: list[str] = Field(default_factory=list)
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


@dataclass(slots=True, kw_only=True)
class Nav(misbehaving.Partner):
    """What NAV would know. `outcome_delay` in seconds, shortened or lengthened by half per key."""

    outcome_delay: float = 1.0
    accepted: dict[UUID, Accepted] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)

    def remember(self) -> None:
        """Take up what an earlier run on the same record accepted."""
        for fact in self.noted():
            if fact["what"] == "accepted":
                key = UUID(fact["key"])
                at = datetime.fromisoformat(fact["time"])
                taken = key, fact["body_sha256"], fact["referral"], fact["revision"], at
                words = fact.get("matter", "referral"), fact.get("word", "")
                self.accepted[key] = Accepted(*taken, *words, traceparent=fact.get("traceparent", ""))
            elif fact["what"] == "recalled":
                key = UUID(fact["key"])
                self.accepted[key] = replace(self.accepted[key], recalled=True)

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
