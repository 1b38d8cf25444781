"""All that runs in the demo, started once for these tests, with a supervisor that starts again what dies."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from demo.local.children import Child
from demo.local.errors import ChildDied
from demo.local.platform import Platform
from demo.player.services import PACKAGES, ready, start_partners, start_services

PATIENCE = 60  # seconds
LONGEST_PAUSE = 0.25  # seconds


class System:
    """Real everything. `exits`: which service ended of itself, with its code, and was started again."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.exits: list[tuple[str, int]] = []
        self._held: set[str] = set()
        self.partners = start_partners(platform)
        self.services = start_services(platform)
        platform.on_death(self._died)

    def _died(self, death: ChildDied) -> None:
        if (child := self.services.get(death.name)) is None or death.name in self._held:
            return
        self.exits.append((death.name, death.code))
        child.start()

    def await_ready(self, *names: str) -> None:
        waiting = list(names or PACKAGES)
        until(lambda: all(ready(self.platform, name) for name in waiting), f"{waiting} ready")

    def stop(self, *names: str) -> None:
        """As an operator would; no kill."""
        for name in names:
            self.services[name].terminate()

    def start(self, *names: str) -> None:
        for name in names:
            self.services[name].start()

    def sigkill(self, child: Child) -> None:
        """At once, from outside; returns when it is gone, and leaves it so."""
        self._held.add(child.name)
        os.kill(child.pid, signal.SIGKILL)
        until(lambda: not child.alive, f"{child.name} gone")

    def supervised_again(self, child: Child) -> None:
        self._held.discard(child.name)
        child.start()

    def token(self, role: str, kommunenummer: str) -> str:
        return self.platform.token(f"{role}-{kommunenummer}")

    def url(self, service: str) -> str:
        return self.platform.addresses.url(service)

    @property
    def subscribers(self) -> dict[str, dict[str, Any]]:
        """Arguments for aiokafka per principal, the administrator's among them."""
        names = ["admin", *self.platform.topics.principals]
        return {name: self.platform.kafka.connection(name).aiokafka() for name in names}

    @property
    def admin(self) -> dict[str, Any]:
        return self.platform.admin_kafka().aiokafka()

    @property
    def topics(self) -> list[str]:
        return sorted(self.platform.topics.named)

    @property
    def logs(self) -> list[Path]:
        return sorted(self.platform.folder.glob("*.log"))


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Returns when it holds; raises when it hasn't in time.

    It pauses for twice as long as a look takes, and leaves the machine to others.
    """
    began = time.monotonic()
    while True:
        looked = time.monotonic()
        if condition():
            return
        now = time.monotonic()
        if now > began + seconds:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(min(LONGEST_PAUSE, max(0.01, 2 * (now - looked))))


def answers(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, timeout=2).is_success
    return False
