"""The simulator's doors, well-behaved or not."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from demo.misbehaving import behaving, lost
from demo.svarut_simulator.message import Forsendelse
from demo.svarut_simulator.svarut import Behaviour, Letter, SvarUt

ROOT = "/tjenester/api/forsendelse/v1"
PAGE = """<!doctype html><html lang="nb"><meta charset="utf-8"><title>SvarUt-simulator</title>
<h1>SvarUt-simulator</h1>
<p>Dette er ikke KS SvarUt. Personer, brev og svar her er oppdiktet.</p>
<p>Mottatte brev: {letters}.</p></html>"""

Given = Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(auto_error=False))]


class NotTaken(Exception):
    """`code`: why, in the simulator's own word: SvarUt's codes are not documented."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refusal(status: int, code: str) -> JSONResponse:
    return JSONResponse({"status": status, "errorCode": code, "message": "Forsendelsen ble ikke tatt imot."}, status)


async def read(form: FormData) -> tuple[Forsendelse, list[bytes]]:
    """The metadata, and the files in the order that it names them."""
    parts = list(form.multi_items())
    if not parts or parts[0][0] != "forsendelse" or not isinstance(parts[0][1], str):
        raise NotTaken("forsendelse mangler")
    try:
        told = Forsendelse.model_validate_json(parts[0][1])
    except ValidationError:
        raise NotTaken("ugyldig forsendelse") from None
    files = [file for _, file in parts[1:] if isinstance(file, UploadFile)]
    if [file.filename for file in files] != [each.filnavn for each in told.dokumenter]:
        raise NotTaken("filene er ikke de som er nevnt")
    papers = [await file.read() for file in files]
    if not all(paper.startswith(b"%PDF-") for paper in papers):
        raise NotTaken("ikke en PDF")
    return told, papers


async def take(svarut: SvarUt, of: str, id: str, request: Request) -> Response:
    if svarut.reserved.get(id) != of:
        svarut.note("unreserved", id)
        return refusal(404, "ukjent forsendelsesid")
    if svarut.behaviour.refuse_next:
        svarut.behaviour.refuse_next -= 1
        svarut.note("refused", id)
        return refusal(400, "avvist")
    try:
        async with request.form() as form:
            told, papers = await read(form)
    except NotTaken as wrong:
        svarut.note("invalid", id, code=wrong.code)
        return refusal(400, wrong.code)
    paper = hashlib.sha256(b"".join(papers)).hexdigest()
    organisation = told.mottaker.digital_adresse.organisasjons_nummer
    letter = Letter(id, of, told.ekstern_referanse or "", organisation, told.tittel, paper, svarut.now())
    if known := svarut.letters.get(id):
        svarut.note("repeated" if known.is_same(letter) else "conflict", id)
        same = known.is_same(letter) and not svarut.behaviour.refuses_repeats
        return JSONResponse({"id": id}) if same else refusal(400, "forsendelsesid er brukt")
    svarut.take(letter)
    return await lost(svarut, id) or JSONResponse({"id": id})


async def let_in(
    svarut: SvarUt, given: HTTPBasicCredentials | None, key: object, work: Callable[[str], Awaitable[Response]]
) -> Response:
    """The answer to a sender that SvarUt knows, in the manner that is up."""

    async def inside() -> Response:
        expected = svarut.passwords.get(given.username) if given else None
        if given is None or expected is None or not secrets.compare_digest(expected, given.password):
            svarut.note("not_let_in", key)
            return Response(status_code=401, headers={"WWW-Authenticate": "Basic"})
        return await work(given.username)

    return await behaving(svarut, key, inside)


def takes(svarut: SvarUt) -> APIRouter:
    """Where an id is reserved, and a letter sent under it."""
    router = APIRouter(prefix=ROOT)

    @router.post("/startNyForsendelse")
    async def start(given: Given) -> Response:
        async def work(of: str) -> Response:
            return JSONResponse({"id": svarut.reserve(of)})

        return await let_in(svarut, given, "", work)

    @router.post("/{id}/sendForsendelse")
    async def send(id: str, request: Request, given: Given) -> Response:
        async def work(of: str) -> Response:
            return await take(svarut, of, id, request)

        return await let_in(svarut, given, id, work)

    return router


def tells(svarut: SvarUt) -> APIRouter:
    """Where a letter is asked about: under its id, and under the sender's own reference."""
    router = APIRouter(prefix=ROOT)

    @router.get("/{id}/status")
    async def status(id: str, given: Given) -> Response:
        async def work(of: str) -> Response:
            known = svarut.letters.get(id)
            svarut.note("status", id, found=known is not None)
            if known is None or known.of != of:
                return refusal(404, "ukjent forsendelsesid")
            return JSONResponse(svarut.standing(known))

        return await let_in(svarut, given, id, work)

    @router.get("/eksternref/{reference}")
    async def by_reference(reference: str, given: Given) -> Response:
        async def work(of: str) -> Response:
            found = svarut.under(of, reference)
            svarut.note("lookup", reference, found=len(found))
            return JSONResponse({"forsendelseIder": [{"id": each} for each in found]})

        return await let_in(svarut, given, reference, work)

    return router


def build(svarut: SvarUt) -> FastAPI:
    app = FastAPI(title="SvarUt-simulator for boligflyt", description="En simulator, ikke KS SvarUt.")
    svarut.remember()
    app.include_router(takes(svarut))
    app.include_router(tells(svarut))

    @app.post("/simulator/behaviour")
    async def behave(behaviour: Behaviour) -> Behaviour:
        svarut.behaviour = behaviour
        return behaviour

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return PAGE.format(letters=len(svarut.letters))

    return app
