"""The mail server's answers, from a server that says what each test wants; and intake's door."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from uuid import UUID

import httpx
import pytest

from chassis.outputs import Outgoing
from notifications.gateway import Notices, People

KEY = UUID("6f1a3c9e-0000-5000-8000-0000000000ee")
ALERT = "6f1a3c9e-0000-5000-8000-0000000000aa"
CALL = Outgoing(KEY, "3427", {"alert": ALERT, "tenancy": "6f1a3c9e-0000-5000-8000-00000000a001"})


class Server:
    """Answers each command with a code, and hangs up where it is told to."""

    def __init__(self, **codes: int) -> None:
        self.codes, self.mails = codes, list[bytes]()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        usual = {"connect": 220, "ehlo": 250, "mail": 250, "rcpt": 250, "data": 354, "quit": 221, "text": 250}

        def answers(step: str) -> Iterator[bytes]:
            if code := (usual | self.codes)[step]:
                yield f"{code} {step}\r\n".encode()

        async def say(step: str) -> bool:
            for text in answers(step):
                writer.write(text)
                await writer.drain()
                return True
            writer.close()
            return False

        if not await say("connect"):
            return
        while command := (await reader.readline()).decode().strip():
            step = command.partition(" ")[0].lower()
            if not await say(step):
                return
            if step == "data" and self.codes.get("data", 354) == 354:
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                if not await say("text"):
                    return
        writer.close()


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[Notices]:
    listener = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    async with listener:
        yield notices(listener.sockets[0].getsockname()[1])


def notices(port: int) -> Notices:
    return Notices(
        {"3427": "bolig@tynset.example"},
        "boligflyt@tynset.example",
        "https://varsler.example/",
        host="127.0.0.1",
        port=port,
        security="none",
        timeout_seconds=2,
    )


async def test_the_notice_says_that_there_is_something_and_nothing_of_what_it_is():
    server = Server()
    async with serving(server) as gateway:
        assert (await gateway.send(CALL)).outcome == "accepted"
    mail = message_from_bytes(server.mails[0])
    assert (mail["To"], mail["Subject"]) == ("bolig@tynset.example", "Ny oppgave i boligflyt")
    assert mail["Message-ID"] == f"<{KEY}@tynset.example>"
    body = mail.get_payload().replace("\r\n", "\n").removesuffix("\n.\n")
    assert body.strip() == f"Ny oppgave i boligflyt. Logg inn for detaljer.\n\nhttps://varsler.example/varsler/{ALERT}"
    assert "husleie" not in server.mails[0].decode().lower()


async def test_the_same_call_again_has_the_same_message_id():
    server = Server()
    async with serving(server) as gateway:
        await gateway.send(CALL)
        await gateway.send(CALL)
    assert len({message_from_bytes(mail)["Message-ID"] for mail in server.mails}) == 1


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ({"connect": 554}, "unreachable"),
        ({"connect": 0}, "unreachable"),
        ({"mail": 0}, "unreachable"),
        ({"rcpt": 0}, "unreachable"),
        ({"rcpt": 450}, "unreachable"),
        ({"rcpt": 550}, "refused"),
        ({"mail": 550}, "refused"),
        ({"text": 0}, "unknown"),
        ({"text": 451}, "unreachable"),
        ({"text": 554}, "refused"),
    ],
)
async def test_each_answer_of_the_server_is_one_of_four_words(codes, outcome):
    async with serving(Server(**codes)) as gateway:
        assert (await gateway.send(CALL)).outcome == outcome


async def test_a_server_that_is_away_is_unreachable():
    async with serving(Server()) as gateway:
        pass
    assert (await gateway.send(CALL)).outcome == "unreachable"


async def test_a_municipality_without_an_address_is_refused():
    answer = await notices(1).send(Outgoing(KEY, "5027", CALL.ref))
    assert (answer.outcome, answer.body) == ("refused", {"code": "no_address"})


def intake(answer: httpx.Response | Exception, asked: list[httpx.Request]) -> People:
    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return People(httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="https://intake.example"))


async def test_people_are_asked_for_in_the_callers_name_and_municipality():
    asked = list[httpx.Request]()
    people = intake(httpx.Response(200, json={"persons": {"p": {"status": "found", "name": "Kari"}}}), asked)
    assert await people.look_up(["p", "p"], kommunenummer="3427", acting_user="sub-1") == {
        "p": {"status": "found", "name": "Kari"}
    }
    assert (asked[0].headers["kommunenummer"], asked[0].headers["acting-user"]) == ("3427", "sub-1")
    assert asked[0].content == b'{"ids":["p"]}'


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(403), httpx.ConnectError("away"), httpx.ReadTimeout("slow")]
)
async def test_a_closed_door_gives_no_names(answer):
    assert await intake(answer, []).look_up(["p"], kommunenummer="3427", acting_user="sub-1") == {}


async def test_nobody_is_asked_for_when_there_is_nobody():
    asked = list[httpx.Request]()
    assert await intake(httpx.Response(500), asked).look_up([], kommunenummer="3427", acting_user="sub-1") == {}
    assert asked == []
