"""From an event back to the file, the line and the hash that it came from."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query

from chassis.access import Door, door
from chassis.access.principal import SERVICE
from chassis.causation import trail
from chassis.http.problems import problem

log = structlog.get_logger()
router = APIRouter(tags=["årsaker"])

Service = Annotated[Door, Depends(door(SERVICE))]

# By the line's id, and for a file's end by the command that brought the file.
FILES = """
select l.line_id as of, l.line_number, i.digest, i.account, i.as_of, i.lines, i.accepted_at
from ledger_lines l join imports i using (import, kommunenummer) where l.line_id = any($1::text[])
union all
select command, end_line, digest, account, as_of, lines, accepted_at from imports where command = any($2::text[])
"""


@router.get("/causation/{key}")
async def causation(
    key: UUID, door: Service, id: Annotated[list[UUID] | None, Query(max_length=200)] = None
) -> dict[str, Any]:
    """An application's or a tenancy's events: all, or those that are named or caused by what is named."""
    found: dict[str, Any] = await trail(door.rows, str(key), [str(each) for each in id] if id else None)
    if not found["events"]:
        raise problem(404, "not_found", "Det finnes ingen hendelser å vise.")
    who, events = door.principal, found["events"]
    log.info("causation.looked_up", acting_user=who.acting_user, purpose=who.purpose, count=len(events))
    asked = [event["cause"] for event in events], [event["correlation"] for event in events]
    files = {row["of"]: dict(row) for row in await door.rows(FILES, *asked)}
    return found | {"events": [event | {"file": _file(event, files)} for event in events]}


def _file(event: dict[str, Any], files: dict[str, Any]) -> dict[str, Any] | None:
    """The line that the event was made of; a close is made of the file's last line."""
    end = event["correlation"] if event["type"] == "ledger.closed" else ""
    return files.get(event["cause"]) or files.get(end)
