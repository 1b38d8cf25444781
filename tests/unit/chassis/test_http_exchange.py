from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from chassis.http import NothingSent, exchange
from chassis.http.exchange import seconds
from chassis.outputs import Answer


async def answer_to(response: httpx.Response | Exception) -> Answer:
    def partner(request: httpx.Request) -> httpx.Response:
        if isinstance(response, Exception):
            raise response
        return response

    async with httpx.AsyncClient(transport=httpx.MockTransport(partner)) as client:
        return await exchange(client, "POST", "https://partner.test/", json={})


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_success_is_accepted_with_what_the_partner_says(status):
    assert await answer_to(httpx.Response(status, json={"receipt": "r"})) == Answer("accepted", {"receipt": "r"})


@pytest.mark.parametrize("content", [b"", b"ok", b"[1]", b'"x"', b"\xff"])
async def test_a_body_that_is_no_object_is_left_out(content):
    assert await answer_to(httpx.Response(200, content=content)) == Answer("accepted")


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 410, 422])
async def test_a_no_is_refused_with_its_status_and_reason(status):
    assert await answer_to(httpx.Response(status, json={"code": "c"})) == Answer(
        "refused", {"status": status, "code": "c"}
    )


@pytest.mark.parametrize("status", [408, 425, 429, 503])
async def test_not_now_is_tried_again_when_the_partner_wishes(status):
    assert await answer_to(httpx.Response(status, headers={"Retry-After": "7"})) == Answer("unreachable", {}, 7.0)
    assert await answer_to(httpx.Response(status)) == Answer("unreachable")


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x"), NothingSent("x")],
    ids=lambda error: type(error).__name__,
)
async def test_what_never_left_us_is_tried_again(error):
    assert await answer_to(error) == Answer("unreachable")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("x"),
        httpx.ReadError("x"),
        httpx.WriteError("x"),
        httpx.RemoteProtocolError("x"),
        httpx.Response(500),
        httpx.Response(501),
        httpx.Response(502),
        httpx.Response(504),
        httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip")),
    ],
    ids=repr,
)
async def test_what_left_us_without_a_clear_answer_is_unknown(answer):
    assert await answer_to(answer) == Answer("unknown")


def test_a_wish_to_wait_may_be_a_time():
    soon = datetime.now(UTC) + timedelta(seconds=100)

    assert 90 < (seconds(format_datetime(soon, usegmt=True)) or 0) <= 100
    assert seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert seconds("soon") is None
    assert seconds("") is None
    assert seconds("-5") is None
