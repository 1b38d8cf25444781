"""The pages, from the rows that the projection makes, behind the real doors."""

import json
import re
import time
from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import itsdangerous
import pytest
from pydantic_core import to_json

from chassis.errors import Reject
from chassis.testing import SOME_TIME
from notifications import api, pages
from notifications import messages as m
from notifications.domain.nav_notices import NavNotice, Unpaid
from notifications.domain.staff import Member, Register, register_id
from notifications.domain.tenancy import Tenancy, alert_id
from notifications.pages import overview, trail
from notifications.pages.cards import PROTECTED, Shown, countdown, shown, who
from notifications.pages.care import STAFF
from notifications.projection import project
from notifications.translation import policies
from tests.unit.chassis.fake_issuer import FakeIssuer, bearer
from tests.unit.chassis.web import SAME_SITE, FakeStore, client, web_app
from tests.unit.notifications.given import (
    KEY,
    TENANCY,
    TENANT,
    closed,
    ended,
    invoice,
    notice,
    payment,
    requested,
    scheduled,
    started,
    taken_back,
    told,
)

ALERT = alert_id(TENANCY, 1)
NOTICE = "6f1a3c9e-0000-5000-8000-00000000f001"
FORM = {"tenancy": TENANCY, "version": "1", "idempotency_key": "k1"}


RAISED = {
    "id": "6f1a3c9e-0000-5000-8000-00000000e001",
    "type": "no.boligflyt.alert.raised.v1",
    "time": "2019-01-25T08:01:00+00:00",
    "cause": "close",
    "correlation": "import",
    "sent": True,
    "data": json.dumps({"alert_id": ALERT, "level": 2, "rules": ["E1"], "as_of": "2019-01-24"}),
}


def _newest_notice(rows: list[dict[str, Any]], episode: int) -> dict[str, Any]:
    mine = [row for row in rows if row["episode"] == episode]
    names = ("status", "code", "debt_ore", "as_of", "requested_at", "sent_at", "received_at", "silent_since")
    return {f"nav_{name}": mine[-1][name] if mine else None for name in names}


def _of_staff(member: Member) -> dict[str, Any]:
    return {"subject": member.subject, "name": member.name, "roles": json.dumps(member.roles), "area": member.area}


@dataclass
class Elsewhere:
    """Intake's part of the trail; None: its door is closed."""

    part: dict[str, Any] | None = None

    async def trail(self, key: str, ids: Any = None, **_: str) -> dict[str, Any] | None:
        return self.part


@dataclass
class Alerts(FakeStore):
    """Answers queries by the projection of one tenancy, as the database would."""

    tenancy: Tenancy | None = None
    waits_since: datetime | None = None
    operator_mail: str = ""
    staff: tuple[Member, ...] = ()
    register: Register | None = None
    trail: dict[bool, list[Any]] = field(default_factory=lambda: {True: [RAISED], False: []})
    asked: list[Any] = field(default_factory=list)

    async def rows(self, kommunenummer: str, sql: str, *args: Any) -> list[Any]:
        await super().rows(kommunenummer, sql, *args)
        if self.tenancy is None or kommunenummer != "3427":
            return []
        if sql == STAFF:
            return [_of_staff(member) for member in self.staff]
        if "from outbox" in sql or "from calls" in sql:
            return self.trail["outbox" in sql]
        return self.shown(sql, *args)

    def shown(self, sql: str, *args: Any) -> list[Any]:
        if sql == trail.OF_ALERT:
            return [{"tenancy": TENANCY, "episode": 1}] if args == (ALERT,) else []
        if "from parked" in sql and "alerts" not in sql:
            return [{"key": TENANCY, "since": self.waits_since, "known": True}] if self.waits_since else []
        assert self.tenancy
        tables = project(KEY, "3427", self.tenancy)
        (home,) = tables["tenancies"]
        if "missed_bank_files" in sql:
            missed = {"account": home["account"], "as_of": home["as_of"], "tenancies": 1, "mail": self.operator_mail}
            return [missed] if home["frozen_at"] else []
        return self.alerts(home, tables, *args) if args else figures_of(sql, tables)

    def alerts(self, home: Any, tables: Any, id: str | None, tenancies: list[str] | None) -> list[Any]:
        asked = tenancies is None or TENANCY in tenancies
        found = [row for row in tables["alerts"] if asked and (row["alert_id"] == id if id else not row["resolution"])]
        return [
            {
                **row,
                "reasons": json.dumps(row["reasons"]),
                "contact_log": to_json(row["contact_log"]).decode(),
                "tenants": json.dumps(home["tenants"]),
                "reserved": home["reserved"],
                "frozen_at": home["frozen_at"],
                "closed_to": home["as_of"],
                "waits_since": self.waits_since,
                **_newest_notice(tables["nav_notices"], row["episode"]),
            }
            for row in found
        ]

    async def states(self, kommunenummer: str, kind: str, ids: Any) -> dict[str, Any]:
        if kind == "staff":
            return {register_id(kommunenummer): self.register} if self.register else {}
        return {TENANCY: self.tenancy} if self.tenancy and kommunenummer == "3427" and TENANCY in ids else {}


