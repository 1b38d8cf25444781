"""The ledger: a file is checked to its end before any of it is booked; then it books itself."""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request

from chassis.access import Door, door
from chassis.http.problems import Problem, problem
from intake.api.identity import TheVault, Vault, tenancy_id
from intake.domain.ledger import books
from intake.domain.ledger.books import Review
from intake.domain.ledger.file import LedgerFile, NotALedgerFile, read_file
from intake.domain.ledger.lines import Fault
from intake.messages import AcceptImport

log = structlog.get_logger()
router = APIRouter(tags=["reskontro"])

Accountant = Annotated[Door, Depends(door("okonomi"))]

MOST_FAULTS = 1_000
CSV = {"schema": {"type": "string"}}
FILE = {"type": "string", "format": "binary"}
FORM = {"schema": {"type": "object", "required": ["file"], "properties": {"file": FILE}}}
BODY = {"requestBody": {"required": True, "content": {"text/csv": CSV, "multipart/form-data": FORM}}}

PROGRESS = """
select i.*, coalesce(sum(b.booked), 0)::bigint as account_booked,
    count(*) filter (where b.first_import <= i.number and b.closed_import >= i.number) as closed
from imports i left join bookings b on b.kommunenummer = i.kommunenummer and b.account = i.account
where i.import = $1 group by i.import
"""


@router.post("/ledger/imports", status_code=202, openapi_extra=BODY)
async def import_ledger(request: Request, door: Accountant, vault: TheVault) -> dict[str, Any]:
    """Take a ledger file in: whole, or not at all with every field and line that is wrong."""
    who, content = door.principal, await _content(request)
    file, faults = await asyncio.to_thread(_read, content, who.kommunenummer, vault)
    if file:
        faults = (await _reviewed(file, door)).faults
    if file is None or faults:
        log.info("ledger.refused", faults=len(faults))
        raise _refused(faults)
    public_ids = {t: vault.opaque("public tenancy", who.kommunenummer, t) for t in books.started(file)}
    once = request.headers.get("idempotency-key", "")
    subject = vault.opaque("import", who.kommunenummer, who.subject, once)
    return await door.send(AcceptImport(file=file, public_ids=public_ids), subject, status=202)


@router.get("/ledger/imports/{id}")
async def progress(id: str, door: Accountant) -> dict[str, Any]:
    """How far the booking has come. `booked`: lines of the file that have been, while other files may be under way."""
    rows = await door.rows(PROGRESS, id)
    if not rows:
        raise problem(404, "not_found", "Filen finnes ikke.")
    (row,) = rows
    waiting = min(row["lines"], max(0, row["total"] - row["account_booked"]))
    return {
        "import": id,
        "account": row["account"],
        "as_of": row["as_of"],
        "lines": row["lines"],
        "booked": row["lines"] - waiting,
        "state": "booked" if row["closed"] >= row["closes"] else "booking",
    }


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    upload = (await request.form()).get("file")
    if not isinstance(upload, UploadFile):
        raise problem(400, "file_missing", "Skjemaet må ha filen i feltet file.")
    return await upload.read()


def _read(content: bytes, kommunenummer: str, vault: Vault) -> tuple[LedgerFile | None, list[Fault]]:
    try:
        return read_file(content, kommunenummer, cache(lambda contract: tenancy_id(vault, kommunenummer, contract)))
    except NotALedgerFile as error:
        raise problem(400, "not_a_ledger_file", str(error)) from None


async def _reviewed(file: LedgerFile, door: Door) -> Review:
    """As the handler will judge it, so that every fault can be named; it judges again under lock."""
    accounts = await door.states("account", [file.key])
    shards = await door.states("ledger_shard", sorted(books.shards(file)))
    tenancies = await door.states("tenancy", sorted(books.started(file)))
    claimed = {id: tenancy.account for id, tenancy in tenancies.items()}
    return await asyncio.to_thread(books.review, file, accounts.get(file.key), shards, claimed)


def _refused(faults: Sequence[Fault]) -> Problem:
    count = f"{len(faults)} feil" + (f"; de første {MOST_FAULTS} er listet" if len(faults) > MOST_FAULTS else "")
    return problem(
        422,
        "ledger_refused",
        f"Filen har {count}. Ingenting er bokført.",
        errors=[{"line": f.line, "field": f.field, "message": f.message} for f in faults[:MOST_FAULTS]],
    )
