import re
from hashlib import sha256
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from chassis import access
from chassis.access.principal import ROLES, SERVICE
from chassis.errors import BrokenInvariant, NotYours, Reject
from tests.unit.chassis.fake_issuer import bearer
from tests.unit.chassis.web import SAME_SITE, FakeStore, body, routes, web_app

SERVICE_HEADERS = {"Kommunenummer": "5027", "Acting-User": "system", "Purpose": "assess"}
JSON = {"Content-Type": "application/json"}


def headers(key: str | None = "key-1", **claims) -> dict[str, str]:
    return bearer(**claims) | JSON | ({"Idempotency-Key": key} if key is not None else {})


async def pay(web, payment="p1", content=None, **options):
    return await web.post(f"/payments/{payment}", content=content or body(), headers=headers(**options))


@pytest.mark.parametrize("role", sorted(ROLES | {"admin", ""}))
async def test_a_role_opens_its_doors_and_no_other(web, role):
    answer = await web.get("/payments", headers=bearer(roles=[role]))

    assert answer.status_code == (200 if role in {"okonomi", "leder"} else 403)


@pytest.mark.parametrize("roles", [None, [], "okonomi", [["okonomi"]], {"okonomi": True}], ids=str)
async def test_roles_in_another_form_are_no_roles(web, roles):
    assert (await web.get("/payments", headers=bearer(roles=roles))).status_code == 403


@pytest.mark.parametrize("kommunenummer", [None, "", "342", "34270", "342a", "3427 ", "٣٤٢٧"], ids=repr)
async def test_a_person_without_a_municipality_is_let_in_nowhere(web, kommunenummer):
    answer = await web.get("/payments", headers=bearer(kommunenummer=kommunenummer))

    assert answer.status_code == 403


async def test_a_query_is_run_in_the_callers_municipality(web, store):
    answer = await web.get("/payments", headers=bearer(kommunenummer="5027"))

    assert answer.json() == [{"kommunenummer": "5027"}]
    assert store.queries == [("5027", "payment", "a"), ("5027", "select 1", "x")]


async def test_a_person_cannot_choose_another_municipality_by_a_header(web, store):
    await web.get("/payments", headers=bearer() | {"Kommunenummer": "5027"})

    assert store.queries[-1][0] == "3427"


async def test_a_service_acts_in_the_municipality_that_it_names(web, store):
    token = bearer(roles=[SERVICE], kommunenummer=None, sub="eligibility")

    assert (await web.get("/payments", headers=token | SERVICE_HEADERS)).status_code == 200
    assert store.queries[-1][0] == "5027"


@pytest.mark.parametrize(
    "header",
    [{name: value} for name in SERVICE_HEADERS for value in (None, "", "ola nordmann", "12345678901x" * 30)],
    ids=str,
)
async def test_a_service_that_does_not_say_for_whom_and_why_is_told_what_is_missing(web, store, header):
    given = {name: value for name, value in (SERVICE_HEADERS | header).items() if value is not None}

    answer = await web.get("/payments", headers=bearer(roles=[SERVICE], kommunenummer=None) | given)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(header)
    assert store.queries == []


async def test_a_service_token_for_one_municipality_opens_no_other(web):
    answer = await web.get("/payments", headers=bearer(roles=[SERVICE], kommunenummer="3427") | SERVICE_HEADERS)

    assert answer.status_code == 403


async def test_a_service_is_let_in_only_where_services_are(web):
    token = bearer(roles=[SERVICE, "okonomi"], kommunenummer=None) | SERVICE_HEADERS | {"Idempotency-Key": "k"}

    assert (await web.post("/twice", headers=token)).status_code == 403


async def test_a_command_carries_who_asked_where_and_the_digest_of_what(web, store):
    answer = await pay(web)
    ((message, request_hash),) = store.commands

    assert answer.status_code == 201
    assert answer.json() == {"id": str(message.id)}
    assert (message.type, message.subject, message.kommunenummer) == ("command.register", "p1", "3427")
    assert message.data.amount_ore == 100
    assert message.time.tzinfo is not None
    assert message.correlation == str(message.id)
    assert message.traceparent.startswith("00-")
    assert request_hash == sha256(body()).digest()


async def test_the_same_key_is_the_same_message_whatever_the_body_says(web, store):
    await pay(web)
    await pay(web, content=body(amount_ore=5))
    (first, first_hash), (second, second_hash) = store.commands

    assert first.id == second.id
    assert first_hash != second_hash


@pytest.mark.parametrize("other", [{"key": "key-2"}, {"sub": "user-8"}, {"kommunenummer": "5027"}, {"payment": "p2"}])
async def test_another_key_caller_municipality_or_path_is_another_message(web, store, other):
    await pay(web)
    await pay(web, **other)

    assert len({message.id for message, _ in store.commands}) == 2


