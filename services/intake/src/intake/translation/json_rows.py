"""One JSON object a line, with our own columns as names; the last is the end record, as in our own separated text."""

import json
import re
from collections.abc import Iterator
from typing import Any

from intake.domain.ledger.kinds import ALL, KINDS
from intake.domain.ledger.lines import Fault
from intake.translation.rows import NO_HEADINGS, End, HeldBack, Row, unreadable
from intake.translation.splitting import LONGEST, TOO_LONG

# JSON can escape half of a pair (\ud800), which is no character: nothing can be hashed or sealed with it.
HALF = re.compile("[\ud800-\udfff]")


class _SaidTwice(ValueError):
    """A name stands twice, and which of the values counts is anybody's guess."""


class JsonRows:
    """A value is a text, a whole number or null; a name that is none of our columns is a fault."""

    closes, headed, ends, kinds, headings = True, False, True, KINDS, NO_HEADINGS

    def __init__(self) -> None:
        self._held = HeldBack()

    def take(self, number: int, line: bytes) -> Iterator[Row]:
        if line.strip():
            yield from self._held.take(_row(number, line))

    def finish(self) -> tuple[End | None, list[Fault]]:
        return self._held.finish()


def _row(number: int, line: bytes) -> Row:
    if len(line) > LONGEST:
        return unreadable(number, line.decode("latin-1"), TOO_LONG)
    try:
        raw = line.decode()
        told = json.loads(raw, object_pairs_hook=_said_once)
    except UnicodeDecodeError:
        return unreadable(number, line.decode("latin-1"), "er ikke skrevet med tegnsettet utf-8")
    except _SaidTwice:
        return unreadable(number, raw, "har samme navn to ganger")
    except (ValueError, RecursionError):
        return unreadable(number, raw, "er ikke et JSON-objekt")
    if unfit := _unfit(told):
        return unreadable(number, raw, unfit)
    cells = {column: "" if (value := told.get(column)) is None else str(value) for column in ALL}
    return Row(number, raw, cells)


def _unfit(told: object) -> str:
    """What keeps it from being a row of our columns, if anything does."""
    if not isinstance(told, dict) or not told.keys() <= set(ALL):
        return f"må være et JSON-objekt med noen av navnene {', '.join(ALL)}"
    if not all(value is None or type(value) in {str, int} for value in told.values()):
        return "har en verdi som verken er en tekst eller et helt tall"
    if any(HALF.search(value) for value in told.values() if isinstance(value, str)):
        return "har et halvt tegn: et surrogat uten sitt andre"
    return ""


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise _SaidTwice
    return told
