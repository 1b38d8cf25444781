"""The legal bases that ship with the service, read once and checked whole."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from intake.domain.retention import Duties, Duty

CODES = {"appeal", "archive", "bookkeeping"}


class Fault(ValueError):
    """The file doesn't say what it must."""


@cache
def duties() -> Duties:
    """Constant for as long as the process runs."""
    return duties_in((files("intake") / "retention.toml").read_text(encoding="utf-8"))


def duties_in(text: str) -> Duties:
    """From the file's text; an entry of another form, a duty missing or given twice from one day is a fault."""
    versions = TypeAdapter(tuple[Duty, ...], config={"extra": "forbid"}).validate_python(
        tomllib.loads(text).get("duty", [])
    )
    if {duty.code for duty in versions} != CODES:
        raise Fault("et lovkrav mangler")
    if len({(duty.code, duty.valid_from) for duty in versions}) < len(versions):
        raise Fault("et lovkrav har to utgaver fra samme dag")
    return Duties(versions)
