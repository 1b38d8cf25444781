"""A case's deliveries to NAV, one on its way at a time. The case is an application with its referrals, or a tenancy
with its notices of husleieloven § 9-11; there is one delivery per referral or notice, and revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

Matter = Literal["referral", "nav_notice"]
# How NAV is reached: by the API that is our proposal, or by letter over KS SvarUt. A letter brings reading back, and
# never an outcome.
Channel = Literal["api", "letter"]
Status = Literal[
    "requested", "sending", "uncertain", "sent", "received", "recalling", "rejected", "parked", "closed", "recalled",
]  # fmt: skip

# Another of the case waits for these: what NAV gets of a case, recalls too, comes in the order it was asked for.
IN_FLIGHT = frozenset({"sending", "uncertain", "recalling"})
DELIVERED = frozenset({"sent", "received"})
# NAV has something to answer: its silence counts.
AWAITED = DELIVERED | {"recalling"}
# SvarUt may work on a letter for this long before it is found under its reference, and then gives up itself (its
# documentation: 15 minutes, and a minute to be sure).
SVARUT_AT_WORK = timedelta(minutes=16)
# With which of NAV's words a delivery is at its end: a notice has done its work when NAV has reached the tenant.
FINAL_OUTCOMES: Mapping[Matter, frozenset[str]] = {
    "referral": frozenset({"granted", "refused", "withdrawn", "expired"}),
    "nav_notice": frozenset({"contacted", "granted", "refused", "withdrawn", "expired"}),
}

# What a person may enter of what NAV has told elsewhere, in the order of its coming.
OUTCOMES: Mapping[Matter, tuple[str, ...]] = {
    "referral": ("contacted", "application_sent", "granted", "refused", "withdrawn", "expired"),
    "nav_notice": ("contacted", "withdrawn", "expired"),
}

# Days without a word from NAV after which its silence is told, once per so many days. A referral: the month in which an
# authority says at least when it will answer (forvaltningsloven § 11 a). A notice: the two weeks that a landlord gives
# NAV (domain report §2.1).
SILENCE_DAYS: Mapping[Matter, int] = {"referral": 30, "nav_notice": 14}

# The sender itself doesn't want it sent any more.
WITHDRAWN = "withdrawn"
# A person has stopped it.
STOPPED = "stopped_by_person"
# What a person may do about a delivery, and why: a code, as free text about a case belongs in the archive.
Act = Literal["recall", "park", "retry", "outcome"]
# Of an outcome the reason is where it is known from.
REASONS: Mapping[Act, tuple[str, ...]] = {
    "recall": ("sent_by_mistake", "content_wrong", "applicant_asked"),
    "park": ("handled_otherwise", "awaits_clarification"),
    "retry": ("cause_removed", "nav_asked"),
    "outcome": ("nav_wrote", "nav_told", "applicant_showed"),
}
# NAV took it, and doesn't know it any more.
LOST = "lost_by_nav"
# SvarUt didn't take the letter, or said so.
LETTER_REFUSED = "letter_refused"
# The letter that recalls came to nothing, or SvarUt didn't take it: NAV has the first.
RECALL_FAILED = "recall_refused"
# Parked with one of these, what was sent is not with NAV.
NOT_WITH_NAV = frozenset({LOST, LETTER_REFUSED, "letter_undelivered"})
# The tenant has said no to a notice to NAV (husleieloven § 9-11).
RESERVED = "reserved"
# Why it isn't wanted at NAV any more, also where it gets there late.
UNWANTED = frozenset({WITHDRAWN, RESERVED})
# What the sender can put right with a new revision. Every other refusal goes to a person.
REJECTIONS = frozenset(
    {
        "invalid_message",
        "person_unknown_to_nav",
        "unknown_recipient",
        "missing_legal_basis",
        "consent_withdrawn",
        "superseded",
        WITHDRAWN,
        RESERVED,
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait between two questions to NAV, in seconds: doubled each time, up to the longest.

    `silence_days`: how long NAV may say nothing of what it has before that is told. `by_letter`: the kommunenummer of
    those whose NAV office is reached by letter. `late_looks`: how often NAV is asked whether it has got after all what
    isn't wanted there any more; by the defaults within a day and a half.
    """

    first: float = 3600.0
    longest: float = 86400.0
    silence_days: Mapping[Matter, int] = field(default_factory=lambda: SILENCE_DAYS)
    late_looks: int = 5
    by_letter: frozenset[str] = frozenset()

    def channel(self, kommunenummer: str) -> Channel:
        """For what is asked for now: what is out stays where it went."""
        return "letter" if kommunenummer in self.by_letter else "api"

    def distance(self, times: int) -> timedelta:
        return timedelta(seconds=min(self.first * 2.0 ** min(times, 64), self.longest))

    def silence(self, matter: Matter) -> timedelta:
        return timedelta(days=self.silence_days[matter])


