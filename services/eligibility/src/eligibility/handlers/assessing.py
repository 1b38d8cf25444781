"""From a registered application to its facts, and from these to an assessment or a referral."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from chassis.errors import Reject
from chassis.outputs import Answered, Call, Context, Decision, Event, Found, Key, Later, Message, Output, Reply
from eligibility.domain.assessment import assess
from eligibility.domain.case import Case, Facts, Referral, changed
from eligibility.domain.policy import ABSENCES, Absence, Policy, guideline_for
from eligibility.handlers.facts import UnreadableFacts, facts_of
from eligibility.messages import (
    AskAgain,
    AssessmentCompleted,
    HousingApplicationChanged,
    ReferralRequested,
)

ASK_AGAIN_AFTER = timedelta(seconds=30)


def applicant_of(message: Message, found: Found) -> Iterable[Key]:
    return [Key("person", message.data.applicant)]


def application_registered(found: Found, message: Message, context: Context) -> Decision:
    """The first time, unless the applicant is erased: then it comes late, and nothing is kept of it."""
    key, registered = Key("case", message.subject), message.data
    if found[key] or found[Key("person", registered.applicant)]:
        return {}, ()
    case = Case(
        public_id=registered.public_id,
        applicant=registered.applicant,
        application_type=registered.application_type,
        dwelling_type=registered.dwelling_type,
        received_on=registered.received_on,
        updated_at=context.now,
        not_assessed="facts_awaited",
        not_referred="facts_awaited" if registered.application_type != "kommunal_bolig" else None,
    )
    return {key: case}, [_facts_call(case, message.subject)]


def facts_answered(policy: Policy, case: Case, message: Message, context: Context) -> Decision:
    answer: Answered = message.data
    if case.withdrawn_on:
        return case, ()
    match answer.outcome:
        case "unreachable":
            return changed(case, context.now, door="closed"), ()
        case "unknown":
            return case, [Later(context.now + ASK_AGAIN_AFTER, "facts", AskAgain())]
        case "refused":
            raise Reject("facts_refused", "Mottaket ga ikke ut opplysningene i søknaden.")
    case = changed(case, context.now, door="answered", facts=_read(answer))
    case, assessed = _assess(policy, case, message.subject, message.kommunenummer, context)
    case, referred = _refer(case, message.subject, context)
    return case, [*assessed, *referred]


def ask_again(case: Case, message: Message, context: Context) -> Decision:
    return case, [] if case.withdrawn_on else [_facts_call(case, message.subject)]


def fetch_facts(case: Case | None, message: Message, context: Context) -> Decision:
    if case is None:
        raise Reject("unknown_case", "Saken finnes ikke.", status=404)
    if case.withdrawn_on:
        raise Reject("application_withdrawn", ABSENCES["application_withdrawn"])
    if case.door != "answered":
        return case, [Reply({"application": message.subject, "door": case.door})]
    asking = changed(case, context.now, door="asked", asked=case.asked + 1)
    return asking, [_facts_call(asking, message.subject), Reply({"application": message.subject, "door": "asked"})]


def _facts_call(case: Case, application: str) -> Call:
    return Call("intake-facts", uuid5(UUID(application), f"facts:{case.asked}"), {"application": application})


def _read(answer: Answered) -> Facts:
    try:
        return facts_of(answer.body)
    except UnreadableFacts as error:
        raise Reject("facts_unreadable", f"Opplysningene fra mottaket kan ikke leses: {error}.") from None


def _assess(
    policy: Policy, case: Case, application: str, kommunenummer: str, context: Context
) -> tuple[Case, list[Output]]:
    """An assessment is told when it is new; one that comes after the decision no longer moves the open status."""
    guideline = guideline_for(policy, kommunenummer, case.application_type, case.dwelling_type, case.received_on)
    if isinstance(guideline, Absence):
        return changed(case, context.now, not_assessed=guideline.code), []
    facts = case.facts or Facts()
    assessment = assess(guideline, facts.answers, {"age_on_received": facts.age_on_received}, case.received_on)
    before, case = case.assessment, changed(case, context.now, assessment=assessment, not_assessed=None)
    told = AssessmentCompleted(overall=assessment.overall, guideline_version=assessment.guideline_version)
    if before and (before.overall, before.guideline_version) == (told.overall, told.guideline_version):
        return case, []
    status = [] if case.decision else [Event(case.public_id, HousingApplicationChanged(status="assessed"))]
    return case, [Event(application, told), *status]


def _refer(case: Case, application: str, context: Context) -> tuple[Case, list[Output]]:
    """Financing goes to NAV once a legal basis is there; what NAV rejected goes again as the next revision."""
    if not case.is_financing or (case.referral and case.referral.status != "rejected"):
        return case, []
    if not (case.facts and case.facts.legal_basis):
        return changed(case, context.now, not_referred="legal_basis_missing"), []
    referral = _next_revision(case.referral, context)
    asked = ReferralRequested(
        referral_id=referral.referral_id,
        revision=referral.revision,
        public_id=case.public_id,
        legal_basis=case.facts.legal_basis.kind,
        requested_on=referral.requested_on,
    )
    return changed(case, context.now, referral=referral, not_referred=None), [
        Event(application, asked),
        Event(case.public_id, HousingApplicationChanged(status="referred")),
    ]


def _next_revision(rejected: Referral | None, context: Context) -> Referral:
    if rejected is None:
        return Referral(str(context.new_id()), 1, context.today)
    return replace(Referral(rejected.referral_id, rejected.revision, context.today), revision=rejected.revision + 1)