def figures_of(sql: str, tables: Any) -> list[Any]:
    """What the leader's view asks for."""
    if sql == overview.ALERTS:
        return [{**row, "first_rules": json.dumps(row["first_rules"])} for row in tables["alerts"]]
    asked = {overview.CHANGES: "alert_changes", overview.STEPS: "statutory_steps", overview.OWED: "balances"}
    return tables[asked[sql]]


@dataclass
class Door:
    """Intake's, as the gateway tells of it."""

    answer: dict[str, Any] = field(default_factory=dict)

    async def look_up(self, ids: Any, **_: str) -> dict[str, Any]:
        return self.answer


@dataclass
class Chain:
    """Intake's count of who came from renting to owning; None: its door is closed."""

    counted: list[dict[str, Any]] | None = field(default_factory=list)

    async def years(self, **_: str) -> list[dict[str, Any]] | None:
        return self.counted


@pytest.fixture
def store() -> Alerts:
    return Alerts(tenancy=told(started(), invoice("a", "2019-01-15"), closed("2019-01-24")).tenancy)


@pytest.fixture
def people() -> Door:
    return Door({TENANT: {"status": "found", "name": "Kari Nordmann"}})


@pytest.fixture
def intake() -> Elsewhere:
    return Elsewhere({"events": []})


@pytest.fixture
def browser(store: Alerts, people: Door, intake: Elsewhere, tmp_path: Path) -> httpx.AsyncClient:
    app = web_app(store, FakeIssuer(), tmp_path, routers=[pages.router, api.router])
    app.state.people, app.state.intake, app.state.policies = people, intake, policies()
    app.state.nav_bridge, app.state.renting_to_owning = Elsewhere({"deliveries": []}), Chain()
    return logged_in(client(app))


def logged_in(browser: httpx.AsyncClient, *roles: str, kommunenummer: str = "3427") -> httpx.AsyncClient:
    session = {"sub": "sub-1", "name": "Ola", "roles": roles or ["boligansvarlig"], "kommunenummer": kommunenummer}
    content = b64encode(json.dumps({**session, "until": time.time() + 600}).encode())
    cookie = itsdangerous.TimestampSigner("x" * 40).sign(content).decode()
    for name in ("chassis_session", "notifications_session"):
        browser.cookies.set(name, cookie)
    return browser


async def test_the_inbox_shows_who_why_since_when_and_how_grave(browser):
    page = await browser.get("/")
    assert page.status_code == 200
    for text in (
        "Kari Nordmann",
        "Tidlig varsel",
        "9 dager over forfall",
        "24. januar 2019",
        "F2",
        "BF-6F1A-3C9E",
        "E1",
    ):
        assert text in page.text
    assert "1 åpent varsel, 1 uten kvittering" in page.text


async def test_the_card_has_a_button_to_notify_nav_and_the_clocks(browser, store):
    store.tenancy = told(
        started(), invoice("a", "2019-01-15"), closed("2019-01-24"), notice("2019-01-25", "2019-02-08")
    ).tenancy
    page = (await browser.get(f"/varsler/{ALERT}")).text
    for text in ("Varsle NAV", f"/varsler/{ALERT}/nav-varsel", "Begjæring tidligst 11. februar 2019"):
        assert text in page


