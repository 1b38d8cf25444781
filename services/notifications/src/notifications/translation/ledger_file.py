"""A ledger as JSON lines: an event each, with the data of its schema, in the order in which it became known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chassis.outputs import Message

NAMES = UUID("0d3c5a52-93b4-4f0e-8f6c-7a0f1f6d2b11")
PREFIX, MAJOR = "no.boligflyt.", ".v1"
FAULTS = {
    "missing": "mangler",
    "json_invalid": "er ikke gyldig JSON",
    "extra_forbidden": "er ikke et kjent felt",
}


class _Line(BaseModel):
    """`id`: the event's own, where it has one; a line with an id that was seen before has no effect."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: Annotated[str, StringConstraints(min_length=1)]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    time: AwareDatetime
    data: dict[str, Any]
    id: UUID | None = None
    kommunenummer: Annotated[str, Field(pattern="^[0-9]{4}$")] | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """`sentence` says what is wrong with it, never what it holds."""

    number: int
    sentence: str


@dataclass
class LedgerFile:
    """`classes`: message class per type that is read. Others are `ignored`, which counts them.

    A line that can't be read leaves its tenancy `incomplete`: what comes later of that tenancy is not read either, as
    a payment that is missing must raise no alarm.
    """

    classes: Mapping[str, Any]
    kommunenummer: str
    number: int = 0
    ignored: int = 0
    incomplete: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    _seen: set[UUID] = field(default_factory=set)

    def read(self, lines: Iterable[str | bytes]) -> Iterator[Message | BadLine]:
        """The messages, to the tenancies' keys; `names` says which subject each key is. Blank lines are skipped."""
        for self.number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            try:
                line = _Line.model_validate_json(text)
            except ValidationError as error:
                yield BadLine(self.number, _fault(error))
                continue
            if line.subject in self.incomplete or (line.id and line.id in self._seen):
                continue
            self._seen |= {line.id} if line.id else set()
            yield from self._message(line)

    def _message(self, line: _Line) -> Iterator[Message | BadLine]:
        type = line.type.removeprefix(PREFIX).removesuffix(MAJOR)
        if type not in self.classes:
            self.ignored += 1
            return
        try:
            data = self.classes[type].model_validate(line.data)
        except ValidationError as error:
            self.incomplete.add(line.subject)
            yield BadLine(self.number, f"data: {_fault(error)}")
            return
        key = _key(line.subject)
        self.names[key] = line.subject
        id = line.id or uuid5(NAMES, f"{self.number}:{line.subject}")
        yield Message(id, type, key, line.kommunenummer or self.kommunenummer, line.time, data)


def _key(subject: str) -> str:
    """A subject that is no UUID gets one of its own."""
    try:
        return str(UUID(subject))
    except ValueError:
        return str(uuid5(NAMES, subject))


def _fault(error: ValidationError) -> str:
    """The first, in words without the value."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place} {FAULTS.get(first['type'], 'har feil form')}".strip()
