"""Whether what a writer sends is what its schema promises."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel

from tests.contract import tree

FORMATS = FormatChecker(["uuid", "date"])


@FORMATS.checks("date-time", raises=ValueError)
def _with_zone(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class BrokenContract(AssertionError):
    """An event that its schema doesn't allow, or a field that no schema tells of."""


@cache
def _current() -> tree.Tree:
    return tree.read()


def problems(schema: dict[str, Any], data: Any) -> list[str]:
    """What is wrong, in words, with fields the schema doesn't name counted as wrong."""
    found = [
        f"{'.'.join(map(str, error.absolute_path)) or 'event'}: {error.message}"
        for error in Draft202012Validator(schema, format_checker=FORMATS).iter_errors(data)
    ]
    undeclared = sorted(set(data) - set(schema["properties"])) if isinstance(data, dict) else []
    return [*found, *(f"{field}: undeclared" for field in undeclared)]


def validate_event(type: str, data: BaseModel | dict[str, Any]) -> None:
    """Raise `BrokenContract` unless `data` may leave as an event of that type (`payment.registered`)."""
    content = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
    if f"{type}.v1" not in _current().types:
        raise BrokenContract(f"{type}: no topic carries it")
    if found := problems(_current().schema(type), content):
        raise BrokenContract(f"{type}: {'; '.join(found)}")


def validate_events(events: Iterable[Any]) -> None:
    """The same for each `chassis.outputs.Event`, whose subject is an opaque id besides."""
    for event in events:
        if not FORMATS.conforms(event.subject, "uuid"):
            raise BrokenContract(f"{event.type}: its subject is no opaque id")
        validate_event(event.type, event.data)
