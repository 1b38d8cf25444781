"""The ledger: a file streams in, is checked to its end before any of it is booked, and then books itself."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request

from chassis.access import Door, door
from chassis.http.problems import problem
from intake.api.identity import TheVault
from intake.domain.ledger.file import NotALedgerFile
from intake.translation.progress import IMPORTS, standing
from intake.translation.receiving import Refused, TooLarge
from intake.translation.uploading import listed, uploaded

log = structlog.get_logger()
router = APIRouter(tags=["reskontro"])

Accountant = Annotated[Door, Depends(door("okonomi"))]

CEILING = 1_000_000_000  # bytes; what an installation takes is a setting below it
BLOCK = 256 * 1024  # bytes
CSV = {"schema": {"type": "string"}}
FILE = {"type": "string", "format": "binary"}
FORM = {"schema": {"type": "object", "required": ["file"], "properties": {"file": FILE}}}
FORMS = {"text/csv": CSV, "application/x-ndjson": CSV, "text/plain": CSV, "multipart/form-data": FORM}
BODY = {"requestBody": {"required": True, "content": FORMS}}

PROGRESS = f"{IMPORTS} where i.import = $1 group by i.import"


@router.post("/ledger/imports", status_code=202, openapi_extra=BODY, max_body_size=CEILING)
async def import_ledger(request: Request, door: Accountant, vault: TheVault) -> dict[str, Any]:
    """Take a ledger file in. Each line that can't be booked is named; the others go in."""
    who = door.principal
    once = request.headers.get("idempotency-key", "")
    id = vault.opaque("import", who.kommunenummer, who.subject, once)
    largest = request.app.state.largest_import
    try:
        answer = await uploaded(door, vault, who.kommunenummer, id, await _blocks(request), largest)
    except TooLarge:
        raise problem(413, "ledger_too_large", f"Filen er større enn {largest // 1_000_000} MB.") from None
    except NotALedgerFile as error:
        raise problem(400, "not_a_ledger_file", str(error)) from None
    except Refused as error:
        log.info("ledger.refused", faults=len(error.faults))
        sentence = f"Filen har {len(error.faults)} feil, og ingenting av den er bokført."
        raise problem(422, "ledger_refused", sentence, errors=listed(error.faults, error.headings)) from None
    log.info("ledger.received", lines=answer["lines"], bad=answer["bad"])
    return answer


@router.get("/ledger/imports/{id}")
async def progress(id: str, door: Accountant) -> dict[str, Any]:
    """How far the booking has come. `booked`: lines of the file that have been, while other files may be under way."""
    rows = await door.rows(PROGRESS, id)
    if not rows:
        raise problem(404, "not_found", "Filen finnes ikke.")
    return standing(rows[0])


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """The file, a piece at a time; a form's is on disk by then."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return request.stream()
    upload = (await request.form()).get("file")
    if not isinstance(upload, UploadFile):
        raise problem(400, "file_missing", "Skjemaet må ha filen i feltet file.")
    return _read(upload)


async def _read(upload: UploadFile) -> AsyncIterator[bytes]:
    while block := await upload.read(BLOCK):
        yield block
