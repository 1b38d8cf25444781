"""Who may do what at the running services: real tokens, real row-level security, every route there is."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.errors import Unreadable, fingerprint
from chassis.outputs import OSLO
from tests.e2e import made_input
from tests.e2e.erased import an_erased_person
from tests.e2e.nav_notice import a_nav_notice
from tests.e2e.routes import CASES, NO_STAFF, PEOPLE, Route, known, routes
from tests.e2e.system import System, until
from tests.e2e.tokens import Forger, logged_in
from tests.e2e.waiting import query

pytestmark = pytest.mark.e2e

HOME, STRANGE = "3427", "5027"
APIS = pytest.mark.parametrize("route", known("api"), ids=" ".join)
PAGES = pytest.mark.parametrize("route", known("page"), ids=" ".join)
SIGNED = pytest.mark.parametrize("route", known("signed"), ids=" ".join)
OPENS = pytest.mark.parametrize("route", known("open"), ids=" ".join)
OF_SERVICES = pytest.mark.parametrize("route", [each for each in known("api") if each.case.service], ids=" ".join)
FORMS = pytest.mark.parametrize("route", [each for each in known("page") if each.method == "POST"], ids=" ".join)
SERVICE_HEADERS = {"Acting-User": "system", "Purpose": "reconcile"}  # the only purpose that some doors take
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
IDS = {
    "intake": {"states": "key", "applications": "public_id"},
    "eligibility": {"states": "key", "referrals": "referral_id"},
    "nav-bridge": {"states": "key"},
    "notifications": {"states": "key", "alerts": "alert_id"},
}


@pytest.fixture(scope="module")
def forger(system) -> Forger:
    return Forger(system)


@pytest.fixture(scope="module")
def things(system, given, played, letters) -> dict[str, Any]:
    """What the municipality at home has, by the name that a case or path gives it."""
    contract = next(name for person in given.persons if person["kommunenummer"] == HOME for name in person["tenancies"])
    application, withdrawable = (an_application(system, key) for key in ("access", "withdrawal"))
    erased = an_erased_person(system, 5002)
    store_nobody(system)
    sql = "select 1 from cases where application = %s and facts_door = 'answered'"
    until(lambda: query(system, "eligibility", sql, application), "the case is there")
    alert, waiting = a_nav_notice(system, "access-notice"), waiting_lines(system)
    a_tenant_is_referred(system)
    (tenant,) = query(system, "notifications", "select tenants->>0 as id from tenancies where tenants <> '[]' limit 1")
    (referral,) = query(system, "eligibility", f"select * from referrals where kommunenummer = '{HOME}' limit 1")
    (imported,) = query(system, "intake", f"select import from imports where kommunenummer = '{HOME}' limit 1")
    return {
        "application": application,
        "withdrawable": withdrawable,
        "id": application,
        "key": application,
        "import": imported["import"],
        **waiting,
        "person": tenant["id"],
        "erased": erased,
        "number": made_input.birth_number(5001),
        "contract": contract,
        "file": made_input.account(f"{HOME}-access", 1, 2).file(date(2018, 1, 1), 1).decode(),
        "referral_id": referral["referral_id"],
        "referred": referral["application"],
        "code": "no_office",
        "today": datetime.now(OSLO).date().isoformat(),
        "tenancy": alert["tenancy"],
        "alert_id": alert["alert_id"],
        "version": alert["version"],
        "notice_id": alert["notice_id"],
        "letters": letters,
        "fingerprint": WITHOUT_HEADERS,
    }


WITHOUT_HEADERS = fingerprint(Unreadable("missing_header", ""))
LETTER = """
with letter as (
    insert into dead_letters (origin, topic, partition, record_offset, record_value, kommunenummer, reason, fingerprint)
    values ('kafka', 'access', 0, 0, '{}', %s, 'missing_header: av en prøve', %s) returning id, kommunenummer)
