"""One delivery's whole history in words, from what the service itself told, asked and was asked to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nav_bridge.domain import Delivery
from nav_bridge.translation.page_words import ANSWERS, CALLS, CODES, DONE, EVENTS, OTHERWISE, OUTCOMES, happened, reason

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    what: str
    more: str = ""


def history(delivery: Delivery, trail: Mapping[str, Sequence[Row]]) -> list[Step]:
    """`trail`: of the delivery's case; what is of its other deliveries is left out. The oldest first."""
    steps = [*_told(delivery, trail["events"]), *_asked(delivery, trail["calls"]), *_noted(delivery)]
    return sorted(steps, key=lambda step: step.at)


def _told(delivery: Delivery, events: Sequence[Row]) -> Iterator[Step]:
    for event in events:
        data = event["data"]
        if event["type"] in EVENTS and (data["referral_id"], data["revision"]) == delivery.pair:
            more = OUTCOMES.get(data.get("outcome", "")) or CODES.get(data.get("code", "")) or ""
            yield Step(_time(event["time"]), happened(event["type"], delivery.channel), more)


def _asked(delivery: Delivery, calls: Sequence[Row]) -> Iterator[Step]:
    mine = delivery.calls
    for call in calls:
        if UUID(str(call["id"])) in mine:
            to, status = call["destination"], call["status"]
            what, answer = OTHERWISE.get((to, status), (CALLS[to], ANSWERS[status]))
            times = f"{call['attempts']} forsøk" if call["attempts"] > 1 else ""
            yield Step(_time(call["closed_at"] or call["time"]), what, ", ".join(filter(None, (answer, times))))


def _noted(delivery: Delivery) -> Iterator[Step]:
    for note in delivery.notes:
        yield Step(note.at, DONE[note.act], f"{reason(note.reason, delivery.matter)}, av {note.by}")


def _time(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
