"""An application as intake keeps it: what was asked and answered, and how far it has come elsewhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

ApplicationType = Literal["kommunal_bolig", "startlan", "tilskudd"]
DwellingType = Literal["gjennomgangsbolig", "omsorgsbolig", "trygdebolig", "tilrettelagt"]
AnswerValue = Literal["yes", "no", "unknown"]
Overall = Literal["candidate", "not_candidate", "needs_mapping", "out_of_scope"]
Outcome = Literal["granted", "refused", "dismissed"]
Status = Literal["registered", "assessed", "decided", "withdrawn"]
Delivery = Literal["open", "returned", "closed"]

FINAL_OUTCOMES = frozenset({"granted", "refused", "withdrawn", "expired"})

# Without I, L, O and U: read aloud and written down without mistakes (Crockford).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Household:
    adults: int
    children: int


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Why the case may be handed to NAV: the applicant's consent, or the law."""

    kind: Literal["consent", "law"]
    consent_id: str | None = None
    consented_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the assessment and the referral need; no name and no number.

    `age_on_received`: full years on the day of receipt; None where no birth date is known.
    """

    application_type: ApplicationType
    received_on: date
    dwelling_type: DwellingType | None = None
    age_on_received: int | None = None
    answers: Mapping[str, AnswerValue] = field(default_factory=dict)
    household: Household | None = None
    legal_basis: LegalBasis | None = None
    purpose: str | None = None
    grounds: tuple[str, ...] = ()
    needs_extended_help: bool | None = None
    language: str | None = None
    interpreter: bool | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """`delivery`: how the newest revision of its referral stands at NAV, since `delivered_on` where it is closed.

    Returned: NAV isn't at work on it, as it never left, was turned away, was recalled, or lies with a person of ours.
    `referred_on`: when NAV had its referral for the first time; `granted_on`: when NAV's yes was told.
    """

    public_id: str
    case_number: str
    applicant: str
    facts: Facts
    assessment: Overall | None = None
    decision: Outcome | None = None
    decided_on: date | None = None
    withdrawn_on: date | None = None
    delivery: Delivery | None = None
    delivery_revision: int = 0
    delivered_on: date | None = None
    referred_on: date | None = None
    granted_on: date | None = None

    @property
    def closed_on(self) -> date | None:
        """The day of its decision, ours or NAV's, or of its withdrawal; None while it is open."""
        if self.withdrawn_on and self.delivery in (None, "returned"):
            return self.withdrawn_on
        return self.decided_on if self.facts.application_type == "kommunal_bolig" else self.delivered_on

    @property
    def status(self) -> Status:
        """A decision stands, whatever is assessed or withdrawn after it."""
        if self.decision:
            return "decided"
        if self.withdrawn_on:
            return "withdrawn"
        return "assessed" if self.assessment else "registered"


def case_number(application: str) -> str:
    """What people call the case: eight letters and digits of the id's hash (40 bits), `BS-7F3K-2Q9M`."""
    number = int.from_bytes(hashlib.sha256(application.encode()).digest()[:5])
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"BS-{letters[:4]}-{letters[4:]}"


def assess(application: Application, overall: Overall) -> Application:
    return replace(application, assessment=overall)


def decide(application: Application, outcome: Outcome, decided_on: date) -> Application:
    return replace(application, decision=outcome, decided_on=decided_on)


def withdraw(application: Application, on: date) -> Application:
    return replace(application, withdrawn_on=on)


def deliver(application: Application, revision: int, delivery: Delivery, on: date) -> Application:
    """What is told of an earlier revision than the newest changes nothing; nor does what comes after the end."""
    known = application.delivery_revision
    if revision < known or (revision == known and application.delivery == "closed"):
        return application
    closed = on if delivery == "closed" else None
    return replace(application, delivery=delivery, delivery_revision=revision, delivered_on=closed)


def refer(application: Application, on: date) -> Application:
    """NAV has it, whichever revision; a later one is the same referral."""
    return replace(application, referred_on=application.referred_on or on)


def grant(application: Application, on: date) -> Application:
    return replace(application, granted_on=application.granted_on or on)