@pytest.mark.parametrize(
    ("fields", "words", "button"),
    [
        ({"status": "requested"}, "Melding til NAV om 8\u00a0000 kr per 24. januar 2019 er på vei.", False),
        ({"status": "received", "received_at": SOME_TIME}, "NAV har kvittert for meldingen", False),
        ({"status": "sent", "silent_since": SOME_TIME}, "NAV har ikke svart siden", False),
        ({"status": "rejected", "code": "reserved"}, "Leietakeren reserverte seg før den ble sendt.", True),
        ({"status": "parked", "code": "protected"}, "ta selv kontakt med NAV", True),
    ],
)
async def test_the_card_says_how_navs_notice_stands(browser, store, fields, words, button):
    tenancy = store.tenancy
    due = (Unpaid(date(2019, 1, 15).toordinal(), 800_000),)
    as_of = date(2019, 1, 24).toordinal()
    sent = NavNotice(NOTICE, 1, 1, as_of, due, "sub-1", SOME_TIME, SOME_TIME.date(), **fields)
    store.tenancy = replace(tenancy, nav_notices=(sent,))
    for path in (f"/varsler/{ALERT}", f"/leieforhold/{TENANCY}", f"/varsler/{ALERT}/spor"):
        assert words in (await browser.get(path)).text
    assert ("Varsle NAV på nytt" in (await browser.get(f"/varsler/{ALERT}")).text) == button


async def test_a_tenant_who_has_said_no_gets_no_button(browser, store):
    said = m.NavNoticeReserved(line_id=NOTICE, dated_on=date(2019, 1, 10))
    store.tenancy = told(started(), invoice("a", "2019-01-15"), closed("2019-01-24"), said).tenancy
    page = (await browser.get(f"/varsler/{ALERT}")).text
    assert "har reservert seg" in page
    assert "Varsle NAV" not in page


async def test_a_leader_sees_in_days_how_long_an_alert_waited_to_be_acknowledged(browser, store):
    episodes = tuple(
        replace(each, acknowledged_at=SOME_TIME, acknowledged_by="sub-2") for each in store.tenancy.episodes
    )
    store.tenancy = replace(store.tenancy, episodes=episodes)
    page = await logged_in(browser, "leder").get("/oversikt")
    assert page.status_code == 200
    assert "98 dager" in page.text


async def test_a_protected_person_has_neither_name_nor_address(browser, people):
    people.answer = {TENANT: {"status": "protected"}}
    page = await browser.get("/")
    assert PROTECTED in page.text
    assert "BF-6F1A-3C9E" in page.text


async def test_the_case_reference_stands_alone_while_intakes_door_is_closed(browser, people):
    people.answer = {}
    assert "Sak BF-6F1A-3C9E" in (await browser.get("/")).text


def test_a_household_with_one_protected_person_is_protected():
    found = {"a": {"status": "found", "name": "Kari"}, "b": {"status": "protected"}}
    assert who(["a", "b"], found) == PROTECTED
    assert who(["a"], found) == "Kari"
    assert who(["x"], found) == ""


def test_the_countdown_is_in_days_to_the_date():
    today = date(2019, 5, 2)
    assert countdown(None, today) == ""
    assert countdown(date(2019, 5, 3), today) == "1 dag igjen av fristen, 3. mai 2019"
    assert countdown(date(2019, 5, 2), today) == "Fristen går ut i dag, 2. mai 2019"
    assert countdown(date(2019, 5, 1), today) == "Fristen gikk ut 1. mai 2019"


def test_the_countdown_says_that_it_is_an_eviction_that_comes():
    today = date(2019, 5, 2)
    assert countdown(date(2019, 5, 13), today, "F5") == "Fravikelse om 11 dager, 13. mai 2019"
    assert countdown(date(2019, 5, 2), today, "F5") == "Fravikelse i dag, 2. mai 2019"
    assert countdown(date(2019, 5, 1), today, "F5") == "Fravikelsen var berammet til 1. mai 2019"


def test_the_rent_that_two_rules_rest_on_is_told_once():
    late, month = {"habit": 3}, "Husleien er 32 dager over forfall."
    s1, e1 = {"rule": "S1", "text": month, "figures": {}}, {"rule": "E1", "text": month, "figures": late}
    assert shown([s1, e1]) == [Shown(f"{month} Leietakeren betaler vanligvis innen 3 dager.", "S1, E1")]
    assert shown([s1, e1 | {"figures": {"habit": None}}]) == [Shown(month, "S1, E1")]
    assert shown([e1]) == [Shown(month, "E1")]


