"""The forms of an alert's card: who it is given to, what was done, until when it rests, why it is closed.

What somebody wrote is never lost: a form that can't be saved comes back with it, and says what is wrong and where.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from chassis.access import Door
from notifications.domain.care_words import CLOSINGS, NOTES, SNOOZES
from notifications.messages import AssignAlert, NoteContact, ResolveAlert, SnoozeAlert
from notifications.messages.care import LONGEST_NOTE
from notifications.messages.parts import OPAQUE
from notifications.pages.inbox import Caseworker, Tried, acted, refused

router = APIRouter()
KRONER = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?")


class Wrong(Exception):
    """A field of a form, and the sentence about it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


class Shown(BaseModel):
    """Of which tenancy a form was made, and in which version of the alert."""

    tenancy: UUID
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


Made = Annotated[Shown, Form()]
Written = Mapping[str, str]


@router.post("/varsler/{alert_id}/ansvarlig")
async def assign(door: Caseworker, alert_id: UUID, made: Made) -> Response:
    return await sent(door, alert_id, made, "ansvarlig", AssignAlert, assignment)


@router.post("/varsler/{alert_id}/notat")
async def note(door: Caseworker, alert_id: UUID, made: Made) -> Response:
    return await sent(door, alert_id, made, "notat", NoteContact, noted)


@router.post("/varsler/{alert_id}/utsettelse")
async def snooze(door: Caseworker, alert_id: UUID, made: Made) -> Response:
    return await sent(door, alert_id, made, "utsettelse", SnoozeAlert, snoozed)


@router.post("/varsler/{alert_id}/lukking")
async def close(door: Caseworker, alert_id: UUID, made: Made) -> Response:
    return await sent(door, alert_id, made, "lukking", ResolveAlert, closing)


async def sent(
    door: Door, alert_id: UUID, made: Shown, form: str, command: type[Any], read: Callable[[Written], Mapping[str, Any]]
) -> Response:
    """What the form says becomes a command; the card comes back, or the form with what is wrong with it."""
    written = {name: value for name, value in (await door.request.form()).items() if isinstance(value, str)}
    tried = Tried(form, written)
    try:
        given = read(written)
    except Wrong as wrong:
        return await refused(door, alert_id, tried.wrong(wrong.field, wrong.sentence))
    told = command(alert_id=str(alert_id), version=made.version, by=door.principal.subject, **given)
    return await acted(door, alert_id, made.tenancy, told, tried)


def assignment(written: Written) -> Mapping[str, Any]:
    to = written.get("to", "")
    if not OPAQUE.fullmatch(to):
        raise Wrong("to", "Velg hvem som skal ha varselet.")
    return {"to": to}


def noted(written: Written) -> Mapping[str, Any]:
    text = " ".join(written.get("text", "").split())
    if len(text) > LONGEST_NOTE or not text.isprintable():
        raise Wrong("text", f"Skriv én setning på høyst {LONGEST_NOTE} tegn.")
    return {"code": _one_of(NOTES, written, "code", "Velg hva som er gjort."), "text": text}


def snoozed(written: Written) -> Mapping[str, Any]:
    reason = _one_of(SNOOZES, written, "reason", "Velg hvorfor varselet kan vente.")
    given: dict[str, Any] = {"reason": reason, "until_on": _day(written, "until_on")}
    if reason == "promise":
        given |= {"promised_on": _day(written, "promised_on"), "promised_ore": _ore(written, "promised")}
    return given


def closing(written: Written) -> Mapping[str, Any]:
    return {"because": _one_of(CLOSINGS, written, "because", "Velg hvorfor varselet kan lukkes.")}


def _one_of(known: Mapping[Any, str], written: Written, field: str, sentence: str) -> str:
    if (chosen := written.get(field, "")) not in known:
        raise Wrong(field, sentence)
    return chosen


def _day(written: Written, field: str) -> date:
    try:
        return date.fromisoformat(written.get(field, ""))
    except ValueError:
        raise Wrong(field, "Velg en dag.") from None


def _ore(written: Written, field: str) -> int | None:
    """Kroner, with thousands parted or not; empty is all that is owed."""
    text = re.sub(r"\s|kr", "", written.get(field, ""))
    if not text:
        return None
    if not (found := KRONER.fullmatch(text)):
        raise Wrong(field, "Skriv et beløp i kroner, for eksempel 5 000 eller 5 000,50.")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
