"""`python -m tests.prove.heartbeats.reader BOOTSTRAP`: the bank's consumer on a Kafka that knows no users."""

import asyncio
import sys

from chassis import logging
from chassis.broker import Kafka
from chassis.database import Database
from chassis.service import Process
from chassis.settings import load
from tests.prove.bank.app import build
from tests.prove.bank.settings import Settings


async def read(bootstrap: str, settings: Settings) -> None:
    database = await Database.connect(settings.database_url, settings.pages_database_url)
    kafka = Kafka(bootstrap, protocol="PLAINTEXT")
    await Process(build(settings), settings, database, kafka).run(["consumer"])


if __name__ == "__main__":
    logging.configure("bank", "INFO")
    asyncio.run(read(sys.argv[1], load(Settings)))
