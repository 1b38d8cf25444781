"""The policy files that ship with the service: one per municipality, one per version of a guideline."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from eligibility.domain.policy import Municipality, Policy
from eligibility.translation.guideline_file import Fault, guideline

T = TypeVar("T")


@cache
def policy() -> Policy:
    """Read once and checked whole; constant for as long as the process runs."""
    return policy_in(files("eligibility"))


def policy_in(folder: Traversable) -> Policy:
    municipalities = _all(folder / "municipalities", _municipality)
    guidelines = _all(folder / "guidelines", guideline)
    if len({one.version for one in guidelines}) < len(guidelines):
        raise Fault("to retningslinjer har samme version")
    return Policy({one.kommunenummer: one for one in municipalities}, tuple(guidelines))


def _all(folder: Traversable, read: Callable[[Mapping[str, Any]], T]) -> list[T]:
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return [_one(file, read) for file in found]


def _one(file: Traversable, read: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read(tomllib.loads(file.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise Fault(f"{file.name}: {error!r}") from error


def _municipality(document: Mapping[str, Any]) -> Municipality:
    return Municipality(
        kommunenummer=document["kommunenummer"],
        name=document["name"],
        deciding_roles=dict(document["deciding_roles"]),
        referral_to_role=document["referral"]["to_role"],
        referral_to_unit=document["referral"]["to_unit"],
    )
