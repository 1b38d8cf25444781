"""Judging an application by a guideline. It comes to advice, to a person: no machine refuses anyone (GDPR art. 22)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from eligibility.domain.guideline import Criterion, Expression, Group, Guideline, Inverse, Leaf, Part, Threshold, leaves
from eligibility.domain.logic import (
    FULFILLED,
    NOT_FULFILLED,
    UNRESOLVED,
    Result,
    all_of,
    any_of,
    inverse,
)

Overall = Literal["candidate", "not_candidate", "needs_mapping", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """`results` in the guideline's order. `unfulfilled` and `unresolved`: what the overall rests on, and lacks."""

    guideline_version: str
    overall: Overall
    results: dict[str, Result]
    flags: tuple[str, ...]
    unfulfilled: tuple[str, ...]
    unresolved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one applicant on the day of the application. No key in `answers`: nobody was asked."""

    guideline: Guideline
    answers: Mapping[str, str]
    facts: Mapping[str, int | None]
    on: date


def assess(guideline: Guideline, answers: Mapping[str, str], facts: Mapping[str, int | None], on: date) -> Assessment:
    evidence = Evidence(guideline, answers, facts, on)
    results = {c.id: result_of(c.id, evidence) for c in guideline.criteria if c.in_force(on)}
    deciding = Group("all", (guideline.scope, guideline.combination))
    return Assessment(
        guideline_version=guideline.version,
        overall=_overall(value(guideline.scope, evidence), value(deciding, evidence)),
        results=results,
        flags=tuple(flag.flag for flag in guideline.flags if results.get(flag.when) is FULFILLED),
        unfulfilled=tuple(id for id, result in _hindering(deciding, evidence) if result is NOT_FULFILLED),
        unresolved=tuple(id for id, result in _hindering(deciding, evidence) if result is UNRESOLVED),
    )


def _overall(scope: Result, deciding: Result) -> Overall:
    if scope is NOT_FULFILLED:
        return "out_of_scope"
    if deciding is NOT_FULFILLED:
        return "not_candidate"
    return "candidate" if deciding is FULFILLED else "needs_mapping"


def result_of(id: str, evidence: Evidence) -> Result:
    """One criterion, by its exception too: not fulfilled only where the exception is answered no as well."""
    match evidence.guideline.find(id):
        case Criterion(exception=str(exception)) as criterion if _counts(Leaf(exception), evidence):
            return any_of((_by_itself(criterion, evidence), result_of(exception, evidence)))
        case Criterion() as criterion:
            return _by_itself(criterion, evidence)
        case Part(no_is=no_is):
            return _answered(id, evidence, no_is)
        case _:
            return UNRESOLVED


def value(expression: Expression, evidence: Evidence) -> Result:
    """What the parts come to. Criteria that aren't in force on the day stand aside, as if not written."""
    match expression:
        case Leaf(id, _):
            return result_of(id, evidence)
        case Inverse(part):
            return inverse(value(part, evidence))
        case Group(how, parts):
            values = [value(part, evidence) for part in parts if _counts(part, evidence)]
            return all_of(values) if how == "all" else any_of(values)


def _by_itself(criterion: Criterion, evidence: Evidence) -> Result:
    match criterion.fact:
        case Threshold(name, at_least) if (known := evidence.facts.get(name)) is not None:
            return FULFILLED if known >= at_least else NOT_FULFILLED
    if criterion.when_not_asked and criterion.id not in evidence.answers:
        return value(criterion.when_not_asked, evidence)
    return _answered(criterion.id, evidence)


def _answered(id: str, evidence: Evidence, no_is: Result = NOT_FULFILLED) -> Result:
    return {"yes": FULFILLED, "no": no_is}.get(evidence.answers.get(id, "unknown"), UNRESOLVED)


def _counts(expression: Expression, evidence: Evidence) -> bool:
    match expression:
        case Leaf(id, if_raised):
            match evidence.guideline.find(id):
                case Criterion() as criterion if not criterion.in_force(evidence.on):
                    return False
                case criterion:
                    return not if_raised or _raised(criterion, evidence)
        case Inverse(part):
            return _counts(part, evidence)
        case Group(_, parts):
            return any(_counts(part, evidence) for part in parts)


def _raised(criterion: Criterion | Part | None, evidence: Evidence) -> bool:
    match criterion:
        case Criterion(id=id, parts=parts):
            return id in evidence.answers or any(part.id in evidence.answers for part in parts)
        case _:
            return False


def _hindering(expression: Expression, evidence: Evidence) -> Iterator[tuple[str, Result]]:
    """The criteria that keep an expression from being fulfilled, each with its result."""
    if not _counts(expression, evidence) or (result := value(expression, evidence)) is FULFILLED:
        return
    match expression:
        case Leaf(id, _):
            yield id, result
        case Inverse(part):
            yield from ((id, result) for id in leaves(part))
        case Group(_, parts):
            for part in parts:
                yield from _hindering(part, evidence)
