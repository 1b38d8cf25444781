"""A ledger file from the wire into the books, the same way from the API and from a page."""

from collections.abc import AsyncIterator, Mapping
from functools import lru_cache, partial
from typing import Any, Protocol
from uuid import uuid4

from chassis.outputs import Body
from intake.domain.ledger.file import Chunk
from intake.domain.ledger.ids import chunk_key
from intake.domain.ledger.lines import Fault
from intake.messages import AcceptImport, KeepChunk
from intake.translation.formats import banks, mappings, recognized
from intake.translation.receiving import Naming, Receiving, taken_in

MOST_FAULTS = 1_000


class Vault(Protocol):
    def opaque(self, purpose: str, *parts: str) -> str: ...
    def seal_text(self, text: str) -> str: ...


class Door(Protocol):
    """Of one municipality."""

    async def put(self, body: Body, subject: str) -> None: ...
    async def send(self, body: Body, subject: str, *, status: int = 200) -> dict[str, Any]: ...


def tenancy_id(vault: Vault, kommunenummer: str, contract: str) -> str:
    return vault.opaque("tenancy", kommunenummer, contract)


def naming(vault: Vault, kommunenummer: str) -> Naming:
    return Naming(
        tenancy=lru_cache(maxsize=8192)(partial(tenancy_id, vault, kommunenummer)),
        dwelling=partial(vault.opaque, "dwelling", kommunenummer),
        public=partial(vault.opaque, "public tenancy", kommunenummer),
        seal=vault.seal_text,
    )


async def uploaded(
    door: Door, vault: Vault, kommunenummer: str, import_id: str, blocks: AsyncIterator[bytes], largest: int
) -> dict[str, Any]:
    """What the file's acceptance was answered with, and its bad lines. Raises NotALedgerFile, Refused and TooLarge."""
    names = naming(vault, kommunenummer)
    receiving = Receiving(
        kommunenummer, import_id, names, lambda first: recognized(first, mappings(), banks(), kommunenummer)
    )
    upload, chunks = str(uuid4()), 0

    async def keep(chunk: Chunk) -> None:
        nonlocal chunks
        await door.put(KeepChunk(chunk=chunk), chunk_key(upload, chunks))
        chunks += 1

    file = await taken_in(receiving, blocks, largest, keep)
    command = AcceptImport(file=file, upload=upload, chunks=chunks, bad=len(receiving.bad))
    answer = await door.send(command, import_id, status=202)
    return answer | {"errors": listed([fault for bad in receiving.bad for fault in bad.faults], receiving.headings)}


def listed(faults: list[Fault], headings: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """With what the file calls the column, where that isn't what we call it."""
    return [
        {"line": fault.line, "field": fault.field, "message": fault.message}
        | ({"heading": headings[fault.field]} if fault.field in headings else {})
        for fault in faults[:MOST_FAULTS]
    ]
