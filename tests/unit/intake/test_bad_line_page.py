"""The page of a bad line, behind the real door: a line is repaired as what its own file may hold."""

import json
import re
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import httpx
import itsdangerous
import pytest

from intake import pages
from intake.domain.ledger.kinds import KINDS, REGISTERED
from intake.gateway import IdentityVault
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import FakeStore, client, web_app

LINE = "/reskontro/linjer/0d4f5b7a-5e1c-4f0b-9c57-0a3f3a6f2b11"
FORM = {"idempotency_key": "once", "version": "1", "tenancy": "K-1", "date": "2019-01-01", "kroner": "8 000,00"}
ROW_OF_REGISTER = FORM | {"kind": REGISTERED}
PAYMENT = FORM | {"kind": "payment.registered", "reference": "B-1"}


@dataclass
class Lines(FakeStore):
    """One line that could not be read at all. `register`: it stands in a tenancy register."""

    register: bool = False

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        line = {"bad_line": args[0], "import": "import-1", "account": "utleie", "line_number": 2, "sealed": ""}
        standing = {"faults": "[]", "status": "open", "version": 1, "done_by": "", "done_on": None}
        return [line | standing | {"register": self.register}]


@pytest.fixture
def store() -> Lines:
    return Lines()


@pytest.fixture
def browser(store, tmp_path) -> httpx.AsyncClient:
    app = web_app(store, FakeIssuer(), tmp_path, routers=[pages.router])
    app.state.vault = IdentityVault(b"a secret of at least thirty-two bytes")
    session = {"sub": "sub-1", "name": "Ola", "roles": ["okonomi"], "kommunenummer": "3427", "until": time.time() + 600}
    content = b64encode(json.dumps(session).encode())
    browser = client(app)
    browser.headers["origin"] = str(browser.base_url)
    browser.cookies.set("chassis_session", itsdangerous.TimestampSigner("x" * 40).sign(content).decode())
    return browser


@pytest.mark.parametrize(("register", "kinds"), [(False, set(KINDS)), (True, {REGISTERED})])
async def test_the_kinds_that_are_offered_are_those_that_the_file_may_hold(browser, store, register, kinds):
    store.register = register
    page = await browser.get(LINE)

    assert set(re.findall(r'<option value="([^"]+)"', page.text)) == kinds


@pytest.mark.parametrize(("register", "form"), [(False, ROW_OF_REGISTER), (True, PAYMENT)])
async def test_a_line_is_not_repaired_as_what_its_file_may_not_hold(browser, store, register, form):
    store.register = register
    answer = await browser.post(f"{LINE}/retting", data=form)

    assert (answer.status_code, store.commands) == (422, [])
    assert "er ikke et slag som kan stå i filen" in answer.text


@pytest.mark.parametrize(("register", "form"), [(False, PAYMENT), (True, ROW_OF_REGISTER)])
async def test_a_line_is_repaired_as_what_its_file_may_hold(browser, store, register, form):
    store.register = register
    answer = await browser.post(f"{LINE}/retting", data=form)
    ((message, _),) = store.commands

    assert answer.status_code == 303
    assert message.data.line.kind == form["kind"]
