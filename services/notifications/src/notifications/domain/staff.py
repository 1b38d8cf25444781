"""A municipality's staff register: who gets which alerts, and who stands in for whom.

It holds the municipality's own people, never its clients. Who is known by their token's opaque subject.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

REGISTERS = UUID("0f4b2f1c-8a0e-4f0e-9a5b-5f6d2f7c9e31")
FALLBACK = "fallback"
"""Stands where a subject does: the municipality's one address for what nobody else gets."""

OWNERS = frozenset({"boligansvarlig", "leder"})
"""The roles that are let in to alerts."""

Basis = Literal["person", "tenancy", "area", "fallback"]
"""Why someone owns an alert: a person said so, the tenancy is theirs, the area is, or there was nobody else."""


class Absence(NamedTuple):
    """Both days are days away."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Member:
    """`substitute`: another member's subject, or empty. `area`: of the municipality; empty for all of it."""

    subject: str
    name: str
    mail: str
    roles: tuple[str, ...] = ()
    area: str = ""
    substitute: str = ""
    absences: tuple[Absence, ...] = ()

    def is_away(self, day: date) -> bool:
        return any(absence.first <= day <= absence.last for absence in self.absences)


class Fault(NamedTuple):
    """What makes it no register, and of whom."""

    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Register:
    """`fallback_mail`, `operator_mail`: empty where the service's settings say it. `version` counts its changes."""

    members: tuple[Member, ...] = ()
    fallback_mail: str = ""
    operator_mail: str = ""
    version: int = 0

    def member(self, subject: str) -> Member | None:
        return next((member for member in self.members if member.subject == subject), None)

    def may_own(self, subject: str) -> bool:
        """Whoever owns an alert must be let in to it."""
        member = self.member(subject)
        return bool(member and OWNERS.intersection(member.roles))

    def owner(self, caseworker: str, area: str) -> tuple[str, Basis]:
        """The tenancy's own caseworker, else the area's, else the fallback; absence changes no owner."""
        if self.may_own(caseworker):
            return caseworker, "tenancy"
        if area and (found := [m.subject for m in self.members if m.area == area and "boligansvarlig" in m.roles]):
            return found[0], "area"
        return FALLBACK, "fallback"

    def at_work(self, subject: str, day: date) -> str:
        """Who acts for someone that day: they themselves, their substitute, that one's, or the leader. Never nobody."""
        asked: list[str] = [FALLBACK]
        while (member := self.member(subject)) and subject not in asked:
            if not member.is_away(day):
                return subject
            asked.append(subject)
            subject = member.substitute
        return FALLBACK if subject == FALLBACK else self.leaders("", day)[0]

    def substitute(self, subject: str, day: date) -> str:
        """Another than who acts for the owner already: their substitute, else the leader."""
        acting = self.member(self.at_work(subject, day))
        if acting is None or not acting.substitute:
            return self.leaders(acting.area if acting else "", day)[0]
        return self.at_work(acting.substitute, day)

    def leaders(self, area: str, day: date) -> tuple[str, ...]:
        """The area's leaders who are at work, else the municipality's, else the fallback."""
        present = [m for m in self.members if "leder" in m.roles and not m.is_away(day)]
        near = [member.subject for member in present if area and member.area == area]
        return tuple(near or [member.subject for member in present] or [FALLBACK])

    def faults(self) -> Iterator[Fault]:
        subjects = [member.subject for member in self.members]
        for subject in sorted({each for each in subjects if subjects.count(each) > 1}):
            yield Fault(subject, f"{subject} står flere ganger.")
        for member in self.members:
            if member.substitute == member.subject:
                yield Fault(member.subject, f"{member.subject} kan ikke være sin egen vikar.")
            elif member.substitute and member.substitute not in subjects:
                sentence = f"Vikaren {member.substitute} for {member.subject} står ikke i registeret."
                yield Fault(member.subject, sentence)
            if any(absence.last < absence.first for absence in member.absences):
                yield Fault(member.subject, f"Et fravær for {member.subject} slutter før det begynner.")


@cache
def register_id(kommunenummer: str) -> str:
    return str(uuid5(REGISTERS, kommunenummer))