@pytest.mark.parametrize("key", [None, "", "x" * 201, "two words", "kø"], ids=repr)
async def test_a_command_without_a_usable_idempotency_key_is_refused(web, store, key):
    given = headers(key=None) | ({} if key is None else {"Idempotency-Key": key.encode()})

    answer = await web.post("/payments/p1", content=body(), headers=given)

    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_missing"
    assert store.commands == []


async def test_two_commands_of_one_request_are_two_messages_and_the_same_two_next_time(web, store):
    for _ in range(2):
        await web.post("/twice", headers=headers())

    first, second, again_first, again_second = [message.id for message, _ in store.commands]

    assert first != second
    assert (first, second) == (again_first, again_second)


async def test_a_body_that_the_route_did_not_ask_for_counts_as_well(web, store):
    await web.post("/twice", content=b"one", headers=headers())
    await web.post("/twice", content=b"two", headers=headers())

    assert store.commands[0][1] == sha256(b"one").digest()
    assert store.commands[2][1] == sha256(b"two").digest()


async def test_the_query_is_part_of_what_was_asked(web, store):
    await web.post("/payments/p1?a=1", content=body(), headers=headers())
    await web.post("/payments/p1?a=2", content=body(), headers=headers())

    assert store.commands[0][1] != store.commands[1][1]


async def test_a_trace_goes_on_through_the_door(web, store):
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    await web.post("/payments/p1", content=body(), headers=headers() | {"traceparent": above})

    assert store.commands[0][0].traceparent.startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert store.commands[0][0].traceparent != above


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (Reject("already_decided", "Saken er avgjort."), 409, "already_decided"),
        (Reject("idempotency_key_reused", "Nøkkelen er brukt.", status=422), 422, "idempotency_key_reused"),
        (NotYours("3427"), 404, "not_found"),
        (ConnectionResetError("secret"), 503, "unavailable"),
        (KeyError("secret"), 500, "unexpected"),
    ],
)
async def test_what_the_store_raises_becomes_a_problem_document(web, store, failure, status, code):
    store.fails = failure

    answer = await pay(web)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text


async def test_a_session_cookie_opens_no_door_of_an_api(web):
    web.cookies.set("chassis_session", "anything")

    assert (await web.get("/payments", headers=SAME_SITE)).status_code == 401


async def test_bearer_tokens_open_no_page(web):
    assert (await web.get("/alerts", headers=bearer(roles=["boligansvarlig"]))).status_code == 303


@pytest.mark.parametrize("factory", [access.door, access.page_door])
@pytest.mark.parametrize("roles", [(), ("admin",), ("okonomi", "admin")])
def test_a_door_for_nobody_or_for_an_unknown_role_is_a_mistake_at_start(factory, roles):
    with pytest.raises(ValueError, match="a door is for one or more of"):
        factory(*roles)


def test_a_page_has_no_door_for_services():
    with pytest.raises(ValueError, match="tjeneste"):
        access.page_door(SERVICE)


def test_a_service_with_a_route_that_anyone_could_reach_does_not_start(issuer, tmp_path):
    router = APIRouter(prefix="/facts")

    @router.get("/{id}")
    async def facts(id: str) -> str:
        return id

    with pytest.raises(BrokenInvariant, match=re.escape("/facts/{id}")):
        web_app(FakeStore(), issuer, tmp_path, routers=[routes(), router])


def test_a_dependency_that_only_looks_like_a_door_is_none(issuer, tmp_path):
    router = APIRouter()

    @router.get("/facts")
    async def facts(token: Annotated[str, Depends(lambda: "")]) -> str:
        return token

    with pytest.raises(BrokenInvariant, match="/facts"):
        web_app(FakeStore(), issuer, tmp_path, routers=[router])


def test_a_plain_route_beside_the_routers_needs_a_door_too(issuer, tmp_path):
    app = web_app(FakeStore(), issuer, tmp_path)

    async def leak(request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    app.add_route("/leak", leak)

    assert access.unguarded_routes(app) == ["/leak"]


def test_a_door_may_stand_before_a_whole_router(issuer, tmp_path):
    router = APIRouter(dependencies=[Depends(access.door("leder"))])

    @router.get("/report")
    async def report() -> str:
        return ""

    assert access.unguarded_routes(web_app(FakeStore(), issuer, tmp_path, routers=[router])) == []


def test_a_door_of_a_services_own_guards_its_route_and_no_other_of_the_path(issuer, tmp_path):
    router = APIRouter()

    async def by_signature(request: Request) -> str:
        return request.headers.get("signature", "")

    @router.post("/told", dependencies=[Depends(access.guarding(by_signature))])
    async def told() -> str:
        return ""

    assert access.unguarded_routes(web_app(FakeStore(), issuer, tmp_path, routers=[router])) == []

    @router.get("/told")
    async def leak() -> str:
        return ""

    with pytest.raises(BrokenInvariant, match="/told"):
        web_app(FakeStore(), issuer, tmp_path, routers=[router])