insert into dead_letter_history (letter, kommunenummer, action) select *, 'stopped' from letter returning letter
"""


@pytest.fixture(scope="module")
def letters(system) -> Iterator[dict[str, int]]:
    """A dead letter at home in each service, which none can handle."""
    made = {service: query(system, service, LETTER, HOME, WITHOUT_HEADERS)[0]["letter"] for service in CASES}
    yield made
    for service, letter in made.items():
        query(system, service, "delete from dead_letters where id = %s returning id", letter)


def store_nobody(system: System) -> None:
    """A first register at home, of nobody, so that all mail goes where it goes without one."""
    headers = {"Authorization": f"Bearer {system.token('leder', HOME)}", "Idempotency-Key": "access-staff"}
    httpx.put(f"{system.url('notifications')}/staff", json=NO_STAFF, headers=headers).raise_for_status()


def a_tenant_is_referred(system: System) -> None:
    """For startlån, and NAV has it: what is counted at home."""
    headers = {"Authorization": f"Bearer {system.token('boligansvarlig', HOME)}", "Idempotency-Key": "access-tenant"}
    number = made_input.birth_number(5000)
    body = {"national_id": number, "name": "Prøve Adgangsport", "tenancies": [f"{HOME}-waiting-1"]}
    httpx.post(system.url("intake") + "/persons", json=body, headers=headers).raise_for_status()
    loan = {"application_type": "startlan", "dwelling_type": None, "legal_basis": {"kind": "law"}}
    referred = an_application(system, "access-loan", **loan)
    until(lambda: query(system, "intake", "select from referrals where application = %s", referred), "NAV has it")


def an_application(system: System, key: str, **more: Any) -> str:
    headers = {"Authorization": f"Bearer {system.token('servicetorg', HOME)}", "Idempotency-Key": key}
    body = {
        "applicant": {"national_id": made_input.birth_number(5000), "name": "Prøve Adgangsport"},
        "application_type": "kommunal_bolig",
        "dwelling_type": "gjennomgangsbolig",
        "received_on": "2019-02-01",
        **more,
    }
    made = httpx.post(system.url("intake") + "/applications", json=body, headers=headers).raise_for_status().json()
    return str(made["application"])


def waiting_lines(system: System) -> dict[str, Any]:
    """A bad line and a payment whose KID nobody has, at home."""
    account = f"{HOME}-waiting"
    lines = [
        f"{account};tenancy.started;S;2018-01-01;{account}-1;;700000;;;",
        f"{account};payment.registered;1;2018-02-01;{account}-1;;7,5;;;",
        f"{account};payment.registered;2;2018-02-01;;26;700000;;;",
    ]
    end = f"{account};ledger.closed;3;2018-02-01;;;1400750;;;"
    headers = {"Authorization": f"Bearer {system.token('okonomi', HOME)}", "Idempotency-Key": "waiting"}
    content = "\n".join([made_input.HEADER, *lines, end])
    httpx.post(system.url("intake") + "/ledger/imports", content=content, headers=headers).raise_for_status()
    until(lambda: query(system, "intake", "select from suspense where account = %s", account), "the file is entered")
    (bad,) = query(system, "intake", "select bad_line from bad_lines where account = %s", account)
    (payment,) = query(system, "intake", "select payment from suspense where account = %s", account)
    return {"bad_line": bad["bad_line"], "payment": payment["payment"], "bad_version": 1}


@pytest.fixture(scope="module")
def home_ids(system, things) -> set[str]:
    """Every opaque id of the municipality at home. None may be told to a stranger that hasn't asked with it."""
    found = {
        row["id"]
        for service, columns in IDS.items()
        for table, column in columns.items()
        for row in query(system, service, f"select {column} as id from {table} where kommunenummer = %s", HOME)
    }
    assert len(found) > 300
    return {id for id in found if len(id) == len(str(UUID(int=0)))}


@pytest.fixture(scope="module")
def sessions(system) -> Iterator[Any]:
    """Browsers in which somebody is logged in, by service, role and municipality."""
    browsers: dict[tuple[str, str], httpx.Client] = {}

    def of(service: str, role: str, kommunenummer: str) -> httpx.Client:
        who = service, f"{role}-{kommunenummer}"
        if who not in browsers:
            browsers[who] = logged_in(system, *who)
        return browsers[who]

    yield of
    for client in browsers.values():
        client.close()


OTHER_IDS = {
    "/ledger/imports/": "import",
    "/reskontro/filer/": "import",
    "/reskontro/linjer/": "bad_line",
    "/reskontro/uplassert/": "payment",
}


