"""A person as intake keeps them: sealed, and linked to cases and tenancies by opaque ids."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

SERVICES = ("intake", "eligibility", "nav-bridge", "notifications")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is, in the clear: between the door and the seal alone, in no state, event or log."""

    national_id: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Who asked for it, an opaque `sub`, and who has answered. `waiting`: intake's own cases that aren't erased yet."""

    asked_on: date
    asked_by: str
    waiting: tuple[str, ...] = ()
    answers: Mapping[str, date] = field(default_factory=dict)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The services that still have something to erase."""
        return tuple(each for each in SERVICES if each not in self.answers)

    @property
    def completed_on(self) -> date | None:
        return None if self.lacking else max(self.answers.values())


@dataclass(frozen=True, slots=True)
class Person:
    """`sealed`: the identity, encrypted at the door; None once erased. `protected`: adressebeskyttet.

    `erasure` is all that stays of who is erased: with the pseudonym, so that nothing late brings them back.
    """

    sealed: str | None = None
    protected: bool = False
    tenancies: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    erasure: Erasure | None = None


def register(
    person: Person | None,
    sealed: str,
    protected: bool | None,
    tenancies: Iterable[str] = (),
    mistaken: Collection[str] = (),
) -> Person:
    """The newest identity stands; protection stays unless it is said anew; tenancies are added, but for mistakes."""
    known = person or Person()
    named = dict.fromkeys((*known.tenancies, *tenancies))
    return replace(
        known,
        sealed=sealed,
        protected=known.protected if protected is None else protected,
        tenancies=tuple(each for each in named if each not in mistaken),
    )


def meet_again(person: Person | None, sealed: str, protected: bool | None) -> Person:
    """An applicant: registered if new. An application may raise protection, never lower it or change the identity."""
    if person is None or person.sealed is None:
        return register(person, sealed, protected)
    return replace(person, protected=person.protected or bool(protected))


def applied(person: Person, application: str) -> Person:
    return replace(person, applications=(*person.applications, application))


def erased(on: date, by: str, waiting: Iterable[str]) -> Person:
    """All that stays."""
    return Person(erasure=Erasure(on, by, tuple(dict.fromkeys(waiting))))


def case_gone(person: Person, case: str) -> Person:
    """One of intake's own less."""
    if person.erasure is None:
        return person
    left = tuple(each for each in person.erasure.waiting if each != case)
    return replace(person, erasure=replace(person.erasure, waiting=left))


def answered(person: Person, service: str, on: date) -> Person:
    """The service has nothing more; its first answer stands."""
    if person.erasure is None:
        return person
    return replace(person, erasure=replace(person.erasure, answers={service: on} | dict(person.erasure.answers)))