def test_at_most_four_reasons_are_shown_the_gravest_first():
    reasons = [
        {"rule": rule, "text": rule, "figures": {"habit": None}} for rule in "A4 A3 A2 A1 S4 S2 S1 E5 E1".split()
    ]
    assert [each.rules for each in shown(reasons)] == ["A4", "A3", "A2, S2", "A1, S1, E1"]


async def test_alerts_stand_under_their_level(browser):
    page = await browser.get("/")
    assert '<h2 class="ds-heading inbox__level" data-size="md" id="niva-2">Tidlig varsel</h2>' in page.text


async def test_what_waits_is_flagged(browser, store):
    store.waits_since = datetime(2019, 1, 25, 8, 0, tzinfo=UTC)
    page = await browser.get("/")
    assert "Ufullstendig, hendelser venter" in page.text
    assert "25. januar 2019 kl. 09.00" in page.text


@pytest.mark.parametrize("path", ["/", f"/varsler/{ALERT}", f"/leieforhold/{TENANCY}"])
async def test_a_frozen_tenancy_says_from_when_its_figures_are(browser, store, path):
    assert "bankfil mangler" not in (await browser.get(path)).text
    store.tenancy = replace(store.tenancy, frozen_at=datetime(2019, 1, 25, 10, 0, tzinfo=UTC))
    assert "Tall fra 24. januar 2019; bankfil mangler" in (await browser.get(path)).text


async def test_the_inbox_names_the_account_whose_bank_file_is_missing(browser, store):
    assert "bankfil" not in (await browser.get("/")).text.lower()
    store.tenancy = replace(store.tenancy, frozen_at=datetime(2019, 1, 25, 10, 0, tzinfo=UTC))
    assert "Konto husleie: 1 leieforhold med tall fra 24. januar 2019." in (await browser.get("/")).text
    store.operator_mail = "refused"
    assert "E-postvarselet ble avvist" in (await browser.get("/")).text


async def test_an_empty_inbox_says_so(browser, store):
    store.tenancy = None
    assert "Ingen åpne varsler" in (await browser.get("/")).text


