"""A writer's door to its event log: what it has sent, without content, and sending it again."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.access import Door, door
from chassis.http.problems import problem

log = structlog.get_logger()

PURPOSE = "reconcile"
PAGE = 5_000  # events
MOST_AGAIN = 1_000  # ids in one question

LOG = """
select id, event_id, key, headers->>'ce_type' as type, (headers->>'ce_sequence')::bigint as sequence,
       position is not null as sent, partition, record_offset, erased
from outbox where topic = $1 and id > $3
and created_at >= $2::date::timestamp at time zone 'Europe/Oslo'
and created_at < ($2::date + 1)::timestamp at time zone 'Europe/Oslo'
order by id limit $4
"""
# As they were: same id, headers and payload. The relay takes what has no position, in order of id, so per key.
# What an erased person's events said is gone: empty ones would be parked by whoever reads them.
AGAIN = """
update outbox set position = null, partition = null, record_offset = null
where event_id = any($1::uuid[]) and position is not null and not erased returning 1
"""

Service = Annotated[Door, Depends(door("tjeneste"))]


class Again(BaseModel):
    model_config = ConfigDict(extra="forbid")
    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AGAIN)]


def event_log() -> APIRouter:
    router = APIRouter(prefix="/event-log", tags=["avstemming"])

    @router.get("")
    async def page(
        door: Service, topic: str, day: date, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
    ) -> dict[str, Any]:
        """What was decided for a topic on a day (Europe/Oslo), in order. `next`: the next page's `after`."""
        _for_reconciliation(door)
        rows = await door.rows(LOG, topic, day, after, PAGE)
        events = [[str(row["event_id"]), *list(row.values())[2:]] for row in rows]
        return {"events": events, "next": rows[-1]["id"] if len(rows) == PAGE else None}

    @router.post("/republications")
    async def again(door: Service, body: Again) -> dict[str, int]:
        """Send these once more, as they were. Whoever has them drops them by their id; asking twice does no harm."""
        _for_reconciliation(door)
        rows = await door.rows(AGAIN, body.ids)
        door.request.app.state.store.database.wake()
        log.warning("event_log.republished", by=door.principal.acting_user, events=len(rows))
        return {"republished": len(rows)}

    return router


def _for_reconciliation(door: Door) -> None:
    if door.principal.purpose != PURPOSE:
        raise problem(403, "wrong_purpose", f"Hendelsesloggen vises bare med formålet «{PURPOSE}».")
