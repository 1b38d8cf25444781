"""Ports that nobody else takes while this process lives, also when what listens on them is killed and restarted."""

import random
import socket
import sys

from demo.local.errors import PlatformError

# Below the range from which Linux takes ports for outgoing connections (32768–60999).
RANGE = range(20_000, 32_000)


class Ports:
    """Other platforms on this machine are kept away by names in Linux' abstract socket space, freed at any end."""

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def take(self) -> int:
        for port in random.sample(RANGE, 1000):
            if self._hold(port) and _is_free(port):
                return port
        raise PlatformError(f"Fant ingen ledig port mellom {RANGE.start} og {RANGE.stop}")

    def _hold(self, port: int) -> bool:
        if sys.platform != "linux":
            return True
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0boligflyt-port-{port}")
        except OSError:
            name.close()
            return False
        self._held.append(name)
        return True

    def close(self) -> None:
        for name in self._held:
            name.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
