"""What people do about an alert, as commands on it in the version that was shown."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from notifications.api.alerts import Caseworker, ShownAlert
from notifications.messages import AssignAlert, NoteContact, ResolveAlert, SnoozeAlert
from notifications.messages.care import NoteCode, ResolveReason, Sentence, SnoozeReason
from notifications.messages.parts import Ore, Subject

router = APIRouter(tags=["varsler"])


class Assignment(ShownAlert):
    """`to`: somebody of the staff register, by their token's subject, or `fallback`."""

    to: Subject


class Note(ShownAlert):
    """`text`: one sentence, shown beside the alert and told to nobody else."""

    code: NoteCode
    text: Sentence = ""


class Snooze(ShownAlert):
    """`until_on`: the first day that is no longer snoozed. A promise has its day; without a sum it is all."""

    reason: SnoozeReason
    until_on: date
    promised_on: date | None = None
    promised_ore: Annotated[Ore | None, Field(description="Øre.")] = None


class Closing(ShownAlert):
    because: ResolveReason


@router.post("/alerts/{tenancy}/assignment", status_code=201)
async def assign(door: Caseworker, tenancy: UUID, body: Assignment) -> dict[str, Any]:
    """Make somebody the alert's owner: who gets its messages."""
    return await door.send(AssignAlert(**body.model_dump(), by=door.principal.subject), str(tenancy), status=201)


@router.post("/alerts/{tenancy}/notes", status_code=201)
async def note(door: Caseworker, tenancy: UUID, body: Note) -> dict[str, Any]:
    """Note what was done about it. Who does something has seen it."""
    return await door.send(NoteContact(**body.model_dump(), by=door.principal.subject), str(tenancy), status=201)


@router.post("/alerts/{tenancy}/snooze", status_code=201)
async def snooze(door: Caseworker, tenancy: UUID, body: Snooze) -> dict[str, Any]:
    """Let it rest until a day: at most 30 days on, of an acute one two working days. It is judged as before."""
    return await door.send(SnoozeAlert(**body.model_dump(), by=door.principal.subject), str(tenancy), status=201)


@router.post("/alerts/{tenancy}/resolution", status_code=201)
async def resolve(door: Caseworker, tenancy: UUID, body: Closing) -> dict[str, Any]:
    """Close it, whatever the ledger says: the same level raises no new one, a higher one does."""
    return await door.send(ResolveAlert(**body.model_dump(), by=door.principal.subject), str(tenancy), status=201)
