"""A mail server that delivers nothing: it keeps each mail as it came and shows it.

`python -m demo.mail_catcher --port N --http-port M [--record FILE]`

`GET /mails` gives all of them. The record has one JSON line per mail, written before the mail is acknowledged, with
the raw text as it came.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI


@dataclass(slots=True)
class Mailbox:
    record: Path | None = None
    mails: list[dict[str, Any]] = field(default_factory=list)

    def remember(self) -> None:
        """Take up the mails that an earlier run on the same record caught."""
        if self.record is not None and self.record.exists():
            lines = self.record.read_text(encoding="utf-8").split("\n")
            self.mails.extend(json.loads(line) for line in lines if line)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content or b""
        raw = content.decode("utf-8", "backslashreplace") if isinstance(content, bytes) else content
        self.keep(
            {
                "time": datetime.now(UTC).isoformat(),
                "sender": envelope.mail_from,
                "recipients": envelope.rcpt_tos,
                "raw": raw,
            }
        )
        return "250 OK"

    def keep(self, mail: dict[str, Any]) -> None:
        if self.record is not None:
            with self.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(mail, ensure_ascii=False) + "\n")
        self.mails.append(mail)


def shown(mail: dict[str, Any]) -> dict[str, Any]:
    """A mail with its subject and text decoded beside the raw form."""
    parsed = message_from_bytes(mail["raw"].encode(), policy=default)
    body = parsed.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    return {**mail, "subject": str(parsed["subject"] or ""), "text": text.replace("\r\n", "\n")}


def build(mailbox: Mailbox, host: str, port: int) -> FastAPI:
    """The page of the catcher; the mail server lives as long as the page does."""

    @asynccontextmanager
    async def serving(app: FastAPI) -> AsyncIterator[None]:
        mailbox.remember()
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(mailbox, hostname="mail-catcher", enable_SMTPUTF8=True), host, port
        )
        async with server:
            app.state.smtp_port = server.sockets[0].getsockname()[1]
            yield

    app = FastAPI(title="Postfanger for boligflyt", lifespan=serving)

    @app.get("/mails")
    async def mails() -> list[dict[str, Any]]:
        return [shown(mail) for mail in mailbox.mails]

    return app


def main(
    port: Annotated[int, typer.Option(help="Porten å ta imot e-post på.")],
    http_port: Annotated[int, typer.Option(help="Porten å vise e-posten på.")],
    host: Annotated[str, typer.Option(help="Adressen å lytte på.")] = "127.0.0.1",
    record: Annotated[Path | None, typer.Option(help="Fil for e-posten, én JSON-linje for hver.")] = None,
) -> None:
    """Fanger e-post uten å sende den videre."""
    uvicorn.run(build(Mailbox(record), host, port), host=host, port=http_port, log_level="warning")


if __name__ == "__main__":
    typer.run(main)
