"""Tables as files that a Norwegian spreadsheet writes and opens as they are: semicolons, UTF-8 with a mark out, and in
whatever encoding that such a program saves in.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")


def table(lines: Iterable[Sequence[str | int]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([cell(each) for each in line] for line in lines)
    return MARK + text.getvalue()


def cell(value: str | int) -> str:
    """A spreadsheet runs what begins like a formula: an apostrophe makes it text. Numbers are let through."""
    text = str(value)
    is_number = text.removeprefix("-").replace(",", "", 1).isdecimal()
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text


def rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, each with the number of its last, as `cell` was given them.

    Raises csv.Error where it is no such table.
    """
    reader = csv.reader(io.StringIO(decoded(content), newline=""), delimiter=";", strict=True)
    for cells in reader:
        stripped = [each.strip() for each in cells]
        if any(stripped):
            yield reader.line_num, [_unguarded(each) for each in stripped]


def decoded(content: bytes) -> str:
    for encoding in ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1])


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
