"""Ends a process that stands still, and its supervisor starts it again; nothing is rebuilt in place.

An error of the group's heartbeat ends aiokafka's reading for good while everything else answers. So what counts is
the effect: records wait and our position doesn't move. A loop that is blocked can't judge itself: there the
interpreter's own timer ends the process, with a trace of all threads. So it does with one that is to end and can't: a
request that comes in as the loop closes may leave a thread behind for which the interpreter would wait for ever.
"""

import faulthandler
from collections.abc import Mapping

from chassis.errors import BrokenInvariant

STILL = 20.0  # seconds; with the time between two looks, a process that reads no more has ended within 30
BLOCKED = 30.0  # seconds

Places = Mapping[tuple[str, int], int]


class Watchdog:
    """Is shown, every few seconds, where the positions stand and where the topics end."""

    def __init__(self) -> None:
        self._stands: dict[tuple[str, int], tuple[int, float]] = {}

    def see(self, now: float, positions: Places, ends: Places) -> None:
        """`now`: seconds of a clock that never goes back. Raises `BrokenInvariant` when a position has stood too long.

        Ends that can't be told, as the database or Kafka is away, are no fault of ours: the waiting starts anew.
        """
        faulthandler.dump_traceback_later(BLOCKED, exit=True)
        before = self._stands
        waiting = {place: at for place, end in ends.items() if (at := positions.get(place, 0)) < end}
        self._stands = {p: before[p] if p in before and before[p][0] == at else (at, now) for p, at in waiting.items()}
        for (topic, _), (_, since) in self._stands.items():
            if now - since > STILL:
                raise BrokenInvariant(f"records of {topic} wait, and none has been read for {STILL:.0f} seconds")

    def rest(self) -> None:
        """The loop may block from now on."""
        faulthandler.cancel_dump_traceback_later()


def see_out() -> None:
    """The process is to end. What would keep it, as a thread that nobody stops, has a last while, and then ends too."""
    faulthandler.dump_traceback_later(BLOCKED, exit=True)
