"""Waiting for a condition, with a limit."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], what: str, seconds: float, pause: float = 0.05) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)
