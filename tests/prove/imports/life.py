"""One life of intake's import: the file as its door takes it, then its parts and lines until nothing is left to do."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from pydantic import SecretStr

from chassis.clock import Clock
from chassis.database import Database
from chassis.outputs import Body, Message
from chassis.store import Store
from chassis.timers import Timers
from demo.local.databases import Urls
from intake.app import build
from intake.gateway import IdentityVault
from intake.settings import Settings
from intake.translation import receiving
from intake.translation.uploading import uploaded
from tests.prove.lines.dying import Line, trace

MUNICIPALITY = "3427"
SECRET = b"a secret of the proof, of at least thirty-two bytes"
BLOCK = 256 * 1024  # bytes
LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Life:
    """`at_once`: lines of a part, where it isn't as in the product. `target`: dies before that line's `nth` run."""

    urls: Urls
    file: Path
    key_file: Path
    at_once: int = receiving.AT_ONCE
    target: Line | None = None
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Desk:
    """What a door does with a file's parts: the same file is the same import, however often it is sent."""

    store: Store
    clock: Clock
    digest: bytes

    async def put(self, body: Body, subject: str) -> None:
        await self.send(body, subject, id=uuid4().bytes)

    async def send(self, body: Body, subject: str, *, status: int = 200, id: bytes = b"") -> dict[str, Any]:
        message_id = uuid5(NAMESPACE_OID, f"{body.type} {(id or self.digest).hex()}")
        message = Message(message_id, body.type, subject, MUNICIPALITY, self.clock.now(), body, str(message_id))
        return dict(await self.store.command(message, request_hash=self.digest))


def live(life: Life) -> None:
    """Until all of the file is booked, or dead."""
    receiving.AT_ONCE = life.at_once
    if life.target:
        trace(life.target, life.nth)
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    service = build(_settings(life))
    database = await Database.connect(life.urls.runners, life.urls.pages)
    clock = Clock(None, 1.0, None)
    store = Store(database, clock, service.wiring, service.kinds, service.handlers)
    digest = await asyncio.to_thread(_digest, life.file)
    vault, id = IdentityVault(SECRET), str(uuid5(NAMESPACE_OID, digest.hex()))
    await uploaded(Desk(store, clock, digest), vault, MUNICIPALITY, id, _blocks(life.file), LARGEST)
    timers = Timers(database, store, clock, service.classes, _nothing_read)
    while await timers.carry_due():
        pass
    await database.close()


async def _nothing_read() -> dict[tuple[str, int], int]:
    return {}


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            yield block


def _digest(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def _settings(life: Life) -> Settings:
    """Of all that a service must be told, what the import looks at."""
    nowhere = "http://127.0.0.1:9"
    return Settings.model_construct(
        mode="test",
        database_url=life.urls.runners,
        pages_database_url=life.urls.pages,
        issuer_url=nowhere,
        audience="intake",
        client_id="intake",
        client_secret=SecretStr("none"),
        identity_key_file=life.key_file,
        import_largest_mb=LARGEST // 10**6,
        eligibility_url=nowhere,
        nav_bridge_url=nowhere,
        notifications_url=nowhere,
    )
