import httpx
import pytest
from fastapi import APIRouter, Depends

from chassis import access
from chassis.errors import BrokenInvariant
from tests.unit.chassis.fake_issuer import bearer
from tests.unit.chassis.web import FakeStore, client, web_app

HTML = {"Accept": "text/html,application/xhtml+xml"}


def failing(error: Exception) -> APIRouter:
    router = APIRouter(dependencies=[Depends(access.door("leder"))])

    @router.get("/fail")
    async def fail() -> None:
        raise error

    return router


async def ask(issuer, folder, path, *, routers=None, **options) -> httpx.Response:
    headers = options.pop("headers", None)
    headers = bearer(roles=["leder"]) if headers is None else headers
    async with client(web_app(FakeStore(), issuer, folder, routers=routers or [], **options)) as web:
        return await web.get(path, headers=headers)


async def test_a_process_says_that_it_lives_and_what_it_waits_for(issuer, tmp_path):
    alive = await ask(issuer, tmp_path, "/livez", headers={})
    ready = await ask(issuer, tmp_path, "/readyz", headers={}, checks=lambda: {"database": True, "consumer": False})

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"checks": {"database": True, "consumer": False}})


async def test_metrics_are_there_for_prometheus(web):
    answer = await web.get("/metrics")

    assert "boligflyt_outbox_depth" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/payments", "/alerts", "/static/boligflyt.css", "/fail"])
async def test_every_answer_allows_our_own_files_alone_and_no_frame(issuer, tmp_path, path):
    headers = (await ask(issuer, tmp_path, path, routers=[failing(KeyError("x"))])).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))

    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["form-action"] == "'self' https://issuer.test"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert ("cache-control" in headers) == (not path.startswith("/static"))


async def test_what_nobody_foresaw_is_logged_and_not_told(issuer, tmp_path, logged):
    answer = await ask(issuer, tmp_path, "/fail", routers=[failing(KeyError("01010112345"))])

    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "01010112345" not in answer.text
    assert [line["event"] for line in logged] == ["http.failed", "http.answered"]


async def test_a_broken_invariant_ends_the_process(issuer, tmp_path):
    ended: list[Exception] = []
    error = BrokenInvariant("the lock is another's")

    await ask(issuer, tmp_path, "/fail", routers=[failing(error)], broken=ended.append)

    assert ended == [error]


async def test_each_request_is_one_line_without_ids_or_queries(web, logged):
    await web.get("/payments?name=ola", headers=bearer())
    await web.get("/people/01010112345")

    assert [(line["event"], line["method"], line["status"]) for line in logged] == [
        ("http.answered", "GET", 200),
        ("http.answered", "GET", 404),
    ]
    assert logged[0]["route"] == "/payments"
    assert "ola" not in str(logged)
    assert "01010112345" not in str(logged)


async def test_a_machine_gets_a_document_and_a_person_a_page(web):
    document, page = await web.get("/nowhere"), await web.get("/nowhere", headers=HTML)

    assert document.headers["content-type"] == "application/problem+json"
    assert document.json()["title"] == "Finnes ikke"
    assert page.headers["content-type"].startswith("text/html")
    assert '<html lang="nb">' in page.text
    assert "<h1" in page.text
    assert (document.status_code, page.status_code) == (404, 404)


async def test_a_wrong_method_is_told_which_are_right(web):
    answer = await web.delete("/payments")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("content", [b"{", b'{"amount_ore": NaN1}', b"\xff\xfe", b"[" * 100_000], ids=len)
async def test_a_body_that_is_no_json_is_a_problem_of_the_sender(web, content):
    headers = bearer() | {"Content-Type": "application/json", "Idempotency-Key": "k"}

    answer = await web.post("/payments/p1", content=content, headers=headers)

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_the_sender_wrote_is_never_in_the_answer(web):
    headers = bearer() | {"Content-Type": "application/json", "Idempotency-Key": "k"}

    answer = await web.post(
        "/payments/p1", content=b'{"amount_ore": "01010112345x", "note": "hemmelig"}', headers=headers
    )

    assert answer.json()["errors"] == [
        {"field": "amount_ore", "message": "Verdien må være et heltall."},
        {"field": "note", "message": "Teksten kan ha høyst 5 tegn."},
    ]


async def test_too_large_a_body_is_refused_before_it_is_kept(web):
    async def endless():
        for _ in range(70):
            yield b" " * 1024 * 1024

    answer = await web.post("/payments/p1", content=endless(), headers=bearer() | {"Content-Type": "application/json"})

    assert answer.status_code == 413


async def test_the_description_of_the_api_is_open_and_its_viewers_from_elsewhere_are_off(web):
    description = (await web.get("/openapi.json")).json()

    assert "/payments/{payment}" in description["paths"]
    assert description["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert (await web.get("/docs")).status_code == 404
    assert (await web.get("/redoc")).status_code == 404


async def test_our_own_style_and_the_bundled_assets_are_served(issuer, tmp_path):
    (tmp_path / "htmx.js").write_text("//")

    assert (await ask(issuer, tmp_path, "/assets/htmx.js")).status_code == 200
    assert (await ask(issuer, tmp_path, "/static/boligflyt.css")).status_code == 200
    assert (await ask(issuer, tmp_path, "/assets/../session-secret")).status_code == 404


async def test_an_application_without_its_assets_does_not_start(issuer, tmp_path):
    with pytest.raises(RuntimeError, match="does not exist"):
        web_app(FakeStore(), issuer, tmp_path / "missing")
