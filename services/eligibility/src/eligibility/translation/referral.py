"""A case in the words of a referral: the minimal content that NAV needs, and no more (person by pseudonym)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from eligibility.domain.case import Case, Facts, Household, LegalBasis, Referral, ReferralStatus, Tenancy
from eligibility.domain.policy import Policy
from eligibility.domain.referring import Priority, due_on, priority

FROM_ROLE = "boligansvarlig"


@dataclass(frozen=True, slots=True)
class LegalBasisContent:
    """`revocable`: a consent can be withdrawn, the law cannot."""

    kind: Literal["consent", "law"]
    consent_id: str | None
    consented_at: datetime | None
    revocable: bool


@dataclass(frozen=True, slots=True)
class ReferralContent:
    """`to_role`, `to_unit`: who takes referrals is the municipality's own choice; None where it hasn't said."""

    referral_id: str
    revision: int
    requested_on: date
    status: ReferralStatus
    kommunenummer: str
    application: str
    application_type: str
    applicant: str
    from_role: str
    to_role: str | None
    to_unit: str | None
    purpose: str | None
    grounds: tuple[str, ...]
    legal_basis: LegalBasisContent
    tenancy: Tenancy | None
    household: Household | None
    arrears_band: str | None
    needs_extended_help: bool | None
    language: str | None
    interpreter: bool | None
    due_on: date
    priority: Priority


def referral_content(policy: Policy, kommunenummer: str, application: str, case: Case) -> ReferralContent | None:
    """None where nothing may be told: no referral, or no legal basis any longer."""
    match case:
        case Case(referral=Referral() as referral, facts=Facts(legal_basis=LegalBasis() as basis) as facts):
            to = policy.municipalities.get(kommunenummer)
            return ReferralContent(
                referral_id=referral.referral_id,
                revision=referral.revision,
                requested_on=referral.requested_on,
                status=referral.status,
                kommunenummer=kommunenummer,
                application=application,
                application_type=case.application_type,
                applicant=case.applicant,
                from_role=FROM_ROLE,
                to_role=to.referral_to_role if to else None,
                to_unit=to.referral_to_unit if to else None,
                purpose=facts.purpose,
                grounds=facts.grounds,
                legal_basis=_told(basis),
                tenancy=facts.tenancy,
                household=facts.household,
                arrears_band=facts.arrears_band,
                needs_extended_help=facts.needs_extended_help,
                language=facts.language,
                interpreter=facts.interpreter,
                due_on=due_on(referral.requested_on),
                priority=priority(facts.household),
            )
    return None


def _told(basis: LegalBasis) -> LegalBasisContent:
    return LegalBasisContent(basis.kind, basis.consent_id, basis.consented_at, revocable=basis.kind == "consent")
