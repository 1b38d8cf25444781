from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from json import loads
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chassis.access import login as login_module
from chassis.access.login import local_path
from tests.unit.chassis.fake_issuer import STRANGER, URL
from tests.unit.chassis.web import HOME, SAME_SITE, client, web_app

COOKIE = "chassis_session"
FORM = {"version": "1", "idempotency_key": "made-with-the-form"}


def query_of(answer) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def log_in(web, issuer, next="/alerts", **id_token):
    """The browser's part: to the issuer, and back with the code."""
    asked = query_of(await web.get("/login", params={"next": next}))
    issuer.id_token = {"roles": ["boligansvarlig"]} | id_token
    issuer.nonce = issuer.nonce or asked["nonce"]
    return await web.get("/callback", params={"code": "c", "state": asked["state"]})


async def test_a_page_sends_those_without_a_session_to_log_in_and_knows_where_they_came_from(web):
    answer = await web.get("/alerts?level=4&open=1")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={quote('/alerts?level=4&open=1', safe='')}"


async def test_login_asks_the_issuer_for_a_code_with_state_nonce_and_a_hashed_verifier(web):
    answer = await web.get("/login")
    asked = query_of(answer)

    assert answer.headers["location"].startswith(f"{URL}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{HOME}/callback"
    assert asked["client_id"] == "intake"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["state"]
    assert asked["nonce"]


async def test_the_code_is_redeemed_with_the_verifier_of_the_challenge(web, issuer):
    asked = query_of(await web.get("/login"))
    issuer.nonce = asked["nonce"]
    await web.get("/callback", params={"code": "c", "state": asked["state"]})
    (form,) = issuer.forms
    hashed = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")

    assert (form["grant_type"], form["code"], hashed) == ("authorization_code", "c", asked["code_challenge"])


async def test_who_has_logged_in_comes_back_to_the_page_and_sees_it(web, issuer):
    answer = await log_in(web, issuer, next="/alerts?level=4")
    page = await web.get(answer.headers["location"])

    assert answer.headers["location"] == "/alerts?level=4"
    assert page.text == "Kari Saksbehandler 3427"


async def test_the_cookie_is_out_of_reach_for_scripts_other_sites_and_plain_http(web, issuer):
    cookie = (await log_in(web, issuer)).headers["set-cookie"].lower()

    assert cookie.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=lax", "secure", "max-age=36000"} <= set(cookie.split("; "))


async def test_the_cookie_holds_who_in_which_roles_where_and_until_when_alone(web, issuer):
    await log_in(web, issuer, email="kari@example.no", pid="01010112345")
    held = loads(b64decode(web.cookies[COOKIE].split(".")[0]))

    assert set(held) == {"sub", "name", "roles", "kommunenummer", "until"}


async def test_a_session_ends_after_a_work_day_however_much_it_is_used(web, issuer, monkeypatch):
    monkeypatch.setattr(login_module, "WORK_DAY", -1)
    await log_in(web, issuer)

    assert (await web.get("/alerts")).status_code == 303


async def test_a_cookie_that_was_tampered_with_is_no_session(web, issuer):
    await log_in(web, issuer)
    signed = web.cookies[COOKIE]
    web.cookies.clear()
    web.cookies.set(COOKIE, ("B" if signed[0] == "A" else "A") + signed[1:])

    assert (await web.get("/alerts")).status_code == 303


async def test_a_callback_nobody_asked_for_logs_nobody_in(web):
    answer = await web.get("/callback", params={"code": "c", "state": "made-up"})

    assert (answer.status_code, answer.json()["code"]) == (401, "login_failed")


async def test_a_callback_with_another_state_logs_nobody_in(web):
    await web.get("/login")

    assert (await web.get("/callback", params={"code": "c", "state": "made-up"})).status_code == 401
    assert (await web.get("/callback")).status_code == 401


async def test_a_code_is_taken_once(web, issuer):
    asked = query_of(await web.get("/login"))
    issuer.nonce = asked["nonce"]
    await web.get("/callback", params={"code": "c", "state": asked["state"]})

    assert (await web.get("/callback", params={"code": "c", "state": asked["state"]})).status_code == 401


async def test_an_error_of_the_issuer_is_not_shown_as_it_came(web):
    answer = await web.get("/callback", params={"error": "access_denied", "error_description": "<script>"})

    assert answer.status_code == 401
    assert "script" not in answer.text


@pytest.mark.parametrize(
    "id_token",
    [
        {"iss": "https://issuer.test/another"},
        {"aud": "eligibility"},
        {"aud": "eligibility", "azp": "intake"},
        {"exp": 1},
        {"nonce": "of-another-login"},
        {"sub": "01010112345"},
    ],
    ids=str,
)
async def test_an_identity_that_is_not_for_this_login_is_refused(web, issuer, id_token):
    answer = await log_in(web, issuer, **id_token)

    assert answer.status_code == 401
    assert (await web.get("/alerts")).status_code == 303


async def test_an_identity_signed_by_another_key_is_refused(web, issuer):
    issuer.signs_with = STRANGER

    assert (await log_in(web, issuer)).status_code == 401


@pytest.mark.parametrize("roles", [[], ["admin"], None])
async def test_who_has_no_role_here_is_told_so_at_login(web, issuer, roles):
    answer = await log_in(web, issuer, roles=roles)

    assert (answer.status_code, answer.json()["code"]) == (403, "no_role")


async def test_a_service_does_not_log_in_on_a_page(web, issuer):
    assert (await log_in(web, issuer, roles=["tjeneste", "boligansvarlig"])).status_code == 400
    assert (await web.get("/alerts")).status_code == 303


async def test_another_role_sees_a_page_that_says_so(web, issuer):
    await log_in(web, issuer, roles=["okonomi"])

    answer = await web.get("/alerts", headers={"Accept": "text/html"})

    assert answer.status_code == 403
    assert "Rollen din gir ikke tilgang til dette." in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "javascript:alert(1)",
        "evil.test",
        "",
        "/a\r\nSet-Cookie: x=y",
        "/a b",
    ],
    ids=repr,
)
async def test_a_login_leads_to_our_own_pages_only(web, issuer, target):
    answer = await log_in(web, issuer, next=target)

    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("target", ["/", "/alerts", "/alerts?next=//evil.test", "/saker/%C3%B8"])