class Note(NamedTuple):
    """What a person did about a delivery. `by`: the token's opaque subject."""

    act: Act
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """`referral_id`: of the referral or notice, as `matter` says. `uncertain`: sent, no answer, being looked up.
    `sent`: NAV has it. `received`: NAV's receipt is here. `recalling`: NAV is asked to let it be. rejected, parked,
    closed and recalled are ends, never left by an answer; but for what may come late and did, which is recalled, and
    for a letter that recalls and comes to nothing, which parks it.

    `attempts` counts tries to reach NAV with it. `proof` is the SHA-256 of the bytes sent last, other than those that
    NAV or SvarUt refused as others may have been sent under their key. `heard_at`: when NAV last said anything new of
    it, by our clock; `silences`: how often its silence since then was told. `decided`: NAV wouldn't let it be, as it
    had decided already. `retries` and `recalls`: how often it was sent again after its end, or recalled. `let_go`:
    it is to be recalled, whoever wanted that. `letter_id`, `recall_id`: what SvarUt has reserved for the letter, and
    for the one that recalls it: under an id there is one letter, however often it is sent.
    `doubted`: the look-up didn't find the letter, and is to say so again before that ends anything. `recipient`: the
    office that it went to. `standing`: NAV's own number of the newest that is known of it; 0 where NAV gave none.
    `late_looks`: how often NAV has said since its end that it hasn't got it.
    """

    referral_id: str
    revision: int
    legal_basis: str
    requested_on: date
    status: Status = "requested"
    attempts: int = 0
    resends: int = 0
    lookups: int = 0
    polls: int = 0
    code: str = ""
    proof: str = ""
    sent_at: datetime | None = None
    received_at: datetime | None = None
    outcome: str = ""
    unreachable_since: datetime | None = None
    matter: Matter = "referral"
    heard_at: datetime | None = None
    silences: int = 0
    decided: bool = False
    retries: int = 0
    recalls: int = 0
    let_go: bool = False
    late_looks: int = 0
    notes: tuple[Note, ...] = ()
    channel: Channel = "api"
    letter_id: str = ""
    recall_id: str = ""
    recipient: str = ""
    doubted: bool = False
    standing: int = 0

    @property
    def name(self) -> dict[str, Any]:
        """What tells this delivery from the case's others."""
        return {"referral_id": self.referral_id, "revision": self.revision, "matter": self.matter}

    @property
    def pair(self) -> tuple[str, int]:
        return self.referral_id, self.revision

    @property
    def call_key(self) -> UUID:
        return call_key(self.referral_id, self.revision)

    @property
    def lookup_key(self) -> UUID:
        return lookup_key(self.call_key, self.lookups)

    @property
    def outcome_key(self) -> UUID:
        return outcome_key(self.call_key, self.polls)

    @property
    def recall_key(self) -> UUID:
        """One per delivery: NAV lets it be once, however often it is asked to."""
        return recall_key(self.referral_id, self.revision)

    @property
    def sending_call(self) -> UUID:
        """The newest call that hands it in. One that has its answer is not made again: what goes on after it was
        parked is another call, to NAV the same.
        """
        return again(self.call_key, self.retries)

    @property
    def recalling_call(self) -> UUID:
        return again(self.recall_key, self.recalls)

    @property
    def lacks_id(self) -> bool:
        """Whether SvarUt must reserve an id before its letter, or the one that recalls it, can go."""
        return self.channel == "letter" and not (self.recall_id if self.status == "recalling" else self.letter_id)

    @property
    def reserving_call(self) -> UUID:
        return reserving_key(self.recalling_call if self.status == "recalling" else self.sending_call)

    @property
    def calls(self) -> frozenset[UUID]:
        """All that were ever made for it."""
        sent = self._sent
        return sent | {reserving_key(each) for each in sent} if self.channel == "letter" else sent

    @property
    def _sent(self) -> frozenset[UUID]:
        key = self.call_key
        asked = {lookup_key(key, number) for number in range(1, self.lookups + 1)}
        asked |= {outcome_key(key, number) for number in range(1, self.polls + 1)}
        asked |= {again(key, times) for times in range(self.retries + 1)}
        return frozenset(asked | {again(self.recall_key, times) for times in range(self.recalls + 1)})

    @property
    def there(self) -> Status:
        """How far it had come at NAV when it was last in its hands."""
        return "received" if self.received_at else "sent"

    def anew(self) -> "Delivery":
        """It waits for its turn, and nothing is known any more of what NAV once had of it and lost. An id that SvarUt
        took no letter under is good still, and safer: should a letter be there after all, it is that one.
        """
        blank = replace(self, status="requested", sent_at=None, received_at=None, outcome="", decided=False, proof="")
        blank = replace(blank, doubted=False, let_go=False, letter_id="" if self.sent_at else self.letter_id)
        return replace(blank, code="", heard_at=None, silences=0, resends=0, standing=0, retries=self.retries + 1)

    def to_recall(self) -> "Delivery":
        """By a call of its own: one that was made before has had its answer."""
        blank = replace(self, code="", doubted=False, resends=0, recall_id="")
        return replace(blank, recalls=self.recalls + 1, let_go=True)

    @property
    def is_out(self) -> bool:
        """NAV has it and may still act on it, also where no machine goes on with it here."""
        if self.status == "parked":
            return self.sent_at is not None and self.code not in NOT_WITH_NAV
        return self.status in DELIVERED

    @property
    def seen(self) -> str:
        """What a page shows of it, to tell whether it has changed since: also where it has come back to its status."""
        return f"{self.status}:{self.code}:{len(self.notes)}:{self.polls}"

    @property
    def recalled_by_letter(self) -> bool:
        """SvarUt has taken the letter that recalls it, and may yet say that it came to nothing."""
        return self.status == "recalled" and self.channel == "letter"

    @property
    def silent_since(self) -> datetime | None:
        """NAV's last word, where its silence since then was told and an answer is still awaited."""
        return self.heard_at if self.silences and self.status in AWAITED else None

    @property
    def may_come_late(self) -> bool:
        """It isn't wanted at NAV any more, and what left without an answer, if anything did, may get there yet. A
        letter that SvarUt once had and said had come to nothing won't.
        """
        undelivered = self.channel == "letter" and self.sent_at is not None
        return self.status == "rejected" and self.code in UNWANTED and self.lookups > 0 and not undelivered

    @property
    def waits(self) -> bool:
        """NAV hasn't got it, and it isn't on its way there either: for its turn, or for a person."""
        return self.status == "requested" or (self.status == "parked" and not self.is_out)

    def may(self, act: Act) -> bool:
        """Whether a person may do that to it now: what is on its way is let come to rest first."""
        match act:
            case "recall":
                return self.is_out and not self.decided
            case "park":
                return self.status == "requested" or self.status in DELIVERED
            case "outcome":
                return self.is_out and (self.channel == "letter" or self.status == "parked")
        return self.status == "parked"