def request(system: System, things: Mapping[str, Any], route: Route) -> dict[str, Any]:
    """The arguments for httpx of the route's case, about things of the municipality at home."""
    case, letter = route.case, things["letters"][route.service]
    ids = {**things, "letter": letter, "letter_version": 0}
    if route.service == "nav-bridge":
        ids["application"] = things["referred"]
    if route.path == "/erasures/{person}":
        ids["person"] = things["erased"]
    if route.path == "/applications/{id}/withdrawal":
        ids["id"] = things["withdrawable"]
    for beginning, name in OTHER_IDS.items():
        if route.path.startswith(beginning):
            ids["id"] = things[name]
    filled: dict[str, Any] = {"method": route.method, "url": system.url(route.service) + route.path.format(**ids)}
    if case.query:
        filled["params"] = _filled(case.query, ids)
    if case.json is not None:
        filled["json"] = _filled(case.json, ids)
    if case.form:
        filled["data"] = _filled(case.form, ids)
    if case.text is not None:
        filled["content"] = case.text.format(**ids)
    return filled


def _filled(value: Any, ids: Mapping[str, Any]) -> Any:
    match value:
        case dict():
            return {name: _filled(each, ids) for name, each in value.items()}
        case list():
            return [_filled(each, ids) for each in value]
        case str() if value.startswith("{"):
            return ids[value[1:-1]]
    return value


def call(asked: Mapping[str, Any], token: str, *, key: str, **headers: str) -> httpx.Response:
    sent = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, **headers}
    return httpx.request(**asked, headers=sent, timeout=30)


def entrance(forger: Forger, route: Route, kommunenummer: str) -> tuple[str, dict[str, str]]:
    """A token that is let in, and the headers that go with it."""
    if route.case.roles:
        return forger.good(route.service, min(route.case.roles), kommunenummer), {}
    return forger.good(route.service, "tjeneste", ""), {"Kommunenummer": kommunenummer, **SERVICE_HEADERS}


@pytest.mark.parametrize("service", CASES)
def test_every_route_of_the_running_service_has_a_case_here(system, service):
    assert routes(system, service) == set(CASES[service])
    document = httpx.get(system.url(service) + "/openapi.json").json()
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == {route for route, case in CASES[service].items() if case.kind in {"api", "signed"}}


@APIS
def test_without_a_token_nobody_is_let_in(system, things, route):
    assert httpx.request(**request(system, things, route)).status_code == 401


@APIS
def test_a_token_that_is_wrong_in_any_one_thing_is_refused(system, things, forger, route):
    case = route.case
    role = min(case.roles) if case.roles else "tjeneste"
    asked = request(system, things, route)
    headers = {"Kommunenummer": HOME, **SERVICE_HEADERS}
    answers = {
        wrong: call(asked, token, key="wrong", **headers).status_code
        for wrong, token in forger.bad(route.service, role, HOME).items()
    }
    assert answers == dict.fromkeys(answers, 401)


@APIS
def test_every_other_role_is_refused(system, things, forger, route):
    case = route.case
    asked = request(system, things, route)
    headers = {"Kommunenummer": HOME, **SERVICE_HEADERS}
    others = [*sorted(PEOPLE - case.roles), *(() if case.service else ("tjeneste",)), "vaktmester"]
    for role in others:
        answer = call(asked, forger.good(route.service, role, HOME), key="role", **headers)
        assert (role, answer.status_code) == (role, 403)


@OF_SERVICES
@pytest.mark.parametrize("lacking", ["Kommunenummer", "Acting-User", "Purpose"])
def test_a_service_must_say_for_whom_and_why(system, things, route, lacking):
    token = system.platform.issuer.service_token("nav-bridge", route.service)
    headers = {"Kommunenummer": HOME, **SERVICE_HEADERS}
    del headers[lacking]
    assert call(request(system, things, route), token, key="headers", **headers).status_code == 400


@APIS
def test_another_municipality_gets_nothing_on_any_route(system, things, forger, home_ids, route):
    """The stranger asks first; that the same request is answered at home shows that there was something to get."""
    case = route.case
    asked = request(system, things, route)
    token, headers = entrance(forger, route, STRANGE)
    strange = call(asked, token, key="stranger", **headers)
    if case.stranger == "missing":
        assert strange.status_code == 404
    else:
        assert strange.is_success
    if case.stranger == "nothing":
        assert strange.json() in ({"persons": {things["person"]: {"status": "unknown"}}}, {"tenancies": {}})
    in_question = str(asked)
    assert not [id for id in home_ids if id in strange.text and id not in in_question]
    token, headers = entrance(forger, route, HOME)
    if route.path == "/cases/{application}/decisions":
        token = forger.good(route.service, "boligutvalg", HOME)
    home = call(asked, token, key="home", **headers)
    assert home.status_code == case.answer, home.text
    if case.stranger != "missing" and route.method == "GET":
        assert strange.text != home.text


