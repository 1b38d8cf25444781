"""Changes as they come, to an inbox that stays open: server-sent events.

A stream ends after a minute, at the latest with the session, and the browser comes again with the cookie that it has
by then: whoever has logged out, or may no longer see this, gets no further. What it missed meanwhile it finds by
holding `roll`, the first event of each stream, against what it shows.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from chassis.access import Door, page_door
from chassis.http import Problem
from notifications.pages.boards import Board
from notifications.pages.care import staff
from notifications.pages.inbox import Caseworker, Looking, notes, pages, shown, summary, today
from notifications.pages.rows import digest
from notifications.pages.wanted import Wanted

router = APIRouter()
LASTS = 60.0  # seconds
REST = 0.1  # seconds between two events at least, so that a storm of changes comes in few of them


def streams(door: Annotated[Door, Depends(page_door("boligansvarlig", "leder"))]) -> None:
    if "text/event-stream" not in door.request.headers.get("accept", ""):
        raise Problem(406, "event_stream_only", "Dette er en strøm av hendelser", "Åpne varselsiden i stedet.")


@router.get("/strom", response_class=EventSourceResponse, dependencies=[Depends(streams)])
async def stream(door: Caseworker, looking: Looking) -> AsyncIterator[ServerSentEvent]:
    state, ends = door.request.app.state, min(time.time() + LASTS, door.request.session["until"])
    async with state.boards.watched(state.store, door.principal.kommunenummer) as (board, watch):
        yield ServerSentEvent(event="roll", data=roll(board, looking, today(door)))
        while (left := ends - time.time()) > 0:
            changed, noted = await watch.taken(left)
            if changed or noted:
                yield ServerSentEvent(event="changes", data=await changes(door, board, looking, changed, noted=noted))
                await asyncio.sleep(REST)
    yield ServerSentEvent(event="again", data=None, raw_data="")


def roll(board: Board, looking: Wanted, day: date) -> dict[str, str]:
    return {id: digest(row, day) for id, row in board.alerts.items() if looking.admits(row)}


async def changes(door: Door, board: Board, looking: Wanted, changed: set[str], *, noted: bool) -> dict[str, Any]:
    """Cards to put in or in another's place, ids of those to take away, and what stands above them."""
    rows = {id: row for id in changed if (row := board.alerts.get(id)) and looking.admits(row)}
    cards = await shown(door, rows.values(), staff(board.staff))
    told = {
        "cards": [{"id": each.alert_id, "html": pages.text("card.html", card=each, notice="")} for each in cards],
        "gone": sorted(changed - rows.keys()),
        "summary": pages.text("summary.html", **summary([*board.alerts.values()], looking)),
    }
    if noted:
        told["notes"] = pages.text("notes.html", **notes(board.waiting, board.missed))
    return told