def call_key(referral_id: str, revision: int) -> UUID:
    """NAV's Idempotency-Key: of what may happen only once."""
    return uuid5(UUID(referral_id), str(revision))


def lookup_key(call: UUID, number: int) -> UUID:
    """Of the so many-th question whether NAV has what was sent with that call."""
    return uuid5(call, f"lookup:{number}")


def outcome_key(call: UUID, number: int) -> UUID:
    """Of the so many-th question what became of it."""
    return uuid5(call, f"outcome:{number}")


def recall_key(referral_id: str, revision: int) -> UUID:
    """NAV's Idempotency-Key of the recall."""
    return uuid5(call_key(referral_id, revision), "recall")


def reserving_key(call: UUID) -> UUID:
    """Of the question for an id for what goes with that call."""
    return uuid5(call, "reserve")


def again(key: UUID, times: int) -> UUID:
    """Our own name of a call that was made so many times before, for NAV under that key."""
    return uuid5(key, f"again:{times}") if times else key


class Reservation(NamedTuple):
    """The tenant's no to notices, or its lifting. `dated`: an ordinal; ledger lines come in no order."""

    dated: int
    id: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Case:
    """`withdrawn`: referrals and notices that must not be sent any more. `public_id`: empty for a tenancy."""

    public_id: str = ""
    deliveries: tuple[Delivery, ...] = ()
    withdrawn: tuple[str, ...] = ()
    reservations: tuple[Reservation, ...] = ()

    @property
    def reserved(self) -> bool:
        """By the newest by its own date, whatever order they came in."""
        return bool(self.reservations) and max(self.reservations).stands

    def forbids(self, delivery: Delivery) -> str:
        """Why it must not be sent any more; empty where it may."""
        if delivery.referral_id in self.withdrawn:
            return WITHDRAWN
        return RESERVED if delivery.matter == "nav_notice" and self.reserved else ""

    def must_be_recalled(self, delivery: Delivery) -> bool:
        """Withdrawn, and out. A reservation takes nothing back: what was sent before it was sent lawfully."""
        return delivery.may("recall") and delivery.referral_id in self.withdrawn

    def is_to_be_recalled(self, delivery: Delivery) -> bool:
        """Or its recall came to nothing: a person may have wanted it, or a reservation where it came late."""
        return self.must_be_recalled(delivery) or (delivery.may("recall") and delivery.let_go)

    def find(self, referral_id: str, revision: int) -> Delivery | None:
        matching = (d for d in self.deliveries if d.pair == (referral_id, revision))
        return next(matching, None)

    def newest(self, referral_id: str) -> int:
        """The highest revision asked for; 0 where there is none."""
        return max((d.revision for d in self.deliveries if d.referral_id == referral_id), default=0)

    def next_up(self) -> Delivery | None:
        """The oldest that waits, unless another of the case may still be on its way: NAV gets them in order."""
        if any(d.status in IN_FLIGHT for d in self.deliveries):
            return None
        return next((d for d in self.deliveries if d.status == "requested"), None)


def add(case: Case, delivery: Delivery) -> Case:
    return replace(case, deliveries=(*case.deliveries, delivery))


def put(case: Case, delivery: Delivery) -> Case:
    """The case with this delivery in the place of what it was."""
    return replace(case, deliveries=tuple(delivery if d.name == delivery.name else d for d in case.deliveries))


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a person is erased, remembered for good. `waiting`: the person's cases that aren't yet."""

    waiting: tuple[str, ...] = ()

    def without(self, one: str) -> "Erasure":
        return replace(self, waiting=tuple(each for each in self.waiting if each != one))
