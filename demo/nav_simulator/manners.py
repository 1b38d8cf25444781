"""How NAV answers a call, well or badly: what it was told to do next, and what chance makes of its share of calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

from fastapi.responses import Response, StreamingResponse


class Behaviour(Protocol):
    latency_ms: int
    down: bool
    fail_next: int
    retry_after: int | None


class Partner(Protocol):
    """Whoever may be told to misbehave: NAV's simulator, and SvarUt's."""

    hang_seconds: float
    late_seconds: float

    @property
    def behaviour(self) -> Behaviour: ...

    def manner(self) -> str: ...

    def note(self, what: str, key: object, at: datetime | None = None, **facts: Any) -> None: ...


INTERNAL_SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
DRIP = 0.001  # seconds between two bytes
# Manners in which nothing is processed, by the status that says so.
UNDONE = {
    "fails": INTERNAL_SERVER_ERROR,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "limits": HTTPStatus.TOO_MANY_REQUESTS,
}


async def behaving(nav: Partner, key: object, work: Callable[[], Awaitable[Response]]) -> Response:
    """The answer to a call, in the manner that is up. Where NAV says that it failed, nothing was processed."""
    if failure := await _told_to_fail(nav, key):
        return failure
    if manner := nav.manner():
        nav.note("misbehaved", key, manner=manner)
    if manner in UNDONE:
        status = UNDONE[manner]
        return Response(status_code=status, headers={} if status == INTERNAL_SERVER_ERROR else {"Retry-After": "1"})
    await asyncio.sleep(nav.late_seconds if manner == "is late" else 0)
    answer = await work()
    if manner == "falls silent":
        await asyncio.sleep(nav.hang_seconds)
        return Response(status_code=INTERNAL_SERVER_ERROR)
    if manner == "drips":
        return StreamingResponse(_dripping(bytes(answer.body)), answer.status_code, media_type=answer.media_type)
    return answer


async def _told_to_fail(nav: Partner, key: object) -> Response | None:
    await asyncio.sleep(nav.behaviour.latency_ms / 1000)
    if not nav.behaviour.down and not nav.behaviour.fail_next:
        return None
    if not nav.behaviour.down:
        nav.behaviour.fail_next -= 1
    nav.note("failed", key)
    wish = nav.behaviour.retry_after
    return Response(status_code=503, headers={} if wish is None else {"Retry-After": str(wish)})


async def _dripping(content: bytes) -> AsyncIterator[bytes]:
    for byte in content:
        yield bytes([byte])
        await asyncio.sleep(DRIP)
