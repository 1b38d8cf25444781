"""A person as intake keeps them: sealed, and linked to tenancies by opaque ids."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is, in the clear: between the door and the seal alone, in no state, event or log."""

    national_id: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """`sealed`: the identity, encrypted at the door; None once erased. `protected`: adressebeskyttet."""

    sealed: str | None = None
    protected: bool = False
    tenancies: tuple[str, ...] = ()


def register(person: Person | None, sealed: str, protected: bool | None, tenancies: Iterable[str] = ()) -> Person:
    """The newest identity stands; protection stays unless it is said anew; tenancies are only added."""
    known = person or Person()
    return Person(
        sealed=sealed,
        protected=known.protected if protected is None else protected,
        tenancies=tuple(dict.fromkeys((*known.tenancies, *tenancies))),
    )


def meet_again(person: Person | None, sealed: str, protected: bool | None) -> Person:
    """An applicant: registered if new. An application may raise protection, never lower it or change the identity."""
    if person is None or person.sealed is None:
        return register(person, sealed, protected)
    return replace(person, protected=person.protected or bool(protected))
