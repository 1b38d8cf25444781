"""intake's facts door, as eligibility knocks on it."""

from uuid import UUID

import httpx

from chassis.outputs import Answer, Outgoing
from eligibility.gateway import IntakeFacts
from tests.unit.eligibility.given import APPLICATION, facts

CALL = Outgoing(UUID(int=1), "5027", {"application": APPLICATION})


async def answer_to(respond) -> Answer:
    async with httpx.AsyncClient(transport=httpx.MockTransport(respond), base_url="http://intake") as intake:
        return await IntakeFacts(intake).send(CALL)


async def test_it_asks_for_one_application_in_its_municipality_as_the_system_and_says_why():
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=facts())

    answer = await answer_to(respond)

    (request,) = asked
    assert (request.method, request.url.path) == ("GET", f"/applications/{APPLICATION}/facts")
    assert (request.headers["Kommunenummer"], request.headers["Acting-User"]) == ("5027", "system")
    assert request.headers["Purpose"] == "eligibility_assessment"
    assert answer == Answer("accepted", facts())


async def test_an_unknown_application_is_refused():
    assert (await answer_to(lambda _: httpx.Response(404, json={"code": "not_found"}))).outcome == "refused"


async def test_a_door_that_is_not_ready_is_unreachable():
    assert (await answer_to(lambda _: httpx.Response(503))).outcome == "unreachable"
