r"""A record's bytes as a person reads and mends them: text, in which a byte that is no UTF-8 is written as `\xff`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.envelope import Headers
from chassis.errors import Reject

LONGEST = 64 * 1024  # bytes that a page shows of a value


@dataclass(frozen=True, slots=True)
class Content:
    """All of a record that an operator may mend. A message that came by no topic has a value alone."""

    key: bytes | None
    value: bytes | None
    headers: Headers


def text(raw: bytes | None) -> str:
    return (raw or b"").decode(errors="backslashreplace")


def as_lines(headers: Headers) -> str:
    r"""`name: value` each; one without a value is its name alone. What would break a line is written as `\n`."""
    return "\n".join(_one_line(name if value is None else f"{name}: {text(value)}") for name, value in headers)


def of_lines(lines: str) -> Headers:
    parts = [line.partition(":") for line in lines.splitlines() if line.strip()]
    return [(name.strip(), value.strip().encode() if colon else None) for name, colon, value in parts]


def mended(before: Content, *, value: str, headers: str = "", key: str = "") -> Content:
    """As a form says it; what reads as it did stays as it was, to the byte."""
    found = before
    if _unix(value) != _unix(text(before.value)):
        found = replace(found, value=value.encode())
    if of_lines(headers) != of_lines(as_lines(before.headers)):
        found = replace(found, headers=of_lines(headers))
    if key != text(before.key):
        found = replace(found, key=key.encode() or None)
    return found


def overlaid(
    before: Content,
    *,
    value: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    key: str | None = None,
) -> Content:
    """As a command says it: what it names is replaced, all else stays."""
    replaced = {*(headers or {}), *without}
    kept = [each for each in before.headers if each[0] not in replaced]
    return Content(
        before.key if key is None else key.encode(),
        before.value if value is None else value,
        kept + [(name, each.encode()) for name, each in (headers or {}).items()],
    )


def checked(before: Content, after: Content, origin: str) -> Content:
    """A correction that corrects something, and no more than there is."""
    if after == before:
        raise Reject("nothing_corrected", "Ingenting er rettet.", status=422)
    if origin != "kafka" and (after.key or after.headers):
        raise Reject("only_the_body", "Denne kom ikke fra Kafka: bare innholdet kan rettes.", status=422)
    return after


def _one_line(text: str) -> str:
    return "\\n".join(text.splitlines())


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
