"""Which NAV office takes a municipality's notices, and how it is reached: data that ships with the service."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from stdnum.no import orgnr


@cache
def offices() -> Mapping[str, str]:
    """By kommunenummer. Read once and checked whole."""
    found: dict[str, str] = tomllib.loads((files("nav_bridge") / "nav_offices.toml").read_text(encoding="utf-8"))
    for kommunenummer, office in found.items():
        if not re.fullmatch(r"\d{4}", kommunenummer) or not office.strip():
            raise ValueError(f"nav_offices.toml: {kommunenummer!r} is no kommunenummer with an office")
    return found


@dataclass(frozen=True, slots=True)
class Office:
    """A NAV office that is reached by letter. `sender`: the municipality's name."""

    sender: str
    office: str
    organisation: str
    address: str
    postcode: str
    place: str

    @property
    def fit(self) -> bool:
        named = all(each.strip() for each in (self.sender, self.office, self.address, self.place))
        return named and bool(orgnr.is_valid(self.organisation) and re.fullmatch(r"\d{4}", self.postcode))


def letters(file: Traversable | None = None) -> Mapping[str, Office]:
    """By kommunenummer, checked whole: those that are reached by letter."""
    file = file or files("nav_bridge") / "nav_letters.toml"
    found: dict[str, Office] = {}
    for kommunenummer, told in tomllib.loads(file.read_text(encoding="utf-8")).items():
        try:
            found[kommunenummer] = Office(**told)
        except TypeError:
            raise ValueError(f"{file.name}: {kommunenummer} lacks something, or has too much") from None
        if not re.fullmatch(r"\d{4}", kommunenummer) or not found[kommunenummer].fit:
            raise ValueError(f"{file.name}: {kommunenummer!r} is no kommunenummer with an office")
    return found
