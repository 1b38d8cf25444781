"""How a simulated partner answers a call, well or badly: what it was told to do next, and what chance makes of its
share of calls; and its own record of what it did.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

# fails, busy, limits: nothing is processed. falls silent: it is, and no answer comes. drips: byte by byte.
MANNERS = ("fails", "busy", "limits", "is late", "falls silent", "drips")
INTERNAL_SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
DRIP = 0.001  # seconds between two bytes
# Manners in which nothing is processed, by the status that says so.
UNDONE = {
    "fails": INTERNAL_SERVER_ERROR,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "limits": HTTPStatus.TOO_MANY_REQUESTS,
}


class Behaviour(BaseModel):
    """How to misbehave. Counters run down; a request sets all of it. `misbehaving`: the share of calls that chance,
    drawn from the seed and the number of the call, gives one of the `MANNERS`.
    """

    down: bool = False
    latency_ms: Annotated[int, Field(ge=0)] = 0
    fail_next: Annotated[int, Field(ge=0)] = 0
    timeout_after_accept_next: Annotated[int, Field(ge=0)] = 0
    refuse_next: Annotated[int, Field(ge=0)] = 0
    retry_after: Annotated[int, Field(ge=0)] | None = None
    puzzle_next: Annotated[int, Field(ge=0)] = 0
    misbehaving: Annotated[float, Field(ge=0, le=1)] = 0.0


@dataclass(slots=True, kw_only=True)
class Partner:
    """Times in seconds. `record`: JSON lines, the partner's own word of what it did; never content."""

    seed: int = 1
    hang_seconds: float = 30.0
    late_seconds: float = 0.05
    record: Path | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: int = 0

    def note(self, what: str, key: object, at: datetime | None = None, **facts: Any) -> None:
        if self.record is None:
            return
        line = {"time": (at or self.now()).isoformat(), "what": what, "key": str(key), **facts}
        with self.record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def noted(self) -> Iterator[dict[str, Any]]:
        """What an earlier run on the same record noted."""
        if self.record is not None and self.record.exists():
            lines = self.record.read_text(encoding="utf-8").split("\n")
            yield from (json.loads(line) for line in lines if line)

    def manner(self) -> str:
        """The manner of the next call; empty where it is answered as it should be."""
        self.calls += 1
        draw = random.Random(f"{self.seed}:call {self.calls}")
        return draw.choice(MANNERS) if draw.random() < self.behaviour.misbehaving else ""


async def behaving(partner: Partner, key: object, work: Callable[[], Awaitable[Response]]) -> Response:
    """The answer to a call, in the manner that is up. Where it says that it failed, nothing was processed."""
    if failure := await _told_to_fail(partner, key):
        return failure
    if manner := partner.manner():
        partner.note("misbehaved", key, manner=manner)
    if manner in UNDONE:
        status = UNDONE[manner]
        return Response(status_code=status, headers={} if status == INTERNAL_SERVER_ERROR else {"Retry-After": "1"})
    await asyncio.sleep(partner.late_seconds if manner == "is late" else 0)
    answer = await work()
    if manner == "falls silent":
        await asyncio.sleep(partner.hang_seconds)
        return Response(status_code=INTERNAL_SERVER_ERROR)
    if manner == "drips":
        return StreamingResponse(_dripping(bytes(answer.body)), answer.status_code, media_type=answer.media_type)
    return answer


async def lost(partner: Partner, key: object) -> Response | None:
    """In the place of the answer to what the partner has done, where that answer is one that gets lost."""
    if not partner.behaviour.timeout_after_accept_next:
        return None
    partner.behaviour.timeout_after_accept_next -= 1
    partner.note("answer_lost", key)
    await asyncio.sleep(partner.hang_seconds)
    return Response(status_code=INTERNAL_SERVER_ERROR)


async def _told_to_fail(partner: Partner, key: object) -> Response | None:
    await asyncio.sleep(partner.behaviour.latency_ms / 1000)
    if not partner.behaviour.down and not partner.behaviour.fail_next:
        return None
    if not partner.behaviour.down:
        partner.behaviour.fail_next -= 1
    partner.note("failed", key)
    wish = partner.behaviour.retry_after
    return Response(status_code=503, headers={} if wish is None else {"Retry-After": str(wish)})


async def _dripping(content: bytes) -> AsyncIterator[bytes]:
    for byte in content:
        yield bytes([byte])
        await asyncio.sleep(DRIP)
