"""A case: one application as eligibility knows it. Its facts go nowhere else: they reveal health and prison."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from eligibility.domain.assessment import Assessment

ApplicationType = Literal["kommunal_bolig", "startlan", "tilskudd"]
DwellingType = Literal["gjennomgangsbolig", "omsorgsbolig", "trygdebolig", "tilrettelagt"]
Answer = Literal["yes", "no", "unknown"]
Outcome = Literal["granted", "refused", "dismissed"]
ReferralStatus = Literal[
    "requested", "sent", "received", "contacted", "application_sent", "granted", "refused", "withdrawn", "expired",
    "rejected", "parked", "recalled",
]  # fmt: skip
# asked: no answer yet. closed: intake can't be reached, and is asked on. answered: the facts are here.
Door = Literal["asked", "closed", "answered"]


@dataclass(frozen=True, slots=True)
class Household:
    adults: int
    children: int


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Why NAV may be told: the applicant's consent, which can be withdrawn, or the law."""

    kind: Literal["consent", "law"]
    consent_id: str | None = None
    consented_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The tenancy that the applicant lives in now. Rent per month, in øre."""

    dwelling_id: str | None = None
    lease_ends_on: date | None = None
    rent_ore: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What intake's door tells of an application: no name, no birth number. `age_on_received` in full years.

    `case_number`: what people call the case.
    """

    case_number: str | None = None
    age_on_received: int | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    legal_basis: LegalBasis | None = None
    purpose: str | None = None
    grounds: tuple[str, ...] = ()
    household: Household | None = None
    tenancy: Tenancy | None = None
    arrears_band: str | None = None
    needs_extended_help: bool | None = None
    language: str | None = None
    interpreter: bool | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """refused (avslag, on the merits) and dismissed (avvisning) are different in law."""

    outcome: Outcome
    decided_by: str
    role: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Referral:
    """`code`: why NAV or the bridge stopped it, where it is rejected or parked. `silent_since`: when NAV last said
    anything of it, where that is longer ago than it may.
    """

    referral_id: str
    revision: int
    requested_on: date
    status: ReferralStatus = "requested"
    code: str = ""
    sent_at: datetime | None = None
    received_at: datetime | None = None
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`version` counts what a caseworker may have seen change; forms carry it.

    `not_assessed`, `not_referred`: codes of `eligibility.domain.policy.ABSENCES`. `asked`: how many times intake's
    door was asked for facts that it answered.
    """

    public_id: str
    applicant: str
    application_type: ApplicationType
    dwelling_type: DwellingType | None
    received_on: date
    updated_at: datetime
    version: int = 1
    door: Door = "asked"
    asked: int = 1
    facts: Facts | None = None
    assessment: Assessment | None = None
    not_assessed: str | None = None
    decision: Decision | None = None
    referral: Referral | None = None
    not_referred: str | None = None
    withdrawn_on: date | None = None

    @property
    def is_financing(self) -> bool:
        return self.application_type != "kommunal_bolig"


def changed(case: Case, at: datetime, **fields: Any) -> Case:
    """The case with something new in it; the same case where nothing is."""
    after = replace(case, **fields)
    return case if after == case else replace(after, version=case.version + 1, updated_at=at)
