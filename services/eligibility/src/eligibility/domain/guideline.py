"""A municipality's written guideline as data: criteria with their words, and how they combine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from eligibility.domain.logic import NOT_FULFILLED, Result

Strength = Literal["HARD", "MAIN", "SHOULD", "MAY", "FACTOR", "EXC"]
Kind = Literal[
    "scope", "requirement", "target", "criterion", "exception", "ground", "premise", "condition", "reason", "duty",
    "factor", "info",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaf:
    """The result of one criterion or part. `if_raised`: stands aside until someone is asked."""

    id: str
    if_raised: bool = False


@dataclass(frozen=True, slots=True)
class Inverse:
    part: "Expression"


@dataclass(frozen=True, slots=True)
class Group:
    """All or any of the parts. `title` is what the caseworker sees above them."""

    how: Literal["all", "any"]
    parts: tuple["Expression", ...]
    title: str = ""


Expression = Leaf | Inverse | Group


@dataclass(frozen=True, slots=True)
class Threshold:
    """A fact that answers by itself where it is known: `name` at least so much."""

    name: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Part:
    """A question under a criterion. `no_is`: what a no means; unresolved where the words leave it open."""

    id: str
    question: str
    no_is: Result = NOT_FULFILLED


@dataclass(frozen=True, slots=True)
class Criterion:
    """One rule in the guideline's own words. A yes to `question` always means fulfilled.

    `exception`: the criterion that fulfils this one all the same. `when_not_asked`: what answers in its place
    where nobody was asked. `lines`: in the source text. The dates narrow the guideline's own; both inclusive.
    """

    id: str
    strength: Strength
    kind: Kind
    paragraph: str
    lines: tuple[int, ...]
    quotation: str
    question: str
    consequence: str = ""
    note: str = ""
    exception: str | None = None
    fact: Threshold | None = None
    when_not_asked: Expression | None = None
    parts: tuple[Part, ...] = ()
    valid_from: date = date.min
    valid_until: date = date.max

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_until

    @property
    def citation(self) -> str:
        """Paragraph and line, as a caseworker would cite them."""
        first, last = self.lines[0], self.lines[-1]
        return f"{self.paragraph}, linje {first}" + (f"–{last}" if last != first else "")


@dataclass(frozen=True, slots=True)
class Flag:
    """A «kan» for a person to weigh; never part of the overall."""

    flag: str
    when: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Guideline:
    """One version of one municipality's guideline for one type of dwelling. Both dates are inclusive."""

    kommunenummer: str
    dwelling_type: str
    version: str
    title: str
    scope: Expression
    combination: Expression
    criteria: tuple[Criterion, ...]
    flags: tuple[Flag, ...] = ()
    valid_from: date = date.min
    valid_until: date = date.max

    def questions(self) -> Iterator[Criterion | Part]:
        for criterion in self.criteria:
            yield criterion
            yield from criterion.parts

    def find(self, id: str) -> Criterion | Part | None:
        return next((one for one in self.questions() if one.id == id), None)

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_until


def leaves(expression: Expression) -> Iterator[str]:
    """The ids that an expression rests on, in order."""
    match expression:
        case Leaf(id, _):
            yield id
        case Inverse(part):
            yield from leaves(part)
        case Group(_, parts):
            for part in parts:
                yield from leaves(part)
