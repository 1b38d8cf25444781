"""A case as a caseworker sees it: every result beside the guideline's own words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from eligibility.domain.assessment import Assessment, Evidence, Overall, value
from eligibility.domain.case import ApplicationType, Case, Decision, Door, DwellingType, Facts, Referral
from eligibility.domain.guideline import Criterion, Expression, Group, Guideline, Inverse, Leaf
from eligibility.domain.logic import Result
from eligibility.domain.policy import ABSENCES, Policy

RESULT_TEXTS = {
    Result.FULFILLED: "oppfylt",
    Result.NOT_FULFILLED: "ikke oppfylt",
    Result.UNRESOLVED: "uavklart",
}


@dataclass(frozen=True, slots=True)
class CriterionView:
    """`citation`: paragraph and line. `consequence`: what may or shall follow where it is fulfilled."""

    id: str
    result: Result
    result_text: str
    strength: str
    kind: str
    citation: str
    quotation: str
    question: str
    consequence: str
    note: str
    exception: str | None


@dataclass(frozen=True, slots=True)
class CombinationView:
    """How the criteria come together, so that the caseworker sees which stand in for one another."""

    how: Literal["all", "any", "not", "criterion"]
    result: Result
    title: str = ""
    criterion: str | None = None
    parts: tuple["CombinationView", ...] = ()


@dataclass(frozen=True, slots=True)
class FlagView:
    flag: str
    criterion: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """`overall` is advice. `unfulfilled`, `unresolved`: what stands against it, and what is yet to be asked."""

    guideline_version: str
    guideline_title: str
    overall: Overall
    unfulfilled: tuple[str, ...]
    unresolved: tuple[str, ...]
    flags: tuple[FlagView, ...]
    criteria: tuple[CriterionView, ...]
    combination: CombinationView


@dataclass(frozen=True, slots=True)
class AbsenceView:
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CaseView:
    application: str
    case_number: str | None
    version: int
    updated_at: datetime
    public_id: str
    application_type: ApplicationType
    dwelling_type: DwellingType | None
    received_on: date
    facts_door: Door
    events_waiting: bool
    deciding_role: str | None
    assessment: AssessmentView | None
    not_assessed: AbsenceView | None
    decision: Decision | None
    referral: Referral | None
    not_referred: AbsenceView | None


def case_view(policy: Policy, kommunenummer: str, application: str, case: Case, *, events_waiting: bool) -> CaseView:
    """`events_waiting`: the case is parked, and what is shown is incomplete."""
    return CaseView(
        application=application,
        case_number=case.facts.case_number if case.facts else None,
        version=case.version,
        updated_at=case.updated_at,
        public_id=case.public_id,
        application_type=case.application_type,
        dwelling_type=case.dwelling_type,
        received_on=case.received_on,
        facts_door=case.door,
        events_waiting=events_waiting,
        deciding_role=None if case.is_financing else policy.deciding_role(kommunenummer, case.dwelling_type),
        assessment=_assessment(policy, case.assessment, case) if case.assessment else None,
        not_assessed=_absence(case.not_assessed),
        decision=case.decision,
        referral=case.referral,
        not_referred=_absence(case.not_referred),
    )


def _absence(code: str | None) -> AbsenceView | None:
    return AbsenceView(code, ABSENCES[code]) if code else None


def _assessment(policy: Policy, assessment: Assessment, case: Case) -> AssessmentView:
    guideline, facts = policy.version(assessment.guideline_version), case.facts or Facts()
    evidence = Evidence(guideline, facts.answers, {"age_on_received": facts.age_on_received}, case.received_on)
    return AssessmentView(
        guideline_version=guideline.version,
        guideline_title=guideline.title,
        overall=assessment.overall,
        unfulfilled=assessment.unfulfilled,
        unresolved=assessment.unresolved,
        flags=tuple(FlagView(f.flag, f.when, f.sentence) for f in guideline.flags if f.flag in assessment.flags),
        criteria=tuple(_criteria(guideline, assessment)),
        combination=_combination(Group("all", (guideline.scope, guideline.combination)), evidence),
    )


def _criteria(guideline: Guideline, assessment: Assessment) -> Iterable[CriterionView]:
    for one in guideline.criteria:
        if result := assessment.results.get(one.id):
            yield _criterion(one, result)


def _criterion(one: Criterion, result: Result) -> CriterionView:
    return CriterionView(
        id=one.id,
        result=result,
        result_text=RESULT_TEXTS[result],
        strength=one.strength,
        kind=one.kind,
        citation=one.citation,
        quotation=one.quotation,
        question=one.question,
        consequence=one.consequence,
        note=one.note,
        exception=one.exception,
    )


def _combination(expression: Expression, evidence: Evidence) -> CombinationView:
    result = value(expression, evidence)
    match expression:
        case Leaf(id, _):
            return CombinationView("criterion", result, criterion=id)
        case Inverse(part):
            return CombinationView("not", result, parts=(_combination(part, evidence),))
        case Group(how, parts, title):
            return CombinationView(how, result, title, parts=tuple(_combination(part, evidence) for part in parts))
