"""The municipality's mail server, and what goes by it: that there is something to see, and nothing of what it is.

Another channel is another class with a `send`. Who gets a message is a subject of the register; the address is looked
up when it is sent, and kept nowhere.
"""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import localtime
from typing import Any

import structlog
from aiosmtplib import SMTP, SMTPConnectError, SMTPException, SMTPResponseException
from prometheus_client import Counter

from chassis.outputs import Answer, Outgoing
from chassis.store import Store
from notifications.domain.staff import FALLBACK, Register, register_id

log = structlog.get_logger()

BANK_FILES_MISSED = Counter(
    "boligflyt_bank_files_missed", "Bank files that didn't come in time, one per account and day"
)
ALARMS = Counter("boligflyt_alarms", "Kinds of trouble that the operator was told of, one per day", ["trouble"])
OPERATOR = "operator"


class Addresses:
    """Subjects to addresses: the register's, else the settings' one address per municipality."""

    def __init__(self, store: Store, fallback: Mapping[str, str], operator: Mapping[str, str]) -> None:
        self._store, self._fallback, self._operator = store, fallback, operator

    async def of(self, kommunenummer: str, to: str) -> str | None:
        """Who has left the register since is no void: the fallback gets it."""
        found = await self._store.states(kommunenummer, "staff", [register_id(kommunenummer)])
        register: Register = next(iter(found.values()), Register())
        fallback = register.fallback_mail or self._fallback.get(kommunenummer)
        if to == OPERATOR:
            return register.operator_mail or self._operator.get(kommunenummer) or fallback
        member = register.member(to)
        return member.mail if member else fallback


class Notices:
    """One mail per call, with a Message-ID that is the call's own."""

    page = "/varsler/{alert}"
    to_operator = False

    def __init__(
        self,
        addresses: Addresses,
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
        if (receiver := await self._addresses.of(call.kommunenummer, self.to(call))) is None:
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
        subject, text, page = self.words(call.ref)
        mail = EmailMessage(WIRE)
        mail["From"], mail["To"], mail["Subject"] = self._sender, receiver, subject
        mail["Date"] = localtime()
        mail["Message-ID"] = f"<{call.key}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{text} Logg inn for detaljer.\n\n{self._public_url}{page}\n")
        return mail

    def to(self, call: Outgoing) -> str:
        """A call from before there was a register names nobody."""
        return OPERATOR if self.to_operator else str(call.ref.get("to", FALLBACK))

    def words(self, ref: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject, text and page, by what step of the ladder it is."""
        subject, text = STEPS.get(str(ref.get("step", "")).partition("-")[0], STEPS["told"])
        return subject, text, self.page.format(**ref)


STEPS: Mapping[str, tuple[str, str]] = {
    "told": ("Ny oppgave i boligflyt", "Ny oppgave i boligflyt."),
    "assigned": ("Du har fått en oppgave i boligflyt", "En oppgave i boligflyt er tildelt deg."),
    "reminder": ("Påminnelse: oppgave i boligflyt", "En oppgave i boligflyt venter på at du tar den."),
    "S5": ("Haster: oppgave i boligflyt", "En oppgave i boligflyt har ventet i fem arbeidsdager."),
    "substitute": ("Vikar: oppgave i boligflyt", "En oppgave i boligflyt er ikke tatt, og du er vikar."),
    "leader": ("Til leder: oppgave i boligflyt", "En oppgave i boligflyt er ikke tatt av den som eier den."),
    "phone": ("Ring: oppgave i boligflyt", "En hasteoppgave i boligflyt er ikke tatt. Ring den som eier den."),
    "fallback": ("Ikke tatt: oppgave i boligflyt", "En hasteoppgave i boligflyt er ikke tatt av noen."),
}


class DigestNotices(Notices):
    """The morning mail: how many there are, and where."""

    def words(self, ref: Mapping[str, Any]) -> tuple[str, str, str]:
        parts = [
            _count(ref["fresh"], "ny oppgave", "nye oppgaver"),
            _count(ref["waiting"], "oppgave som ikke er tatt", "oppgaver som ikke er tatt"),
            _count(ref["solved"], "oppgave er løst", "oppgaver er løst"),
        ]
        return "Dagens oppgaver i boligflyt", f"I boligflyt: {', '.join(filter(None, parts))}.", "/"


class OperatorNotices(Notices):
    """That a bank file is missing: a mail that leads to the page where that stands, a line in the log and a count."""

    page, to_operator = "/#bankfil", True

    async def send(self, call: Outgoing) -> Answer:
        if call.attempt == 1:
            log.warning("bank_file.missed", kommunenummer=call.kommunenummer, account=call.ref["account"])
            BANK_FILES_MISSED.inc()
        return await super().send(call)


class AlarmNotices(Notices):
    """That something is wrong with the messages or the alerts themselves."""

    to_operator = True

    async def send(self, call: Outgoing) -> Answer:
        if call.attempt == 1:
            log.error("alerts.alarm", kommunenummer=call.kommunenummer, trouble=call.ref["trouble"])
            ALARMS.labels(call.ref["trouble"]).inc()
        return await super().send(call)

    def words(self, ref: Mapping[str, Any]) -> tuple[str, str, str]:
        return "Til drift: se på boligflyt", TROUBLES[ref["trouble"]], "/ansatte"


TROUBLES: Mapping[str, str] = {
    "mail_refused": "En e-post fra boligflyt kom ikke fram.",
    "alert_unattended": "En oppgave i boligflyt manglet eier eller neste steg, og er rettet.",
}


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


def _said_no(code: int) -> Answer:
    """4xx: not now, and nothing was taken; 5xx: never."""
    return Answer("unreachable") if 400 <= code < 500 else Answer("refused", {"code": f"smtp_{code}"})
