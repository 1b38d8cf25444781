"""Kleene's three-valued logic: what no one has answered yet stays open, and spoils nothing that is settled."""

from collections.abc import Iterable
from enum import StrEnum


class Result(StrEnum):
    FULFILLED = "fulfilled"
    NOT_FULFILLED = "not_fulfilled"
    UNRESOLVED = "unresolved"


FULFILLED, NOT_FULFILLED, UNRESOLVED = Result.FULFILLED, Result.NOT_FULFILLED, Result.UNRESOLVED


def all_of(results: Iterable[Result]) -> Result:
    """Of nothing at all: unresolved, so that an empty rule never speaks for anyone."""
    found = set(results)
    if NOT_FULFILLED in found:
        return NOT_FULFILLED
    return FULFILLED if found == {FULFILLED} else UNRESOLVED


def any_of(results: Iterable[Result]) -> Result:
    return inverse(all_of(inverse(result) for result in results))


def inverse(result: Result) -> Result:
    return {FULFILLED: NOT_FULFILLED, NOT_FULFILLED: FULFILLED}.get(result, UNRESOLVED)