async def test_the_button_acknowledges_in_the_version_that_was_shown(browser, store):
    page = (await browser.get("/")).text
    assert 'name="version" value="1"' in page
    assert re.search('name="idempotency_key" value="[0-9a-f-]{36}"', page)
    answer = await browser.post(f"/varsler/{ALERT}/kvittering", data=FORM, headers=SAME_SITE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/#varsel-{ALERT}")
    ((message, _),) = store.commands
    assert (message.subject, message.data.version, message.data.by) == (TENANCY, 1, "sub-1")


async def test_a_change_made_meanwhile_is_shown(browser, store):
    store.fails = Reject("changed_meanwhile", "Varselet er endret etter at du åpnet siden. Ingenting ble lagret.")
    answer = await browser.post(f"/varsler/{ALERT}/kvittering", data=FORM, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "Varselet er endret" in answer.text
    assert "Kari Nordmann" in answer.text


async def test_htmx_gets_the_card_alone(browser, store):
    store.fails = Reject("changed_meanwhile", "Varselet er endret etter at du åpnet siden. Ingenting ble lagret.")
    answer = await browser.post(f"/varsler/{ALERT}/kvittering", data=FORM, headers={**SAME_SITE, "HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.count("<article") == 1
    assert "Varselet er endret" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ond.example"}])
async def test_a_form_of_another_site_is_refused(browser, store, headers):
    answer = await browser.post(f"/varsler/{ALERT}/kvittering", data=FORM, headers=headers)
    assert (answer.status_code, store.commands) == (403, [])


@pytest.mark.parametrize("path", ["/", f"/varsler/{ALERT}", f"/varsler/{ALERT}/spor", f"/leieforhold/{TENANCY}"])
async def test_who_has_not_logged_in_is_sent_to_do_so(browser, path):
    browser.cookies.clear()
    assert (await browser.get(path)).headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("role", ["servicetorg", "boligutvalg", "vedtakskontor"])
async def test_others_see_no_alerts(browser, role):
    for path in ("/", f"/varsler/{ALERT}/spor"):
        assert (await logged_in(browser, role).get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/", f"/varsler/{ALERT}", f"/leieforhold/{TENANCY}"])
async def test_how_an_alert_came_about_is_one_click_away(browser, path):
    assert f'href="/varsler/{ALERT}/spor"' in (await browser.get(path)).text


async def test_how_an_alert_came_about_is_told_with_rule_and_figures(browser):
    page = await browser.get(f"/varsler/{ALERT}/spor")
    assert page.status_code == 200
    for text in ("Slik ble varsel BF-6F1A-3C9E til", "Regel E1", "Over forfall", "9 dager", RAISED["id"]):
        assert text in page.text
    assert "svarer ikke" not in page.text


async def test_while_intakes_door_is_closed_the_rest_of_the_walk_is_shown(browser, intake):
    intake.part = None
    page = (await browser.get(f"/varsler/{ALERT}/spor")).text
    assert "Mottaket svarer ikke akkurat nå." in page
    assert "Regel E1" in page


@pytest.mark.parametrize("path", [f"/varsler/{ALERT}", f"/varsler/{ALERT}/spor", f"/leieforhold/{TENANCY}"])
async def test_what_belongs_to_another_municipality_does_not_exist(browser, path):
    assert (await logged_in(browser, "leder", kommunenummer="5027").get(path)).status_code == 404


async def test_the_mails_link_leads_to_the_alert_also_when_it_is_closed(browser, store):
    store.tenancy = told(
        started(), invoice("a", "2019-01-15"), closed("2019-01-24"), payment("p", "2019-01-25")
    ).tenancy
    page = await browser.get(f"/varsler/{ALERT}")
    assert "Lukket 25. januar 2019, løst ved betaling" in page.text
    assert "Kvitter<" not in page.text


async def test_the_ledger_is_shown_with_what_is_open(browser, store):
    store.tenancy = told(
        started(lease_ends_on=date(2021, 1, 1)),
        *[
            invoice("a", "2019-01-15"),
            payment("p", "2019-01-18"),
            invoice("b", "2019-02-15", 812_345),
            payment("q", "2019-02-15"),
        ],
        *[
            taken_back("q", "2019-02-18"),
            closed("2019-03-01"),
            notice("2019-03-02", "2019-03-16"),
            requested("2019-03-20"),
        ],
        *[scheduled("2019-03-25", "2019-05-02"), ended("2019-12-31")],
    ).tenancy
    page = (await browser.get(f"/leieforhold/{TENANCY}")).text
    for text in (
        "Kari Nordmann",
        "8\u00a0123,45\u00a0kr",
        "3 dager etter forfall",
        "Innbetaling, tilbakeført",
        "Varsel etter § 4-18 sendt",
    ):
        assert text in page
    assert "Fravikelse er berammet" in page


async def test_the_styles_are_behind_the_door_as_well(browser):
    assert (await browser.get("/varsler.css")).headers["content-type"].startswith("text/css")


async def test_the_api_acknowledges_with_a_token(browser, store):
    headers = {**bearer(roles=["leder"]), "Idempotency-Key": "k1"}
    answer = await browser.post(
        f"/alerts/{TENANCY}/acknowledgement", json={"alert_id": ALERT, "version": 3}, headers=headers
    )
    assert answer.status_code == 201
    ((message, _),) = store.commands
    assert (message.subject, message.data.alert_id, message.data.version, message.data.by) == (
        TENANCY,
        ALERT,
        3,
        "user-7",
    )


@pytest.mark.parametrize("path", ["/alerts", f"/alerts/{TENANCY}"])
async def test_the_api_is_for_those_who_handle_the_case(browser, path):
    assert (await browser.get(path, headers=bearer(roles=["okonomi"]))).status_code == 403
    assert (await browser.get(path)).status_code == 401


@pytest.mark.parametrize(
    "body", [{"alert_id": ALERT}, {"alert_id": "x", "version": 1}, {"alert_id": ALERT, "version": 0}]
)
async def test_an_acknowledgement_without_alert_and_version_is_refused(browser, body):
    headers = {**bearer(roles=["leder"]), "Idempotency-Key": "k1"}
    assert (await browser.post(f"/alerts/{TENANCY}/acknowledgement", json=body, headers=headers)).status_code == 422
