"""One life of the bank: all its parts on one loop, as a service runs them, and the commands, under a tracer."""

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chassis import logging
from chassis.broker import Kafka
from chassis.database import TRANSIENT, Database
from chassis.listener import listen
from chassis.outputs import Message
from chassis.service import Process
from demo.local.databases import Urls
from tests.prove.bank.app import build
from tests.prove.bank.messages import BillDue, Deposited
from tests.prove.bank.settings import Settings
from tests.prove.guards.book import MUNICIPALITY
from tests.prove.lines.dying import Line, trace


@dataclass(frozen=True, slots=True)
class Command:
    """A person's: the same id each time that it is sent again."""

    id: UUID
    account: str
    number: int
    bill: bool

    @property
    def body(self) -> Deposited | BillDue:
        return BillDue(number=self.number) if self.bill else Deposited(number=self.number)


@dataclass(frozen=True, slots=True)
class Life:
    """`group`: processes of one group share the partitions; the dead leave theirs behind for a while."""

    urls: Urls
    kafka: Kafka
    topic_in: str
    topic_out: str
    partner_url: str
    log: Path
    group: str
    commands: tuple[Command, ...] = ()
    target: Line | None = None
    nth: int = 1
    notes: Path | None = None


def live(life: Life) -> None:
    """Until told to end, or dead."""
    logging.configure("bank", "WARNING", life.log.open("a", encoding="utf-8"))
    if life.target or life.notes:
        trace(life.target, life.nth, life.notes)
    asyncio.run(_run(life))


async def _run(life: Life) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    settings = Settings.model_construct(
        bank="bank",
        database_url=life.urls.runners,
        topic_in=life.topic_in,
        topic_out=life.topic_out,
        partner_url=life.partner_url,
    )
    database = await Database.connect(life.urls.runners, life.urls.pages)
    process = Process(build(settings), settings, database, life.kafka)
    runners = [
        asyncio.ensure_future(part)
        for part in (
            listen(life.kafka, life.group, [life.topic_in], process.consumer),
            process.relay.run(),
            process.timers.run(),
            process.calls.run(),
            ended.wait(),
        )
    ]
    doors = asyncio.ensure_future(_doors(process, life.commands))
    await asyncio.wait(runners, return_when=asyncio.FIRST_COMPLETED)
    for task in (*runners, doors):
        task.cancel()
    results = await asyncio.gather(*runners, doors, return_exceptions=True)
    await life.kafka.close()
    await database.close()
    if broken := [each for each in results if isinstance(each, Exception)]:
        raise broken[0]


async def _doors(process: Process, commands: tuple[Command, ...]) -> None:
    """Each command until it is answered, as whoever asks does."""
    for command in commands:
        while True:
            with contextlib.suppress(*TRANSIENT):
                body = command.body
                message = Message(
                    command.id, body.type, command.account, MUNICIPALITY, process.clock.now(), body, str(command.id)
                )
                await process.store.command(message, request_hash=body.model_dump_json().encode())
                break
    await process.store.states(MUNICIPALITY, "account", [command.account for command in commands])
