"""One JSON object a line, with our own columns as names; the last is the end record, as in our own separated text."""

import json
from collections.abc import Iterator

from intake.domain.ledger.kinds import ALL
from intake.domain.ledger.lines import Fault
from intake.translation.rows import End, HeldBack, Row, unreadable
from intake.translation.splitting import LONGEST, TOO_LONG


class JsonRows:
    """A value is a text, a whole number or null; a name that is none of our columns is a fault."""

    closes, headed = True, False

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
        told = json.loads(raw)
    except UnicodeDecodeError:
        return unreadable(number, line.decode("latin-1"), "er ikke skrevet med tegnsettet utf-8")
    except (ValueError, RecursionError):
        return unreadable(number, raw, "er ikke et JSON-objekt")
    if not isinstance(told, dict) or not told.keys() <= set(ALL):
        return unreadable(number, raw, f"må være et JSON-objekt med noen av navnene {', '.join(ALL)}")
    if not all(value is None or type(value) in {str, int} for value in told.values()):
        return unreadable(number, raw, "har en verdi som verken er en tekst eller et helt tall")
    cells = {column: "" if (value := told.get(column)) is None else str(value) for column in ALL}
    return Row(number, raw, cells)
