import asyncio

import httpx
import pytest

from chassis.access import service_client
from chassis.access.tokens import Issuer, ServiceToken
from chassis.http import exchange
from chassis.settings import ServiceSettings
from tests.unit.chassis.fake_issuer import URL, FakeIssuer
from tests.unit.chassis.web import environment


class Partner:
    """A service that refuses the tokens it is told to, and what it was sent."""

    def __init__(self, issuer: FakeIssuer, refuses: tuple[str, ...] = ()) -> None:
        self.issuer, self.refuses, self.seen = issuer, refuses, []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "issuer.test":
            return self.issuer.answer(request)
        token = request.headers["authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        if request.url.path == "/moved":
            return httpx.Response(307, headers={"Location": "https://evil.test/"})
        return httpx.Response(401 if token in self.refuses else 200, json={"path": request.url.path})

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)


@pytest.fixture
def settings(tmp_path):
    return ServiceSettings(**environment(tmp_path, client_id="eligibility"))


def connect(settings, partner):
    return service_client(settings, "https://intake.test", "intake", transport=partner.transport)


async def test_calls_to_a_service_carry_a_token_for_it(settings, issuer):
    partner = Partner(issuer)
    async with connect(settings, partner) as client:
        answer = await exchange(client, "GET", "/facts")

    assert (answer.outcome, answer.body) == ("accepted", {"path": "/facts"})
    assert partner.seen == ["token-1"]
    assert issuer.forms == [{"grant_type": "client_credentials", "scope": "intake", "audience": "intake"}]


async def test_many_calls_at_once_fetch_one_token(settings, issuer):
    partner = Partner(issuer)
    async with connect(settings, partner) as client:
        await asyncio.gather(*(client.get("/facts") for _ in range(10)))

    assert len(issuer.forms) == 1


async def test_a_token_is_renewed_before_it_ends(issuer):
    time = [0.0]
    token = ServiceToken(Issuer(URL, issuer.transport), ("eligibility", "hidden"), "intake", now=lambda: time[0])
    partner = Partner(issuer)
    async with httpx.AsyncClient(auth=token, transport=partner.transport) as client:
        for time[0] in (0.0, 479.0, 480.0, 481.0):
            await client.get("https://intake.test/facts")

    assert partner.seen == ["token-1", "token-1", "token-2", "token-2"]


async def test_a_refused_token_is_replaced_once(settings, issuer):
    partner = Partner(issuer, refuses=("token-1",))
    async with connect(settings, partner) as client:
        answer = await exchange(client, "POST", "/facts", json={"a": 1})

    assert answer.outcome == "accepted"
    assert partner.seen == ["token-1", "token-2"]


async def test_a_service_that_refuses_us_is_not_asked_for_ever(settings, issuer):
    partner = Partner(issuer, refuses=("token-1", "token-2"))
    async with connect(settings, partner) as client:
        answer = await exchange(client, "GET", "/facts")

    assert (answer.outcome, answer.body["status"]) == ("refused", 401)
    assert len(partner.seen) == 2


async def test_without_an_issuer_nothing_is_sent(settings, issuer):
    issuer.away = True
    partner = Partner(issuer)
    async with connect(settings, partner) as client:
        answer = await exchange(client, "GET", "/facts")

    assert answer.outcome == "unreachable"
    assert partner.seen == []


async def test_a_token_is_carried_to_no_other_host(settings, issuer):
    partner = Partner(issuer)
    async with connect(settings, partner) as client:
        answer = await exchange(client, "GET", "/moved")

    assert (answer.outcome, answer.body) == ("refused", {"status": 307})
    assert len(partner.seen) == 1


async def test_a_slow_service_is_given_up(settings, issuer):
    async with connect(settings, Partner(issuer)) as client:
        assert (client.timeout.connect, client.timeout.read) == (2, 10)
