"""Which NAV office takes a municipality's notices: data that ships with the service."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def offices() -> Mapping[str, str]:
    """By kommunenummer. Read once and checked whole."""
    found: dict[str, str] = tomllib.loads((files("nav_bridge") / "nav_offices.toml").read_text(encoding="utf-8"))
    for kommunenummer, office in found.items():
        if not re.fullmatch(r"\d{4}", kommunenummer) or not office.strip():
            raise ValueError(f"nav_offices.toml: {kommunenummer!r} is no kommunenummer with an office")
    return found
