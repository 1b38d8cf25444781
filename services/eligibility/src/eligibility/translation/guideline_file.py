"""Reading a guideline file, strictly: a policy owner's slip must stop the service, not a citizen's application."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args

from eligibility.domain.guideline import (
    Criterion,
    Expression,
    Flag,
    Group,
    Guideline,
    Inverse,
    Kind,
    Leaf,
    Part,
    Strength,
    Threshold,
    leaves,
)
from eligibility.domain.logic import NOT_FULFILLED, Result

# What may decide the overall (every criterion of these kinds must), and what never may.
DECIDING: frozenset[Kind] = frozenset({"scope", "requirement", "target", "criterion", "ground", "premise"})
NEVER_DECIDING: frozenset[Kind] = frozenset({"exception", "reason", "duty", "factor", "info"})


class Fault(ValueError):
    """A guideline file that says something impossible."""


def guideline(document: Mapping[str, Any]) -> Guideline:
    fields = dict(document)
    read = Guideline(
        kommunenummer=fields.pop("kommunenummer"),
        dwelling_type=fields.pop("dwelling_type"),
        version=fields.pop("version"),
        title=fields.pop("title"),
        scope=expression(fields.pop("scope")),
        combination=expression(fields.pop("combination")),
        criteria=tuple(map(criterion, fields.pop("criteria"))),
        flags=tuple(Flag(**flag) for flag in fields.pop("flags", ())),
        valid_from=fields.pop("valid_from", date.min),
        valid_until=fields.pop("valid_until", date.max),
    )
    if faults := [*(f"ukjent felt {name}" for name in fields), *_faults(read)]:
        raise Fault(f"{read.version}: " + "; ".join(faults))
    return read


def criterion(document: Mapping[str, Any]) -> Criterion:
    fields = dict(document)
    return Criterion(
        lines=tuple(fields.pop("lines")),
        fact=Threshold(**fields.pop("fact")) if "fact" in fields else None,
        when_not_asked=expression(fields.pop("when_not_asked")) if "when_not_asked" in fields else None,
        parts=tuple(map(_part, fields.pop("parts", ()))),
        **fields,
    )


def expression(document: Any) -> Expression:
    """`"GB-01"`, `{ if_raised = "GB-18" }`, `{ not = … }`, `{ all = […] }`, `{ any = […] }`; groups may be titled."""
    match document:
        case str(id):
            return Leaf(id)
        case {"if_raised": str(id), **rest} if not rest:
            return Leaf(id, if_raised=True)
        case {"not": inner, **rest} if not rest:
            return Inverse(expression(inner))
        case {"all": [_, *_] as parts, **rest} if rest.keys() <= {"title"}:
            return Group("all", tuple(map(expression, parts)), str(rest.get("title", "")))
        case {"any": [_, *_] as parts, **rest} if rest.keys() <= {"title"}:
            return Group("any", tuple(map(expression, parts)), str(rest.get("title", "")))
    raise Fault("et uttrykk må være en id, if_raised, not, all eller any")


def _part(document: Mapping[str, Any]) -> Part:
    return Part(**{**document, "no_is": Result(document.get("no_is", NOT_FULFILLED))})


def _faults(read: Guideline) -> Iterator[str]:
    ids = [one.id for one in read.questions()]
    yield from (f"{id} står to ganger" for id in sorted({id for id in ids if ids.count(id) > 1}))
    yield from (f"{id} finnes ikke" for id in sorted(set(_named(read)) - set(ids)))
    deciding = {*leaves(read.scope), *leaves(read.combination)}
    for one in read.criteria:
        yield from _faults_of(one, one.id in deciding)
        if _leads_to(one.id, one.id, read, set()):
            yield f"{one.id} viser til seg selv"
    if read.valid_from > read.valid_until:
        yield "valid_until er før valid_from"


def _faults_of(one: Criterion, deciding: bool) -> Iterator[str]:
    if one.kind not in get_args(Kind) or one.strength not in get_args(Strength):
        yield f"{one.id} har ukjent kind eller strength"
    if one.kind in DECIDING and not deciding:
        yield f"{one.id} er {one.kind}, men står ikke i combination"
    if deciding and (one.kind in NEVER_DECIDING or one.strength not in ("HARD", "MAIN")):
        yield f"{one.id} er {one.strength} {one.kind} og kan ikke avgjøre forslaget"
    if not (one.lines and one.quotation.strip() and one.question.strip()):
        yield f"{one.id} mangler linje, sitat eller spørsmål"


def _named(read: Guideline) -> Iterator[str]:
    yield from leaves(read.scope)
    yield from leaves(read.combination)
    yield from (flag.when for flag in read.flags)
    for one in read.criteria:
        yield from _next(one)


def _next(one: Criterion) -> Iterator[str]:
    """The criteria that this one's result may rest on."""
    if one.exception:
        yield one.exception
    if one.when_not_asked:
        yield from leaves(one.when_not_asked)


def _leads_to(start: str, goal: str, read: Guideline, seen: set[str]) -> bool:
    found = read.find(start)
    if not isinstance(found, Criterion) or start in seen:
        return False
    seen.add(start)
    return any(id == goal or _leads_to(id, goal, read, seen) for id in _next(found))
