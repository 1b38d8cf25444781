"""A tenancy's legal steps and agreements: those that are known, and a form for the next."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Form, Query
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.access import Door, page_door
from chassis.errors import Reject
from chassis.http.problems import problem
from intake.domain.ledger.kinds import KINDS, STEPS
from intake.domain.ledger.lines import Fault
from intake.domain.ledger.words import CODE_NAMES, KIND_NAMES, asked_in_kroner, column_name
from intake.domain.tenancies import Step, Tenancy
from intake.messages import EnterSteps
from intake.pages.frame import case_reference, render, today, vault_of
from intake.pages.tenants import names_of
from intake.translation.csv_rows import ore
from intake.translation.steps import AGREED, INSTALMENTS, Entry, lines_of, on_the_books, own_reference
from intake.translation.uploading import tenancy_id

log = structlog.get_logger()
router = APIRouter()
Staff = Annotated[Door, Depends(page_door("okonomi", "boligansvarlig"))]

PLACE = "/reskontro/leieforhold"
DATES = ("date", "dated", "received", "until")
ROWS = 12  # instalments that the form has room for
UNKNOWN = "Kontrakten finnes ikke. Skriv den som i husleiereskontroen."


@router.get(PLACE)
async def find(door: Staff) -> HTMLResponse:
    return render(door, "tenancy_search.html", notice="", contract="")


@router.post(PLACE)
async def found(door: Staff, contract: Annotated[str, Form(max_length=64)] = "") -> Response:
    """A contract is never part of an address, which logs keep."""
    id = tenancy_id(vault_of(door), door.principal.kommunenummer, contract.strip())
    if await on_the_books(door, id) is None:
        return render(door, "tenancy_search.html", 404, notice=UNKNOWN, contract=contract)
    return RedirectResponse(f"{PLACE}/{id}", 303)


@router.get(PLACE + "/{tenancy}")
async def one(door: Staff, tenancy: UUID, slag: Annotated[str, Query(max_length=64)] = "") -> HTMLResponse:
    return await _page(door, str(tenancy), slag)


@router.post(PLACE + "/{tenancy}/steg")
async def enter(door: Staff, tenancy: UUID) -> Response:
    """Read as lines of our own form; what is still wrong is said, and nothing that was written is lost."""
    id, who, form = str(tenancy), door.principal, await door.request.form()
    known, written = await _known(door, id), _written(form)
    kind, version, once = (str(form.get(name, "")) for name in ("kind", "version", "idempotency_key"))
    entry = Entry(
        kind=kind,
        reference=own_reference(vault_of(door), who.kommunenummer, who.subject, once),
        cells=_cells(kind, written),
        instalments=_instalments(written) if kind in INSTALMENTS else (),
    )
    lines, faults = lines_of(entry, who.kommunenummer, str(known.account), id)
    if faults:
        return await _page(door, id, kind, status=422, faults=faults, written=written)
    seen = int(version) if version.isascii() and version.isdigit() else -1
    try:
        await door.send(EnterSteps(lines=tuple(lines), version=seen, by=who.subject), id)
    except Reject as refusal:
        return await _page(door, id, kind, status=refusal.status, notice=refusal.sentence, written=written)
    log.info("tenancy.step_entered", acting_user=who.acting_user, kind=kind, lines=len(lines))
    return RedirectResponse(f"{PLACE}/{id}", 303)


async def _page(
    door: Door,
    id: str,
    kind: str,
    *,
    status: int = 200,
    notice: str = "",
    faults: Iterable[Fault] = (),
    written: Mapping[str, str] | None = None,
) -> HTMLResponse:
    tenancy = await _known(door, id)
    names = await names_of(door, [id], "steps_page")
    plans = _plans(tenancy.steps)
    told = {"reference": case_reference(id), "name": names.get(id, ""), "id": id, "version": len(tenancy.steps)}
    return render(
        door,
        "steps.html",
        status,
        tenancy=told,
        steps=[_shown(step) for step in reversed(tenancy.steps)],
        kinds={name: KIND_NAMES[name] for name in STEPS},
        kind=kind if kind in STEPS else "",
        fields=_fields(kind, plans) if kind in STEPS else [],
        rows=range(1, ROWS + 1) if kind in INSTALMENTS else (),
        written=written or {"date": today(door).isoformat()},
        faults=[(_place(fault, kind), asked_in_kroner(fault)) for fault in faults],
        notice=notice,
    )


async def _known(door: Door, id: str) -> Tenancy:
    if (tenancy := await on_the_books(door, id)) is None:
        raise problem(404, "no_such_tenancy", "Leieforholdet finnes ikke. Det kan høre til en annen kommune.")
    return tenancy


def _written(form: FormData) -> dict[str, str]:
    return {name: value.strip()[:200] for name, value in form.items() if isinstance(value, str)}


def _cells(kind: str, written: Mapping[str, str]) -> dict[str, str]:
    cells = {column: written.get(column, "") for column in (*DATES, "amends", "code")}
    if kind not in INSTALMENTS:
        cells["amount_ore"] = ore(written.get("kroner", ""))
    return cells


def _instalments(written: Mapping[str, str]) -> list[tuple[str, str]]:
    """The rows that something stands in."""
    rows = [(written.get(f"kroner-{row}", ""), written.get(f"due-{row}", "")) for row in range(1, ROWS + 1)]
    return [(ore(kroner), due) for kroner, due in rows if kroner or due]


def _fields(kind: str, plans: Mapping[str, str]) -> list[dict[str, Any]]:
    """The form's own: which columns lines of the kind have, and how each is asked for."""
    columns = [*DATES, *(() if kind in INSTALMENTS else ("amount_ore",)), "amends", "code"]
    found = []
    for column in columns:
        use = KINDS[kind].use(column)
        if use == "empty" or (kind == AGREED and column == "amends"):
            continue
        options = {"amends": plans, "code": {"": "Ikke kjent", **CODE_NAMES}}.get(column)
        how = {"label": column_name(column, kind), "required": use == "required", "options": options}
        found.append(how | {"name": "kroner" if column == "amount_ore" else column, "date": column in DATES})
    return found


def _plans(steps: Iterable[Step]) -> dict[str, str]:
    """The plans that a later step may point to, by the reference of their first instalment."""
    first = [step for step in steps if step.kind == AGREED and not step.amends and step.reference]
    return {step.reference: f"{step.dated_on:%d.%m.%Y}" for step in first}


def _place(fault: Fault, kind: str) -> str:
    name = column_name(fault.field, kind)
    return f"Avdrag {fault.line}: {name}" if fault.field in ("amount_ore", "due") and kind in INSTALMENTS else name


def _shown(step: Step) -> dict[str, Any]:
    kind, facts = step.kind, list[tuple[str, Any, str]]()
    told = {"until": step.until, "dated": step.written_on, "received": step.received_on, "due": step.due_on}
    facts += [(column_name(column, kind), value, "date") for column, value in told.items() if value]
    if step.amount_ore is not None:
        facts.append((column_name("amount_ore", kind), step.amount_ore, "kr"))
    if step.arrangement:
        facts.append((column_name("code", kind), CODE_NAMES.get(step.arrangement, step.arrangement), ""))
    by_hand = "Ført for hånd" if step.by else "Fra fil"
    return {"name": KIND_NAMES[kind], "dated_on": step.dated_on, "facts": facts, "by": by_hand, "on": step.entered_on}
