"""Looks for what is known of people in raw bytes: as text, in base64, gzip and number form, one within the other.

Numbers are found with and without separators, with leading zeros or as a number, in decimal or as eight bytes. Names,
addresses and e-mail addresses are found by their words, however they are cased, escaped or put apart.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

import httpx

from demo.local.platform import Platform
from demo.player.services import PACKAGES
from tests.e2e import wire

DEEPEST = 3
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}")
PRINTABLE = re.compile(rb"(?:[\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]{1,3}){6,}")
GZIP = re.compile(rb"\x1f\x8b\x08")
EIGHT_BYTES = re.compile(rb"(?=(\x00\x00\x00[\x00-\x17]....|....[\x00-\x17]\x00\x00\x00))", re.DOTALL)
NUMBERS = re.compile(r"\d+(?:[ .\u00a0-]?\d+)*")
# Ids, digests and times hold any digits by chance.
NO_NUMBER = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\d*[a-f])[0-9a-f]{16,}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?"
)
WORDS = re.compile(r"[^\W_]+")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
UNIQUE = 10  # letters from which a word of a name is looked for by itself
LONGEST = 12  # digits


class Found(NamedTuple):
    place: str
    what: str
    value: str


@dataclass(slots=True)
class Scan:
    """What to look for. `numbers` and `texts`: what it is of, by digits, and by first word and all words."""

    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    texts: dict[str, list[tuple[tuple[str, ...], tuple[str, str]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Mapping[str, Any]]) -> "Scan":
        """Persons or applicants as they are posted."""
        scan = cls()
        for person in people:
            scan.number("birth number", person.get("national_id"))
            scan.number("phone", person.get("phone"))
            scan.text("name", person.get("name"))
            scan.text("address", (person.get("address") or "").partition("(")[0].partition(",")[0])
            scan.text("e-mail", person.get("email"))
            for word in WORDS.findall(person.get("name") or ""):
                if len(word) >= UNIQUE:
                    scan.text("name", word)
        return scan

    def number(self, what: str, value: str | None) -> None:
        if value:
            digits = re.sub(r"\D", "", value)
            forms = {digits, digits.lstrip("0"), digits[-8:] if what == "phone" else digits}
            self.numbers |= dict.fromkeys(forms, (what, value))

    def text(self, what: str, value: str | None) -> None:
        if words := tuple(WORDS.findall((value or "").lower())):
            self.texts.setdefault(words[0], []).append((words, (what, str(value))))

    def found(self, place: str, raw: bytes) -> set[Found]:
        known = {what for piece in pieces(raw) for what in self._in(piece)}
        return {Found(place, *what) for what in known}

    def _in(self, raw: bytes) -> Iterator[tuple[str, str]]:
        yield from self._binary(raw)
        for text in readings(raw):
            yield from self._digits(text)
            yield from self._words(text)

    def _binary(self, raw: bytes) -> Iterator[tuple[str, str]]:
        for match in EIGHT_BYTES.finditer(raw):
            for order in ("big", "little"):
                if known := self.numbers.get(str(int.from_bytes(match[1], order))):
                    yield known

    def _digits(self, text: str) -> Iterator[tuple[str, str]]:
        for match in NUMBERS.finditer(NO_NUMBER.sub("|", text)):
            groups = list(re.finditer(r"\d+", match[0]))
            for at, first in enumerate(groups):
                joined = ""
                for last in groups[at:]:
                    if len(joined := joined + last[0]) > LONGEST:
                        break
                    known = self.numbers.get(joined)
                    if known and (known[0] != "phone" or is_phone(match[0], first.start(), last.end())):
                        yield known

    def _words(self, text: str) -> Iterator[tuple[str, str]]:
        words = WORDS.findall(text.lower())
        for at, word in enumerate(words):
            for wanted, known in self.texts.get(word, ()):
                if tuple(words[at : at + len(wanted)]) == wanted:
                    yield known


def is_phone(text: str, start: int, end: int) -> bool:
    """A phone number is written with blanks at most, and is nobody's decimals."""
    return text[start - 1 : start] != "." and not re.search(r"[.-]", text[start:end])


def pieces(raw: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and all that is packed in them."""
    yield raw
    if depth < DEEPEST:
        for packed in (*unzipped(raw), *unbased(raw)):
            yield from pieces(packed, depth + 1)


def unzipped(raw: bytes) -> Iterator[bytes]:
    for match in GZIP.finditer(raw):
        try:
            yield zlib.decompressobj(31).decompress(raw[match.start() :])
        except zlib.error:
            continue


def unbased(raw: bytes) -> Iterator[bytes]:
    """What may be base64, read from each of four starts; of that, what may be text or packed again.

    Text in base64 has capitals, which ids and hexadecimal digits here haven't. Mails break it into lines.
    """
    whole = raw.replace(b"\r", b"").replace(b"\n", b"")
    for run in {*BASE64.findall(raw), *(BASE64.findall(whole) if whole != raw else ())}:
        if run.lower() == run:
            continue
        for start in range(4):
            part = run[start:].translate(bytes.maketrans(b"-_", b"+/"))
            try:
                plain = base64.b64decode(part[: len(part) // 4 * 4] + tail(part))
            except binascii.Error:
                continue
            if GZIP.search(plain):
                yield plain
            yield from PRINTABLE.findall(plain)


def tail(part: bytes) -> bytes:
    """The last letters with their padding; a single letter holds no byte."""
    left = part[len(part) // 4 * 4 :]
    return b"" if len(left) < 2 else left + b"=" * (4 - len(left))


def readings(raw: bytes) -> Iterator[str]:
    """As UTF-8 or what else it may be, with escapes undone."""
    try:
        texts = [raw.decode()]
    except UnicodeDecodeError:
        texts = [raw.decode(errors="replace"), raw.decode("latin-1")]
    if b"\x00" in raw:
        texts.append(raw.replace(b"\x00", b"").decode("latin-1"))  # UTF-16
    for text in texts:
        yield text
        if "\\u" in text:
            yield ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        if "%" in text:
            yield unquote(text)


def places(platform: Platform) -> Iterator[tuple[str, bytes]]:
    """Everything that a running system has said to anyone: raw records, logs, metrics, mails, NAV's record."""
    for record in wire.read(platform.admin_kafka().aiokafka(), sorted(platform.topics.named)):
        yield f"topic {record.topic} key", record.key or b""
        yield f"topic {record.topic} value", record.value or b""
        for name, value in record.headers:
            yield f"topic {record.topic} header", name.encode() + b"=" + (value or b"")
    for file in sorted(platform.folder.glob("*.log")):
        yield f"log {file.stem}", file.read_bytes()
    for service in PACKAGES:
        yield f"metrics {service}", httpx.get(f"{platform.addresses.url(service)}/metrics", timeout=10).content
    for mail in httpx.get(f"{platform.addresses.mails_url}/mails", timeout=10).json():
        yield "mail", json.dumps(mail, ensure_ascii=False).encode()
        yield "mail", mail["raw"].encode()
    if (record := platform.folder / "nav.jsonl").exists():
        yield "NAV's record", record.read_bytes()


def gathered(platform: Platform) -> dict[str, bytes]:
    """All bytes by place; the same bytes once. A record separator keeps neighbours from growing together."""
    found: dict[str, dict[bytes, None]] = {}
    for place, raw in places(platform):
        found.setdefault(place, {})[raw] = None
    return {place: b"\x1e".join(parts) for place, parts in found.items()}


def leaks(everything: Mapping[str, bytes], scan: Scan) -> set[Found]:
    return set().union(*(scan.found(place, raw) for place, raw in everything.items()))
