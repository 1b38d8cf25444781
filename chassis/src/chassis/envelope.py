"""CloudEvents 1.0 in Kafka's binary mode: attributes as `ce_*` headers, JSON data as the value."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from chassis.errors import Unreadable
from chassis.outputs import Message

PREFIX, MAJOR = "no.boligflyt.", "v1"
CONTENT_TYPE = "application/json"
TYPE = re.compile(r"no\.boligflyt\.(?P<name>[a-z0-9_]+\.[a-z0-9_]+)\.(?P<major>v[0-9]+)")
KOMMUNENUMMER = re.compile(r"[0-9]{4}")
LARGEST = 1024 * 1024  # bytes of headers and value: what a broker takes where nobody has raised its limit
LONGEST_KEY = 255  # bytes; ours are UUIDs, and no index holds a long one
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes it; behind a backslash of its own it is text
REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_kommunenummer")

Headers = Sequence[tuple[str, bytes | None]]
TIME = TypeAdapter(datetime)


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record as it came, nothing decoded."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def encode(
    data: Any,
    *,
    id: UUID,
    source: str,
    subject: str,
    time: datetime,
    kommunenummer: str,
    sequence: int,
    correlation: str,
    causation: str,
    traceparent: str,
    classification: str,
) -> tuple[dict[str, str], bytes]:
    """Headers and value of an event; `data` is a pydantic message with a `type`."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(id),
        "ce_source": source,
        "ce_type": f"{PREFIX}{data.type}.{MAJOR}",
        "ce_subject": subject,
        "ce_time": time.isoformat(),
        "ce_dataschema": f"urn:boligflyt:schema:{data.type}.{MAJOR}",
        "ce_kommunenummer": kommunenummer,
        "ce_sequence": str(sequence),
        "ce_correlationid": correlation,
        "ce_causationid": causation,
        "ce_dataclassification": classification,
        "content-type": CONTENT_TYPE,
    }
    if traceparent:
        headers["ce_traceparent"] = traceparent
    return headers, data.model_dump_json().encode()


def subject_of(record: Record) -> str | None:
    """What the record's followers wait behind: the raw key, else the subject; None where neither reads."""
    for raw in (record.key, dict(record.headers).get("ce_subject")):
        if raw and len(raw) <= LONGEST_KEY:
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                continue
            if "\x00" not in text:
                return text
    return None


def kommunenummer_of(record: Record) -> str:
    """The municipality that a record says it is of, or nothing."""
    found = (dict(record.headers).get("ce_kommunenummer") or b"").decode(errors="replace")
    return found if KOMMUNENUMMER.fullmatch(found) else ""


def id_of(record: Record) -> str | None:
    """What a record says its event's id is, if that is one."""
    try:
        return str(UUID((dict(record.headers).get("ce_id") or b"").decode(errors="replace")))
    except ValueError:
        return None


def type_of(record: Record) -> str:
    """The name of its type as messages have it, or nothing."""
    named = TYPE.fullmatch((dict(record.headers).get("ce_type") or b"").decode(errors="replace"))
    return named["name"] if named else ""


def decode(record: Record, readers: Mapping[str, Any]) -> Message | None:
    """The message of a record; None where its type is none of ours to read.

    Raises `Unreadable` with a code, never with the content.
    """
    attributes = _attributes(record)
    if not (named := TYPE.fullmatch(attributes["ce_type"])) or named["name"] not in readers:
        return None
    if named["major"] != MAJOR:
        raise Unreadable("unknown_version", f"hendelsen har ukjent hovedversjon {named['major']}")
    value = record.value or b""
    if len(value) + sum(map(len, attributes.values())) > LARGEST:
        raise Unreadable("too_large", f"hendelsen er større enn {LARGEST} byte")
    if b"\\u0000" in value and NUL.search(value):
        raise Unreadable("nul_character", "innholdet har et NUL-tegn")
    if record.key is None or record.key != attributes["ce_subject"].encode():
        raise Unreadable("key_is_not_subject", "nøkkelen på Kafka er en annen enn hendelsens subject")
    if not KOMMUNENUMMER.fullmatch(attributes["ce_kommunenummer"]):
        raise Unreadable("bad_kommunenummer", "kommunenummeret er ikke fire siffer")
    try:
        return Message(
            id=UUID(attributes["ce_id"]),
            type=named["name"],
            subject=attributes["ce_subject"],
            kommunenummer=attributes["ce_kommunenummer"],
            time=TIME.validate_python(attributes["ce_time"]),
            data=readers[named["name"]].model_validate_json(value),
            correlation=attributes.get("ce_correlationid", ""),
            traceparent=attributes.get("ce_traceparent", ""),
        )
    except ValidationError as error:
        where = ", ".join(sorted({".".join(map(str, e["loc"])) or "hele innholdet" for e in error.errors()})[:5])
        raise Unreadable("invalid", f"innholdet er ikke gyldig for typen: {where}") from None
    except ValueError:
        raise Unreadable("bad_attribute", "ce_id er ikke en UUID") from None


def _attributes(record: Record) -> dict[str, str]:
    try:
        found = {name: value.decode() for name, value in record.headers if value is not None}
    except UnicodeDecodeError:
        raise Unreadable("bad_header", "en header er ikke UTF-8") from None
    if missing := [name for name in REQUIRED if not found.get(name)]:
        raise Unreadable("missing_header", f"mangler {', '.join(missing)}")
    if any("\x00" in value for value in found.values()):
        raise Unreadable("nul_character", "en header har et NUL-tegn")
    return found


def pack(message: Message) -> bytes:
    """A message that came by no topic (timer, answer), as a dead letter keeps it."""
    return to_json(message)


def unpack(packed: bytes, classes: Mapping[str, Any]) -> Message:
    """The message again; `classes`: message class per type."""
    raw = json.loads(packed)
    data = TypeAdapter(classes[raw["type"]]).validate_python(raw.pop("data"))
    return Message(**raw | {"id": UUID(raw["id"]), "time": TIME.validate_python(raw["time"])}, data=data)
