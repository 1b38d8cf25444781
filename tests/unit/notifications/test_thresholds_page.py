"""The page of thresholds: a change is tried in the background, its outcome is shown, and a person activates it."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.outputs import Key, Message
from chassis.testing import decide
from notifications import pages
from notifications.domain.municipality import Municipality, municipality_id
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from notifications.messages import InvoiceIssued, LedgerClosed
from notifications.pages.thresholds import REHEARSALS
from notifications.translation import policies
from tests.unit.chassis.web import SAME_SITE, FakeIssuer, FakeStore, client, web_app
from tests.unit.notifications.given import TENANCY, TENANT, line, started, told
from tests.unit.notifications.test_pages import Door, logged_in

HOME = Key("municipality", municipality_id("3427"))
TODAY = datetime.now(UTC).date()


def unpaid() -> Tenancy:
    """A rent due 40 days ago, a close each day since: E5 holds from day 5."""
    due = TODAY - timedelta(days=40)
    rent = InvoiceIssued(line_id=line("a"), dated_on=due - timedelta(days=14), amount_ore=800_000, due_on=due)
    closes = [LedgerClosed(account="husleie", as_of=due + timedelta(days=n)) for n in range(1, 30)]
    return told(started(), rent, *closes).tenancy


@dataclass
class Home(FakeStore):
    """One municipality with one tenancy; commands are decided as the store would."""

    states_now: dict[Key, Any] = field(default_factory=lambda: {Key("tenancy", TENANCY): unpaid()})

    async def command(self, message: Message, *, request_hash: bytes) -> Mapping[str, Any]:
        decided = decide(HANDLERS, self.states_now, message.subject, message.data, now=message.time, id=message.id)
        self.states_now = dict(decided.states)
        (reply,) = decided.outputs
        return reply.data

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        return [{"tenancy": TENANCY, "tenants": json.dumps([TENANT])}] if kommunenummer == "3427" else []

    async def states(self, kommunenummer: str, kind: str, ids: Any) -> dict[str, Any]:
        return {id: self.states_now[key] for id in ids if (key := Key(kind, id)) in self.states_now}

    @property
    def home(self) -> Municipality:
        found: Municipality = self.states_now[HOME]
        return found


@pytest.fixture
def store() -> Home:
    return Home()


@pytest.fixture
def browser(store: Home, tmp_path: Path) -> httpx.AsyncClient:
    app = web_app(store, FakeIssuer(), tmp_path, routers=[pages.router])
    app.state.people = Door({TENANT: {"status": "found", "name": "Kari Nordmann"}})
    app.state.policies = policies()
    return logged_in(client(app), "leder")


async def sent(browser: httpx.AsyncClient, path: str, **form: Any) -> httpx.Response:
    answer = await browser.post(path, data={"idempotency_key": line(f"{path} {form}"), **form}, headers=SAME_SITE)
    await asyncio.gather(*REHEARSALS.running)
    return answer


async def test_the_numbers_that_hold_stand_in_the_form_with_their_bounds(browser):
    text = (await browser.get("/terskler")).text
    assert re.search(r'id="e1_days"[^>]*min="2" max="60" value="8"', text)
    assert re.search(r'id="material_ore"[^>]*min="100" max="5000" value="500"', text)


async def test_a_change_is_tried_on_the_municipality_s_own_tenancies_and_shown_with_names(browser, store):
    answer = await sent(browser, "/terskler/proving", version=0, e5_days="12", e1_days="12")
    assert answer.status_code == 303
    assert (store.home.rehearsal.finished, store.home.rehearsal.move) == (True, 1)
    text = (await browser.get("/terskler")).text
    for part in ("Kari Nordmann", "Flytter seg", "E5: over forfall på første faktura: 5 → 12 dager", "Ta i bruk"):
        assert part in text


async def test_what_was_tried_is_taken_into_use_by_a_person_from_a_day(browser, store):
    await sent(browser, "/terskler/proving", version=0, e5_days="12", e1_days="12")
    tomorrow = TODAY + timedelta(days=2)
    answer = await sent(browser, "/terskler/versjon", version=1, rehearsal=1, active_from=tomorrow.isoformat())
    assert answer.status_code == 303
    (activated,) = store.home.activated
    assert (activated.active_from, activated.by) == (tomorrow, "sub-1")
    assert "3427-1" in (await browser.get("/terskler")).text


async def test_a_rehearsal_that_runs_shows_how_far_it_has_come(browser, store):
    await sent(browser, "/terskler/proving", version=0, e5_days="12")
    running = store.home.rehearsal
    store.states_now[HOME] = Municipality(type(running)(1, running.numbers, "lea", running.started_at, 400, done=25))
    text = (await browser.get("/terskler")).text
    assert "25 av 400 leieforhold er prøvd" in text
    assert "Ta i bruk" not in text


@pytest.mark.parametrize(
    ("path", "form", "status", "sentence"),
    [
        ("/terskler/proving", {"version": 3, "e1_days": "6"}, 409, "Tersklene er endret etter at du åpnet siden"),
        ("/terskler/proving", {"version": 0, "e1_days": "99"}, 422, "E1: over forfall, minst: fra 2 til 60 dager."),
        ("/terskler/proving", {"version": 0, "e1_days": "8"}, 422, "Ingen tall er endret."),
        ("/terskler/versjon", {"version": 0, "rehearsal": 1, "active_from": "2099-01-01"}, 409, "må prøves"),
    ],
)
async def test_what_cannot_be_done_is_said_and_nothing_is_stored(browser, store, path, form, status, sentence):
    answer = await sent(browser, path, **form)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert HOME not in store.states_now


@pytest.mark.parametrize("path", ["/terskler/proving", "/terskler/versjon"])
async def test_only_the_leader_may(browser, path):
    form = {"version": 0, "rehearsal": 1, "active_from": date(2099, 1, 1).isoformat()}
    assert (await sent(logged_in(browser, "boligansvarlig"), path, **form)).status_code == 403
