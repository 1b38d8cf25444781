"""How identity comes in: checked against the mode, named by a pseudonym, and sealed before anything else sees it."""

from itertools import count
from typing import Annotated, Literal, Protocol

from fastapi import Depends
from pydantic import StringConstraints
from starlette.requests import Request

from chassis.access import Door
from chassis.http.problems import Problem, problem
from intake.domain.national_id import NationalId, classify
from intake.domain.people import Identity, Person

Mode = Literal["test", "production"]
Pseudonym = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Number = Annotated[str, StringConstraints(min_length=11, max_length=20)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 ]{3,19}$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


class Vault(Protocol):
    def opaque(self, purpose: str, *parts: str) -> str: ...
    def seal(self, person: str, identity: Identity) -> str: ...
    def unseal(self, person: str, sealed: str) -> Identity: ...
    def seal_text(self, text: str) -> str: ...
    def unseal_text(self, sealed: str) -> str: ...


def vault_of(request: Request) -> Vault:
    return request.app.state.vault  # type: ignore[no-any-return]


def mode_of(request: Request) -> Mode:
    return request.app.state.mode  # type: ignore[no-any-return]


TheVault = Annotated[Vault, Depends(vault_of)]
TheMode = Annotated[Mode, Depends(mode_of)]


def admitted(text: str, mode: Mode, field: str) -> NationalId:
    """A valid number of the sort that this installation may hold: made-up people in test, real ones in production."""
    number = classify(text)
    if number is None:
        raise _refused("national_id_invalid", field, "Dette er ikke et gyldig fødsels-, D-, H-, FH- eller DUF-nummer.")
    if mode == "test" and not number.synthetic:
        raise _refused("real_person_in_test", field, "I test tas bare syntetiske fødselsnummer (måned +80) imot.")
    if mode == "production" and number.synthetic:
        raise _refused("synthetic_person_in_production", field, "Syntetiske fødselsnummer tas ikke imot i produksjon.")
    return number


def pseudonym(vault: Vault, kommunenummer: str, number: NationalId, times_erased: int = 0) -> str:
    """Another one in each municipality, so that two of them can't join what they know of a person.

    And another one each time that the person was erased: who comes back has nothing to do with who went.
    """
    return vault.opaque("person", kommunenummer, number.digits, *[str(times_erased)] * bool(times_erased))


async def current_pseudonym(door: Door, vault: Vault, number: NationalId) -> str:
    """The one that isn't erased."""
    for times in count():
        person = pseudonym(vault, door.principal.kommunenummer, number, times)
        known: Person | None = (await door.states("person", [person])).get(person)
        if known is None or known.erasure is None:
            return person
    raise AssertionError("unreachable: one is new")


def _refused(code: str, field: str, sentence: str) -> Problem:
    return problem(422, code, sentence, errors=[{"field": field, "message": sentence}])
