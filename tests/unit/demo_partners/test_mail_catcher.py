import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from demo.mail_catcher import Mailbox, build


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "mails.jsonl"


@pytest_asyncio.fixture
async def catcher(record: Path) -> AsyncIterator[FastAPI]:
    app = build(Mailbox(record), "127.0.0.1", 0)
    async with app.router.lifespan_context(app):
        yield app


async def post(app: FastAPI, subject: str, text: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "boligflyt@kommune.example", "bolig@kommune.example", subject
    mail.set_content(text)
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=app.state.smtp_port, start_tls=False)


async def caught(app: FastAPI) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mail") as http:
        mails: list[dict[str, Any]] = (await http.get("/mails")).json()
        return mails


def raws_in(record: Path) -> list[str]:
    return [json.loads(line)["raw"] for line in record.read_text().splitlines()]


async def test_a_mail_is_kept_and_shown_decoded(catcher: FastAPI) -> None:
    await post(catcher, "Nytt varsel på siden", "Logg inn for å se det.\n")
    (mail,) = await caught(catcher)
    assert (mail["subject"], mail["text"]) == ("Nytt varsel på siden", "Logg inn for å se det.\n")
    assert mail["recipients"] == ["bolig@kommune.example"]


async def test_the_record_has_one_line_per_mail_with_its_raw_text(catcher: FastAPI, record: Path) -> None:
    await post(catcher, "Første", "en")
    await post(catcher, "Andre", "to")
    assert [raw.strip().splitlines()[-1] for raw in raws_in(record)] == ["en", "to"]


async def test_a_catcher_started_on_its_record_still_shows_the_mails(catcher: FastAPI, record: Path) -> None:
    await post(catcher, "Før omstart", "tekst")
    again = build(Mailbox(record), "127.0.0.1", 0)
    async with again.router.lifespan_context(again):
        assert [mail["subject"] for mail in await caught(again)] == ["Før omstart"]
