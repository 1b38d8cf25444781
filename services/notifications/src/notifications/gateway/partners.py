"""The two partners: the municipality's mail server, and intake's door to who people are."""

from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import localtime
from typing import Any

import httpx
import structlog
from aiosmtplib import SMTP, SMTPConnectError, SMTPException, SMTPResponseException
from prometheus_client import Counter

from chassis.http import exchange
from chassis.outputs import Answer, Outgoing

log = structlog.get_logger()

BANK_FILES_MISSED = Counter(
    "boligflyt_bank_files_missed", "Bank files that didn't come in time, one per account and day"
)
SUBJECT = "Ny oppgave i boligflyt"
TEXT = "Ny oppgave i boligflyt. Logg inn for detaljer.\n\n{link}\n"


class Notices:
    """Mails that say that there is something to see, and nothing of what it is (domain.md §5.3)."""

    page = "/varsler/{alert}"

    def __init__(
        self,
        addresses: Mapping[str, str],
        sender: str,
        public_url: str,
        *,
        host: str,
        port: int,
        security: str,
        timeout_seconds: float,
    ) -> None:
        self._addresses, self._sender, self._public_url = addresses, sender, public_url.rstrip("/")
        self._domain = sender.rpartition("@")[2]
        tls = {"use_tls": security == "tls", "start_tls": security == "starttls"}
        names = {"hostname": host, "local_hostname": self._domain, "port": port}
        self._server: dict[str, Any] = {**names, "timeout": timeout_seconds, **tls}

    async def send(self, call: Outgoing) -> Answer:
        """Unknown only when the text was on its way: until then nothing was sent."""
        if (receiver := self._addresses.get(call.kommunenummer)) is None:
            return Answer("refused", {"code": "no_address"})
        server, on_its_way = SMTP(**self._server), False
        try:
            await server.connect()
            await server.mail(self._sender)
            await server.rcpt(receiver)
            on_its_way = True
            await server.data(self.notice(call, receiver).as_bytes())
        except SMTPConnectError:
            return Answer("unreachable")
        except SMTPResponseException as error:
            return _said_no(error.code)
        except (SMTPException, OSError):
            return Answer("unknown" if on_its_way else "unreachable")
        finally:
            server.close()
        return Answer("accepted")

    def notice(self, call: Outgoing, receiver: str) -> EmailMessage:
        """The same Message-ID for the same call, so that one that is sent again is known for the same."""
        mail = EmailMessage(WIRE)
        mail["From"], mail["To"], mail["Subject"] = self._sender, receiver, SUBJECT
        mail["Date"] = localtime()
        mail["Message-ID"] = f"<{call.key}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(TEXT.format(link=f"{self._public_url}{self.page.format(**call.ref)}"))
        return mail


class OperatorNotices(Notices):
    """That a bank file is missing: a mail that leads to the page where that stands, a line in the log and a count."""

    page = "/#bankfil"

    async def send(self, call: Outgoing) -> Answer:
        if call.attempt == 1:
            log.warning("bank_file.missed", kommunenummer=call.kommunenummer, account=call.ref["account"])
            BANK_FILES_MISSED.inc()
        return await super().send(call)


def _said_no(code: int) -> Answer:
    """4xx: not now, and nothing was taken; 5xx: never."""
    return Answer("unreachable") if 400 <= code < 500 else Answer("refused", {"code": f"smtp_{code}"})


class People:
    """Who tenants are, asked for at the moment of showing and never kept."""

    def __init__(self, intake: httpx.AsyncClient) -> None:
        self._intake = intake

    async def look_up(self, ids: Iterable[str], *, kommunenummer: str, acting_user: str) -> dict[str, dict[str, Any]]:
        """By pseudonym; empty while the door is closed, so that a page can go on with case numbers."""
        wanted = sorted(set(ids))
        headers = {"Kommunenummer": kommunenummer, "Acting-User": acting_user, "Purpose": "alert-inbox"}
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(wanted), 500):
            body = {"ids": wanted[start : start + 500]}
            answer = await exchange(self._intake, "POST", "/persons/lookup", json=body, headers=headers)
            if answer.outcome != "accepted":
                return {}
            found |= answer.body.get("persons", {})
        return found
