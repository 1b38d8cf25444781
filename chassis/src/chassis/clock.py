"""The time that people and rules see. Leases, back-off, tokens and the watchdog use the machine's own."""

from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Shows `start` when the machine shows `since`, and runs `speed` times as fast.

    Several processes show the same only with the same `since`; without it the clock begins at `start` each time
    that a process does, and so goes back when one is started again.
    """

    def __init__(
        self,
        start: datetime | None = None,
        speed: float = 1.0,
        since: datetime | None = None,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._machine, self._speed, self._since = machine, speed, since or machine()
        self._start = (start or self._since).astimezone(UTC)

    def now(self) -> datetime:
        return self._start + (self._machine() - self._since) * self._speed
