"""What came of what: the events of one key with their causes, and its outward calls with what became of them.

A service tells its own rows alone. Who walks on asks the next service at its door, on behalf of the person who looks.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, get_args
from uuid import UUID, uuid5

import httpx

from chassis.envelope import MAJOR, PREFIX
from chassis.http import exchange
from chassis.outputs import Outcome

MOST = 500  # events or calls
NOTHING: Mapping[str, Any] = {"events": [], "calls": []}
EVENTS = """
select event_id::text as id, headers->>'ce_type' as type, headers->>'ce_time' as time,
       headers->>'ce_causationid' as cause, headers->>'ce_correlationid' as correlation,
       position is not null as sent, coalesce(nullif(convert_from(payload, 'UTF8'), ''), '{}') as data
from outbox where key = $1
and ($2::text[] is null or event_id::text = any($2::text[]) or headers->>'ce_causationid' = any($2::text[]))
order by outbox.id limit $3
"""
CALLS = """
select key::text as id, destination, status, attempts, causation as cause, correlation, created_at as time, closed_at
from calls where state_key = $1 order by calls.id limit $2
"""


async def trail(
    rows: Callable[..., Awaitable[list[Any]]], key: str, ids: Iterable[str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """`rows`: a door's, so of one municipality alone. `ids`: of the events wanted, or of what caused them.

    The `cause` of what followed from a partner's answer is the call that was answered.
    """
    calls = [dict(row) for row in await rows(CALLS, key, MOST)]
    answered = {answer: call["id"] for call in calls for answer in _answers(call)}
    found = [dict(row) for row in await rows(EVENTS, key, None if ids is None else sorted(ids), MOST)]
    for each in (*found, *calls):
        each["cause"] = answered.get(each["cause"], each["cause"])
    events = [
        each | {"type": each["type"].removeprefix(PREFIX).removesuffix(f".{MAJOR}"), "data": json.loads(each["data"])}
        for each in found
    ]
    return {"events": events, "calls": calls}


def _answers(call: Mapping[str, Any]) -> Iterable[str]:
    """The ids of the messages by which the call's answers came to its state."""
    key, attempts = UUID(call["id"]), range(1, call["attempts"] + 1)
    names = ["unreachable", *(f"{outcome}:{attempt}" for outcome in get_args(Outcome) for attempt in attempts)]
    return [str(uuid5(key, name)) for name in names]


class Elsewhere:
    """The trail as another service tells it."""

    def __init__(self, service: httpx.AsyncClient) -> None:
        self._service = service

    async def trail(
        self, key: str, ids: Iterable[str] | None = None, *, kommunenummer: str, acting_user: str
    ) -> Mapping[str, Any] | None:
        """None while the door is closed, so that a page can show its own part and say so."""
        headers = {"Kommunenummer": kommunenummer, "Acting-User": acting_user, "Purpose": "causation"}
        asked = httpx.QueryParams([("id", id) for id in sorted(set(ids or ()))])
        answer = await exchange(self._service, "GET", f"/causation/{key}?{asked}", headers=headers)
        if answer.outcome == "refused" and answer.body["status"] == httpx.codes.NOT_FOUND:
            return NOTHING
        return answer.body if answer.outcome == "accepted" else None