def test_a_path_of_ours_is_kept(target):
    assert local_path(target) == target


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": HOME},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": f"{HOME}.evil.test"},
        {"Origin": "http://intake.test"},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/alerts/a1", "/logout"])
async def test_a_form_on_another_site_does_nothing(web, issuer, store, headers, path):
    await log_in(web, issuer)

    answer = await web.post(path, data=FORM, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert store.commands == []
    assert (await web.get("/alerts")).status_code == 200


@pytest.mark.parametrize("headers", [SAME_SITE, {"Origin": HOME}], ids=str)
async def test_our_own_form_is_a_command_with_the_key_it_was_made_with(web, issuer, store, headers):
    await log_in(web, issuer)

    answers = [await web.post("/alerts/a1", data=FORM, headers=headers) for _ in range(2)]
    (first, first_hash), (second, second_hash) = store.commands

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (first.subject, first.kommunenummer, first.data.version) == ("a1", "3427", 1)
    assert (first.id, first_hash) == (second.id, second_hash)


async def test_a_form_without_its_key_is_refused(web, issuer):
    await log_in(web, issuer)

    answer = await web.post("/alerts/a1", data={"version": "1"}, headers=SAME_SITE)

    assert answer.json()["code"] == "idempotency_key_missing"


async def test_a_form_sent_after_the_session_ended_is_not_lost_in_a_redirect(web):
    answer = await web.post("/alerts/a1", data=FORM, headers=SAME_SITE)

    assert answer.status_code == 401


async def test_htmx_is_told_to_leave_the_page_for_the_login(web):
    answer = await web.get("/alerts", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")


async def test_logging_out_ends_the_session_here_and_at_the_issuer(web, issuer):
    await log_in(web, issuer)

    answer = await web.post("/logout", headers=SAME_SITE)

    assert answer.headers["location"].startswith(f"{URL}/endsession?")
    assert query_of(answer) == {"client_id": "intake", "post_logout_redirect_uri": f"{HOME}/"}
    assert (await web.get("/alerts")).status_code == 303


async def test_a_link_logs_nobody_out(web, issuer):
    await log_in(web, issuer)

    assert (await web.get("/logout")).status_code == 405
    assert (await web.get("/alerts")).status_code == 200


async def test_without_the_issuer_there_is_no_login_but_an_answer(web, issuer):
    issuer.away = True

    assert (await web.get("/login")).json()["code"] == "issuer_unavailable"


async def test_over_plain_http_the_cookie_travels_all_the_same(store, issuer, tmp_path):
    app = web_app(store, issuer, tmp_path, settings={"public_url": "http://127.0.0.1:8080"})
    async with client(app) as web:
        cookie = (await web.get("/login")).headers["set-cookie"]

    assert "secure" not in cookie
