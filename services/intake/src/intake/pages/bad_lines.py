"""Bad lines: each with what stands in the file, why it can't be booked, and a form to repair or strike it."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.access import Door, page_door
from chassis.errors import Reject
from chassis.http.problems import problem
from intake.domain.ledger.ids import account_key
from intake.domain.ledger.kinds import EVERY, KINDS, REGISTERED, ROWS, Kind
from intake.domain.ledger.lines import Fault, read_line
from intake.domain.ledger.words import KIND_NAMES, ROW_NAMES, asked_in_kroner, column_name
from intake.messages import RepairLine, StrikeLine
from intake.pages.frame import render, vault_of
from intake.translation.csv_rows import ore
from intake.translation.receiving import STARTING
from intake.translation.uploading import naming

log = structlog.get_logger()
router = APIRouter()
Accountant = Annotated[Door, Depends(page_door("okonomi"))]
Version = Annotated[int, Form(ge=1, le=2**31 - 1)]
Cell = Annotated[str, Form(max_length=200)]

AT_ONCE = 50
LINES = "select * from bad_lines where import = $1 and status = 'open' order by line_number, bad_line limit $2"
ONE = "select b.*, i.register from bad_lines b join imports i on i.import = b.import where b.bad_line = $1"
FORM = [column for column in EVERY if column not in ("account", "kind")]
HELPS = {
    "reference": "Bilagets eget nummer, som er unikt for slaget på kontoen",
    "date": "ÅÅÅÅ-MM-DD",
    "tenancy": "Kontraktens navn. Kan stå tomt på en innbetaling med KID",
    "amount_ore": "I kroner, som 8 000,00",
    "due": "ÅÅÅÅ-MM-DD, på fakturaer og avdrag",
    "until": "ÅÅÅÅ-MM-DD",
    "amends": "Referansen til fakturaen, innbetalingen eller avtalen som linjen gjelder",
    "dated": "ÅÅÅÅ-MM-DD, på et § 4-18-varsel: datoen det bærer",
    "received": "ÅÅÅÅ-MM-DD, på et § 4-18-varsel: da det kom fram",
    "code": "avtalegiro eller deduction, på AvtaleGiro eller trekk som er stanset",
    "ended": "ÅÅÅÅ-MM-DD, siste dag; tom så lenge noen bor der",
    "dwelling": "Boligens kode i registeret",
    "leased": "ÅÅÅÅ-MM-DD",
    "rent_from": "ÅÅÅÅ-MM-DD",
}
DONE = {"repaired": "rettet", "struck": "strøket", "came_later": "kommet riktig i en senere fil"}


async def open_lines(door: Door, import_id: str) -> list[dict[str, Any]]:
    return [_shown(door, row) for row in await door.rows(LINES, import_id, AT_ONCE)]


@router.get("/reskontro/linjer/{id}")
async def one(door: Accountant, id: UUID) -> HTMLResponse:
    return await _page(door, str(id))


@router.post("/reskontro/linjer/{id}/retting")
async def repair(
    door: Accountant,
    id: UUID,
    version: Version,
    *,
    kind: Cell = "",
    reference: Cell = "",
    date: Cell = "",
    tenancy: Cell = "",
    kid: Cell = "",
    kroner: Cell = "",
    due: Cell = "",
    until: Cell = "",
    amends: Cell = "",
    dated: Cell = "",
    received: Cell = "",
    code: Cell = "",
    ended: Cell = "",
    dwelling: Cell = "",
    leased: Cell = "",
    rent_from: Cell = "",
) -> Response:
    """Read as a line of our own form; what is still wrong with it is said, and nothing that was written is lost."""
    row, who, names = await _row(door, str(id)), door.principal, naming(vault_of(door), door.principal.kommunenummer)
    written = {"kind": kind, "reference": reference, "date": date, "tenancy": tenancy, "kid": kid}
    written |= {"amount_ore": ore(kroner.strip()), "due": due, "until": until, "amends": amends}
    written |= {"dated": dated, "received": received, "code": code}
    written |= {"ended": ended, "dwelling": dwelling, "leased": leased, "rent_from": rent_from}
    cells = {"account": row["account"]} | {column: text.strip() for column, text in written.items()}
    if kind == REGISTERED:
        cells = _row_of_register(cells, _told(door, row)["cells"])
    key = account_key(who.kommunenummer, row["account"])
    line, faults = read_line(row["line_number"], cells, key, names.tenancy, kinds=_kinds(row), dwelling=names.dwelling)
    if line is None:
        return await _page(door, str(id), status=422, faults=faults, cells=cells)
    starts = line.kind in STARTING
    public = {line.tenancy: names.public(line.tenancy)} if starts else {}
    contracts = {line.tenancy: names.seal(cells["tenancy"])} if starts else {}
    command = RepairLine(line=line, public_ids=public, contracts=contracts, version=version, by=who.subject)
    return await _sent(door, str(id), command, cells)


@router.post("/reskontro/linjer/{id}/stryking")
async def strike(door: Accountant, id: UUID, version: Version) -> Response:
    await _row(door, str(id))
    return await _sent(door, str(id), StrikeLine(version=version, by=door.principal.subject), None)


async def _sent(door: Door, id: str, command: RepairLine | StrikeLine, cells: Mapping[str, str] | None) -> Response:
    """Back to the file; where it was refused, the line as it is now with the sentence."""
    try:
        await door.send(command, id)
    except Reject as refusal:
        return await _page(door, id, status=refusal.status, notice=refusal.sentence, cells=cells)
    row = await _row(door, id)
    return RedirectResponse(f"/reskontro/filer/{row['import']}", 303)


async def _page(
    door: Door,
    id: str,
    *,
    status: int = 200,
    notice: str = "",
    faults: list[Fault] | None = None,
    cells: Mapping[str, str] | None = None,
) -> HTMLResponse:
    row = await _row(door, id)
    line = _shown(door, row)
    if cells is not None and line["open"]:
        line |= _cells(cells)
    if faults:
        line["faults"] = _named(((fault.field, asked_in_kroner(fault)) for fault in faults), line["cells"]["kind"])
    asked, others = _asked(line["cells"], _kinds(row))
    labels = {column: column_name(column, line["cells"]["kind"]) for column in EVERY}
    words = {"kinds": ROW_NAMES if row["register"] else KIND_NAMES, "labels": labels, "helps": HELPS, "notice": notice}
    return render(door, "bad_line.html", status, line=line, asked=asked, others=others, **words)


async def _row(door: Door, id: str) -> Any:
    rows = await door.rows(ONE, id)
    if not rows:
        raise problem(404, "no_such_line", "Linjen finnes ikke. Den kan høre til en annen kommune.")
    return rows[0]


def _kinds(row: Mapping[str, Any]) -> Mapping[str, Kind]:
    """Those that the line's own file may hold: a register rows of one, a ledger file none of those."""
    return ROWS if row["register"] else KINDS


