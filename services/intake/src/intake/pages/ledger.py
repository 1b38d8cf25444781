"""Files: sent in, followed until they are booked, and what of them waits for somebody."""

from collections.abc import AsyncIterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from chassis.access import Door, page_door
from chassis.http.problems import problem
from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.words import column_name
from intake.domain.tenancies import Tenancy
from intake.pages.bad_lines import open_lines
from intake.pages.frame import case_reference, render, vault_of
from intake.translation.progress import IMPORTS, standing
from intake.translation.receiving import Refused, TooLarge
from intake.translation.uploading import uploaded

router = APIRouter()
Accountant = Annotated[Door, Depends(page_door("okonomi"))]

CEILING = 1_000_000_000  # bytes; what an installation takes is a setting below it
BLOCK = 256 * 1024  # bytes
SHOWN, LISTED = 30, 100  # newest files; faults of a refused one, and tenancies that aren't in a register

EXAMPLE = (files("intake") / "tenancy_register.example.csv").read_text(encoding="utf-8")
NEWEST = f"{IMPORTS} group by i.import order by i.accepted_at desc limit {SHOWN}"
ONE = f"{IMPORTS} where i.import = $1 group by i.import"
ABSENT = """
select tenancy from bookings where account = $1 and standing = 'started' and register <> $2 order by tenancy limit $3
"""
WAITING = """
select (select count(*) from suspense where status = 'open') as unplaced,
    (select count(*) from bad_lines where status = 'open') as bad
"""


@router.get("/reskontro")
async def overview(door: Accountant) -> HTMLResponse:
    return await _overview(door)


@router.get("/reskontro.css", dependencies=[Depends(page_door("okonomi", "boligansvarlig"))])
async def style() -> FileResponse:
    return FileResponse(Path(__file__).with_name("reskontro.css"), media_type="text/css")


@router.post("/reskontro/filer", max_body_size=CEILING)
async def send(door: Accountant) -> Response:
    """A form's file is on disk by then, and streams from there as one from the API does."""
    form = await door.request.form()
    upload, once, who = form.get("file"), str(form.get("idempotency_key", "")), door.principal
    if not isinstance(upload, UploadFile) or not upload.size:
        return await _overview(door, 422, notice="Velg en fil først.")
    vault, largest = vault_of(door), door.request.app.state.largest_import
    id = vault.opaque("import", who.kommunenummer, who.subject, once)
    try:
        await uploaded(door, vault, who.kommunenummer, id, _blocks(upload), largest)
    except TooLarge:
        return await _overview(door, 413, notice=f"Filen er større enn {largest // 1_000_000} MB.")
    except NotALedgerFile as error:
        return await _overview(door, 400, notice=f"{error} Ingenting er bokført.")
    except Refused as error:
        notice = f"Filen har {len(error.faults)} feil, og ingenting av den er bokført."
        called = error.headings.get
        faults = [(each.line, called(each.field) or column_name(each.field), each.message) for each in error.faults]
        return await _overview(door, 422, notice=notice, faults=faults[:LISTED])
    return RedirectResponse(f"/reskontro/filer/{id}", 303)


@router.get("/reskontro/filer/{id}")
async def one(door: Accountant, id: str) -> HTMLResponse:
    """The whole page, or the part that htmx asks for again while the file is being booked."""
    rows = await door.rows(ONE, id)
    if not rows:
        raise problem(404, "no_such_import", "Filen finnes ikke. Den kan høre til en annen kommune.")
    file = shown(rows[0])
    template = "progress.html" if "hx-request" in door.request.headers else "import.html"
    lines = await open_lines(door, id) if file["bad_open"] else []
    absent = await _absent(door, file) if file["absent"] else []
    return render(door, template, file=file, lines=lines, absent=absent, **(await waiting(door)))


async def _absent(door: Door, file: Mapping[str, Any]) -> list[str]:
    """Tenancies that the register lacks: by their contract, where one was in a file, else by their short id."""
    rows = await door.rows(ABSENT, file["account"], file["import"], LISTED)
    found: dict[str, Tenancy] = await door.states("tenancy", [row["tenancy"] for row in rows])
    unseal = vault_of(door).unseal_text
    named = {id: unseal(state.terms.contract) for id, state in found.items() if state.terms.contract}
    return sorted(named.get(row["tenancy"]) or case_reference(row["tenancy"]) for row in rows)


async def waiting(door: Door) -> dict[str, int]:
    (row,) = await door.rows(WAITING)
    return {"unplaced_in_all": row["unplaced"], "bad_in_all": row["bad"]}


async def _overview(
    door: Door, status: int = 200, *, notice: str = "", faults: Sequence[tuple[int, str, str]] = ()
) -> HTMLResponse:
    files = [shown(row) for row in await door.rows(NEWEST)]
    largest = door.request.app.state.largest_import // 1_000_000
    told = {"notice": notice, "faults": faults, "largest": largest, "register_example": EXAMPLE}
    return render(door, "ledger.html", status, files=files, **told, **(await waiting(door)))


STATES: Mapping[str, tuple[str, str]] = {
    "booking": ("Bokføres", "info"),
    "held": ("Venter på retting", "warning"),
    "booked": ("Bokført", "success"),
}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    told = standing(row)
    name, colour = STATES[told["state"]]
    what, when = ("Leieregister for konto", "mottatt") if told["register"] else ("Konto", "per")
    percent = 100 * told["booked"] // told["lines"] if told["lines"] else 100
    shown = {"state_name": name, "colour": colour, "percent": percent, "about": f"{what} {told['account']}, {when}"}
    return told | shown | {"accepted_at": row["accepted_at"]}


async def _blocks(upload: UploadFile) -> AsyncIterator[bytes]:
    while block := await upload.read(BLOCK):
        yield block
