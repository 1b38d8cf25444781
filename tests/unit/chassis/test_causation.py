"""Asking another service for its part of the trail."""

import json

import httpx
import pytest

from chassis.causation import NOTHING, Elsewhere

KEY = "6f1a3c9e-0000-4000-8000-00000000a001"
FOUND = {"events": [{"id": "e"}], "calls": []}


def answering(status: int, body: object = None, asked: list[httpx.Request] | None = None) -> Elsewhere:
    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return httpx.Response(status, content=json.dumps(body))

    return Elsewhere(httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://intake"))


async def test_it_is_asked_on_behalf_of_who_looks_and_for_what_is_named_alone():
    asked: list[httpx.Request] = []
    found = await answering(200, FOUND, asked).trail(KEY, {"b", "a"}, kommunenummer="3427", acting_user="sub-1")

    assert found == FOUND
    assert asked[0].url == f"http://intake/causation/{KEY}?id=a&id=b"
    headers = {name: asked[0].headers[name] for name in ("kommunenummer", "acting-user", "purpose")}
    assert headers == {"kommunenummer": "3427", "acting-user": "sub-1", "purpose": "causation"}


async def test_a_service_that_knows_nothing_of_it_has_no_part():
    assert await answering(404).trail(KEY, kommunenummer="3427", acting_user="sub-1") == NOTHING


@pytest.mark.parametrize("status", [401, 403, 422, 500, 503])
async def test_a_door_that_is_closed_is_not_taken_for_one_that_knows_nothing(status):
    assert await answering(status).trail(KEY, kommunenummer="3427", acting_user="sub-1") is None