def _told(door: Door, row: Mapping[str, Any]) -> dict[str, Any]:
    if not row["sealed"]:
        return {"raw": "", "cells": {}}
    told: dict[str, Any] = json.loads(vault_of(door).unseal_text(row["sealed"]))
    return told


def _row_of_register(cells: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """What neither the register nor the form says isn't said: an empty day there means that there is none."""
    said = {column: text for column, text in cells.items() if text or column in told or not told}
    return said | {"reference": cells["tenancy"]}


def _shown(door: Door, row: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the line is opened for showing alone."""
    told = _told(door, row)
    return {
        "id": row["bad_line"],
        "import": row["import"],
        "account": row["account"],
        "number": row["line_number"],
        "version": row["version"],
        "open": row["status"] == "open",
        "done": DONE.get(row["status"], ""),
        "done_on": row["done_on"],
        "faults": _named(
            ((each["field"], each["message"]) for each in json.loads(row["faults"])), told["cells"].get("kind", "")
        ),
        "raw": told["raw"],
        **_cells(told["cells"]),
    }


def _cells(told: Mapping[str, str]) -> dict[str, Any]:
    """As the form has them: the amount in kroner, where it can be read."""
    cells = {column: told.get(column, "") for column in EVERY}
    amount = cells["amount_ore"]
    kroner = f"{int(amount) // 100},{int(amount) % 100:02}" if amount.isascii() and amount.isdigit() else amount
    return {"cells": cells, "kroner": kroner}


def _asked(cells: Mapping[str, str], kinds: Mapping[str, Kind]) -> tuple[list[str], list[str]]:
    """The columns that lines of this kind have or that something stands in, and the others. Of no kind: all."""
    kind, form = kinds.get(cells["kind"]), FORM
    if cells["kind"] == REGISTERED:
        form = [column for column in FORM if column != "reference"]  # its contract is
    asked = [column for column in form if kind is None or cells[column] or kind.use(column) != "empty"]
    return asked, [column for column in form if column not in asked]


def _named(faults: Iterable[tuple[str, str]], kind: str) -> list[tuple[str, str]]:
    return [(column_name(field, kind), message) for field, message in faults]
