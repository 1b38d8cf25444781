"""Whom one can log in as in the demo: per municipality one of each role. None of them exists."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

NAMESPACE = UUID("6f9a2f1c-6a7e-4a50-9b44-0c5a5a1f7d10")
ROLES = {
    "servicetorg": "Servicetorget",
    "boligansvarlig": "Boligansvarlig",
    "boligutvalg": "Boligutvalget",
    "vedtakskontor": "Vedtakskontoret",
    "okonomi": "Økonomi",
    "leder": "Leder",
}


@dataclass(frozen=True, slots=True)
class Person:
    """`username` is what scripts and people use; services see `sub`, which says nothing."""

    username: str
    role: str
    kommunenummer: str
    municipality: str

    @property
    def sub(self) -> str:
        return str(uuid5(NAMESPACE, self.username))

    @property
    def office(self) -> str:
        return ROLES[self.role]

    @property
    def name(self) -> str:
        return f"Testbruker {self.office} ({self.municipality})"

    @property
    def claims(self) -> dict[str, Any]:
        return {"name": self.name, "roles": [self.role], "kommunenummer": self.kommunenummer}


def people(municipalities: dict[str, str]) -> list[Person]:
    return [
        Person(f"{role}-{number}", role, number, municipality)
        for number, municipality in municipalities.items()
        for role in ROLES
    ]
