"""A rehearsal in the background: the municipality's own tenancies, some at a time, under the pages' role.

It ends with the process; what is noted of it stands, and a person starts it anew.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog

from chassis.outputs import OSLO, Message
from notifications.domain.municipality import Rehearsal, municipality_id
from notifications.domain.policy import Policy, Version
from notifications.domain.rehearsal import Compared, compared
from notifications.domain.tenancy import Tenancy
from notifications.messages import NoteRehearsal, RehearsedAlert

log = structlog.get_logger()

AT_ONCE = 25  # tenancies between two notes of how far it has come
TENANCIES = "select tenancy from tenancies order by tenancy"
PAST = timedelta(days=365)


@dataclass
class Rehearsals:
    """`store`, `clock`: of the application. The tasks that run are kept, so that none is collected halfway."""

    def __post_init__(self) -> None:
        self.running: set[asyncio.Task[None]] = set()

    def start(self, state: Any, kommunenummer: str, rehearsal: Rehearsal) -> None:
        task = asyncio.create_task(_carried_out(state, kommunenummer, rehearsal))
        self.running.add(task)
        task.add_done_callback(self.running.discard)


async def _carried_out(state: Any, kommunenummer: str, rehearsal: Rehearsal) -> None:
    try:
        ids = [row["tenancy"] for row in await state.store.rows(kommunenummer, TENANCIES)]
        done, goes_on = 0, True
        while goes_on and (some := ids[done : done + AT_ONCE]):
            found = await state.store.states(kommunenummer, "tenancy", some)
            done += len(some)
            total = rehearsal.total if done == len(ids) else min(done, rehearsal.total - 1)
            note = await asyncio.to_thread(_note, state, kommunenummer, rehearsal, found, total)
            goes_on = await _told(state, kommunenummer, rehearsal, note)
    except Exception as error:  # noqa: BLE001 - the page says how far it came; a person starts it anew
        log.warning("rehearsal.stopped", error=type(error).__name__)


def _note(
    state: Any, kommunenummer: str, rehearsal: Rehearsal, tenancies: dict[str, Tenancy], done: int
) -> NoteRehearsal:
    """The past under the thresholds that hold in the end, and under them as changed, as if there were no go-live."""
    newest = state.policies.of(kommunenummer).newest
    today = Policy((Version(0, newest),))
    changed = Policy((Version(0, replace(newest, **dict(rehearsal.numbers), version="prøve")),))
    until: date = state.clock.now().astimezone(OSLO).date()
    since = (until - PAST).toordinal()
    each: Sequence[tuple[str, Compared]] = [
        (id, compared(tenancy, today, changed, since, until.toordinal())) for id, tenancy in tenancies.items()
    ]
    return NoteRehearsal(
        rehearsal=rehearsal.number,
        done=done,
        before=sum(one.before for _, one in each),
        after=sum(one.after for _, one in each),
        found=tuple(RehearsedAlert(tenancy=id, **asdict(moved)) for id, one in each for moved in one.moved),
    )


async def _told(state: Any, kommunenummer: str, rehearsal: Rehearsal, note: NoteRehearsal) -> bool:
    subject = municipality_id(kommunenummer)
    id = uuid5(UUID(subject), f"{rehearsal.number}:{rehearsal.started_at.isoformat()}:{note.done}")
    message = Message(id, note.type, subject, kommunenummer, state.clock.now(), note, str(id))
    answer = await state.store.command(message, request_hash=hashlib.sha256(note.model_dump_json().encode()).digest())
    return bool(answer["goes_on"])
