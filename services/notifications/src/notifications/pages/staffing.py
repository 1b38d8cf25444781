"""The municipality's own people: the register as a page, as a file in and out, and whose a tenancy is.

Each change stores the whole register in place of the version that was shown. A file is taken whole or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, RedirectResponse

from chassis.access import Door, page_door
from chassis.errors import Reject
from notifications.domain.staff import Register, register_id
from notifications.messages import AssignTenancy, StaffMember, StoreStaff
from notifications.pages.inbox import Caseworker, pages, today
from notifications.pages.tenancy import tenancy_page
from notifications.translation import BadLine, faults_of, member, read_staff, texts, write_staff

router = APIRouter()
Leader = Annotated[Door, Depends(page_door("leder"))]
Shown = Annotated[int, Form(ge=0, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=2_000)]

LARGEST = 1_000_000  # bytes
LISTED = 50  # bad lines
ROLES: Mapping[str, str] = {
    "servicetorg": "Servicetorget",
    "boligansvarlig": "Boligansvarlig",
    "boligutvalg": "Boligutvalget",
    "vedtakskontor": "Vedtakskontoret",
    "okonomi": "Økonomi",
    "leder": "Leder",
}


@router.get("/ansatte")
async def staff(door: Leader) -> HTMLResponse:
    return await _page(door)


@router.get("/ansatte.csv")
async def download(door: Leader) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="ansatte.csv"'}
    return Response(write_staff(await register_of(door)), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/ansatte/fil")
async def upload(door: Leader, version: Shown) -> Response:
    """The file's members in place of all there are; the addresses stay."""
    given = (await door.request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.size:
        return await _page(door, 422, "Velg en fil først.")
    if given.size > LARGEST:
        return await _page(door, 413, f"Filen er større enn {LARGEST // 1_000_000} MB.")
    members, bad = read_staff(await given.read())
    if bad:
        return await _page(door, 422, f"Filen har {len(bad)} feil, og ingenting av den er lagret.", bad=bad[:LISTED])
    return await _stored(door, version, members)


@router.post("/ansatte/adresser")
async def addresses(door: Leader, version: Shown, fallback_mail: Text = "", operator_mail: Text = "") -> Response:
    """Where goes what nobody else gets, and what is for whoever runs the service."""
    written = {"fallback_mail": fallback_mail.strip(), "operator_mail": operator_mail.strip()}
    if any(mail and _faulty_mail(mail) for mail in written.values()):
        return await _page(door, 422, "E-postadressen er ikke gyldig. Ingenting ble lagret.", written=written)
    return await _stored(door, version, mails=written, written=written)


@router.post("/ansatte/ansatt")
async def change(
    door: Leader, version: Shown, subject: Text, area: Text = "", substitute: Text = "", absences: Text = ""
) -> Response:
    """What changes most of one member: area, substitute and absences."""
    register = await register_of(door)
    known = register.member(subject)
    written = {"area": area.strip(), "substitute": substitute.strip(), "absences": absences.strip()}
    if known is None:
        return await _page(door, 409, "Den ansatte står ikke lenger i registeret. Ingenting ble lagret.")
    changed = texts(known) | written
    if wrong := faults_of(changed):
        return await _page(door, 422, " ".join(wrong), written=written | {"subject": subject})
    members = [member(changed) if each is known else member(texts(each)) for each in register.members]
    return await _stored(door, version, members, written=written | {"subject": subject})


@router.post("/leieforhold/{tenancy}/saksbehandler")
async def assign(
    door: Caseworker,
    tenancy: UUID,
    caseworker: Text = "",
    area: Text = "",
    was_caseworker: Text = "",
    was_area: Text = "",
) -> Response:
    """Whose the tenancy is from now on; its page says so, or why not."""
    try:
        was = {"was_caseworker": was_caseworker, "was_area": was_area}
        given = {"caseworker": caseworker, "area": area.strip(), "by": door.principal.subject}
        command = AssignTenancy.model_validate(given | was)
        await door.send(command, str(tenancy))
    except ValidationError:
        return await tenancy_page(door, tenancy, 422, "Velg en saksbehandler og et område som står i ansattregisteret.")
    except Reject as refusal:
        return await tenancy_page(door, tenancy, refusal.status, refusal.sentence)
    return RedirectResponse(f"/leieforhold/{tenancy}#hvem", 303)


async def register_of(door: Door) -> Register:
    id = register_id(door.principal.kommunenummer)
    found: Register | None = (await door.states("staff", [id])).get(id)
    return found or Register()


async def _stored(
    door: Door,
    version: int,
    members: Sequence[StaffMember] | None = None,
    *,
    mails: Mapping[str, str] | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    """`written`: in the form, which comes back with it where it is refused; of one member where it names one."""
    register, anchor = await register_of(door), (written or {}).get("subject", "")
    kept = {"fallback_mail": register.fallback_mail, "operator_mail": register.operator_mail}
    whole = members if members is not None else [member(texts(each)) for each in register.members]
    command = StoreStaff.model_validate({"version": version, "members": whole, **kept, **(mails or {})})
    try:
        await door.send(command, register_id(door.principal.kommunenummer))
    except Reject as refusal:
        return await _page(door, refusal.status, refusal.sentence, written=written)
    return RedirectResponse(f"/ansatte#{anchor}" if anchor else "/ansatte", 303)


def _faulty_mail(mail: str) -> bool:
    return bool(faults_of({"subject": "x", "name": "x", "mail": mail}))


async def _page(
    door: Door,
    status: int = 200,
    notice: str = "",
    *,
    bad: Iterable[BadLine] = (),
    written: Mapping[str, str] | None = None,
) -> HTMLResponse:
    register, day, written = await register_of(door), today(door), written or {}
    names = {each.subject: each.name for each in register.members}
    mails = {"fallback_mail": register.fallback_mail, "operator_mail": register.operator_mail}
    return pages.render(
        "staff.html",
        status=status,
        principal=door.principal,
        notice=notice,
        bad=list(bad),
        register=replace(register, members=()),
        mails=mails | {name: value for name, value in written.items() if name in mails},
        members=[
            {
                **texts(each),
                **(written if written.get("subject") == each.subject else {}),
                "tried": written.get("subject") == each.subject,
                "role_names": [ROLES[role] for role in each.roles],
                "substitute_name": names.get(each.substitute, ""),
                "away": each.is_away(day),
                "others": [(subject, name) for subject, name in names.items() if subject != each.subject],
            }
            for each in sorted(register.members, key=lambda each: (each.name.casefold(), each.subject))
        ],
    )
