"""The services with the street's input played, their clock standing on that morning."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import Progress

from demo.local.children import Child
from demo.local.platform import Platform
from demo.pictures import books, street
from demo.player.given import Given
from demo.player.play import Played, play
from demo.player.services import await_ready, start_partners, start_services


class ThatMorning(Platform):
    """Every service shows the street's morning, from when this was made."""

    def __init__(self) -> None:
        super().__init__()
        self._since = datetime.now(UTC).isoformat()
        self.running: dict[str, Child] = {}

    def service_environment(self, service: str) -> dict[str, str]:
        moved = {"CLOCK_START": street.MORNING.isoformat(), "CLOCK_SINCE": self._since}
        return super().service_environment(service) | moved


@contextmanager
def street_running() -> Iterator[ThatMorning]:
    """All of it, with every effect of the input there."""
    with ThatMorning() as platform:
        start_partners(platform)
        platform.running = start_services(platform)
        await_ready(platform)
        asyncio.run(_played(platform))
        yield platform


async def _played(platform: Platform) -> Played:
    with tempfile.TemporaryDirectory() as folder:
        return await play(platform, Given.read(books.write(Path(folder))), Progress(disable=True))