def test_a_service_gets_of_the_municipality_that_it_names_alone(system, things):
    token = system.platform.issuer.service_token("eligibility", "intake")
    asked = request(system, things, Route("intake", "GET", "/applications/{id}/facts"))
    answers = {n: call(asked, token, key="x", Kommunenummer=n, **SERVICE_HEADERS).status_code for n in (HOME, STRANGE)}
    assert answers == {HOME: 200, STRANGE: 404}


@PAGES
def test_a_page_sends_who_is_not_logged_in_to_log_in(system, things, forger, route):
    """A bearer token opens no page, as a cookie opens no API."""
    asked = request(system, things, route)
    for headers in ({}, {"Authorization": f"Bearer {forger.good(route.service, 'leder', HOME)}"}):
        answer = httpx.request(**asked, headers=headers | SAME_SITE)
        if route.method == "GET":
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
        else:
            assert answer.status_code == 401


@PAGES
def test_a_page_is_for_its_roles_and_municipality_alone(system, things, sessions, home_ids, route):
    case = route.case
    asked = request(system, things, route)
    for role in sorted(PEOPLE - case.roles):
        answer = sessions(route.service, role, HOME).request(**asked, headers=SAME_SITE)
        assert (role, answer.status_code) == (role, 403)
    strange = sessions(route.service, insider(route), STRANGE).request(**asked, headers=SAME_SITE)
    assert strange.status_code == (404 if case.stranger == "missing" else case.answer)
    assert not [id for id in home_ids if id in strange.text and id not in str(asked)]
    if "{" in case.form.get("version", ""):
        asked["data"]["version"] = newest(system, route, things)
    assert sessions(route.service, insider(route), HOME).request(**asked, headers=SAME_SITE).status_code == case.answer


def insider(route: Route) -> str:
    return "leder" if "leder" in route.case.roles else min(route.case.roles)


def newest(system: System, route: Route, things: Mapping[str, Any]) -> int:
    """The version that a form would be made from now."""
    if "{letter}" in route.path:
        sql = "select max(id) as version from dead_letter_history where letter = %s and action <> 'seen'"
        (row,) = query(system, route.service, sql, things["letters"][route.service])
    elif route.service == "intake":
        return int(things["bad_version"])
    else:
        (row,) = query(system, route.service, "select version from alerts where alert_id = %s", things["alert_id"])
    return int(row["version"])


@SIGNED
def test_no_token_and_no_session_opens_what_a_signature_does(system, things, forger, sessions, route):
    url = system.url(route.service) + route.path
    tokens = [forger.good(route.service, role, HOME) for role in sorted(PEOPLE)]
    tokens.append(system.platform.issuer.service_token("eligibility", route.service))
    sent = {"Content-Type": "application/jose", "Idempotency-Key": "signed", "Kommunenummer": HOME, **SERVICE_HEADERS}
    for token in tokens:
        for content in (b"{}", token.encode()):
            headers = {**sent, "Authorization": f"Bearer {token}"}
            assert httpx.request(route.method, url, content=content, headers=headers).status_code == 401
    session = sessions(route.service, "leder", HOME)
    assert session.request(route.method, url, content=b"{}", headers=sent | SAME_SITE).status_code == 401


@APIS
def test_a_session_opens_no_api(system, things, sessions, route):
    asked = request(system, things, route)
    assert sessions(route.service, "leder", HOME).request(**asked, headers=SAME_SITE).status_code == 401


@FORMS
def test_a_form_of_another_site_is_refused(system, things, sessions, route):
    asked = request(system, things, route)
    answer = sessions(route.service, "leder", HOME).request(**asked, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@OPENS
def test_what_is_open_to_all_tells_nothing_of_anyone(system, home_ids, route):
    answer = httpx.request(route.method, system.url(route.service) + route.path, timeout=30)
    assert answer.status_code < 500
    assert not [id for id in home_ids if id in answer.text]
