"""The mail server's answers, from a server that says what each test wants; and intake's door."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from uuid import UUID

import httpx
import pytest

from chassis.outputs import Outgoing
from notifications.domain.ladder import LADDERS
from notifications.domain.staff import Member, Register, register_id
from notifications.gateway import Addresses, AlarmNotices, DigestNotices, Notices, OperatorNotices, People
from notifications.gateway.mail import TROUBLES

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


class Registers:
    """The store as the gateway sees it: the register of one municipality, or none."""

    def __init__(self, register: Register | None = None) -> None:
        self.register = register

    async def states(self, kommunenummer: str, kind: str, ids: list[str]) -> dict[str, Register]:
        assert (kind, ids) == ("staff", [register_id(kommunenummer)])
        return {ids[0]: self.register} if self.register and kommunenummer == "3427" else {}


def notices(port: int, kind: type[Notices] = Notices, register: Register | None = None) -> Notices:
    settings = {"3427": "bolig@tynset.example"}
    return kind(
        Addresses(Registers(register), settings, settings | {"3427": "drift@tynset.example"}),  # type: ignore[arg-type]
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


KARI = Member("sub-kari", "Kari Prøve", "kari@tynset.example")


@pytest.mark.parametrize(
    ("to", "register", "receiver"),
    [
        ("sub-kari", Register((KARI,)), "kari@tynset.example"),
        ("sub-gone", Register((KARI,)), "bolig@tynset.example"),
        ("sub-gone", Register((KARI,), fallback_mail="felles@tynset.example"), "felles@tynset.example"),
        ("fallback", None, "bolig@tynset.example"),
        ("operator", None, "drift@tynset.example"),
        ("operator", Register(operator_mail="ikt@tynset.example"), "ikt@tynset.example"),
    ],
)
async def test_who_gets_a_message_is_looked_up_when_it_is_sent_and_is_never_nobody(to, register, receiver):
    addresses = Addresses(Registers(register), {"3427": "bolig@tynset.example"}, {"3427": "drift@tynset.example"})  # type: ignore[arg-type]
    assert await addresses.of("3427", to) == receiver


FORBIDDEN = (
    *("restanse", "forfall", "forfalt", "ubetalt", "husleie", "leie", "fravikelse", "utkast", "gjeld", "skyld"),
    *("betal", "purring", "inkasso", "namsmann", "tvang", "varsel om", "§", "4-18", " kr", "kroner", "nav "),
)


@pytest.mark.parametrize("kind", [Notices, DigestNotices, OperatorNotices, AlarmNotices])
def test_no_subject_and_no_text_says_what_it_is_about(kind):
    """All that any message may say, of every step of the ladder and of both kinds of trouble."""
    steps = [*(rung.name for ladder in LADDERS.values() for rung in ladder.rungs), "assigned-2"]
    counts = {"fresh": 2, "solved": 1, "waiting": 3}
    refs = [
        {"alert": ALERT, "tenancy": ALERT, "to": "x", "step": step, "trouble": trouble, "account": "a", **counts}
        for step in steps
        for trouble in TROUBLES
    ]
    for ref in refs:
        mail = notices(1, kind, Register((KARI,))).notice(Outgoing(KEY, "3427", ref), "kari@tynset.example")
        said = f"{mail['Subject']} {mail.get_content()}".lower()
        assert not [word for word in FORBIDDEN if word in said.replace("/varsler/", "")]
        assert "prøve" not in said
        assert said.count(ALERT) <= 1


def test_the_morning_mail_counts():
    ref = {"digest": ALERT, "to": "sub-kari", "fresh": 2, "solved": 1, "waiting": 0}
    mail = notices(1, DigestNotices).notice(Outgoing(KEY, "3427", ref), "kari@tynset.example")
    assert mail.get_content() == (
        "I boligflyt: 2 nye oppgaver, 1 oppgave er løst. Logg inn for detaljer.\n\nhttps://varsler.example/\n"
    )


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
