"""notifications, put together by hand."""

from functools import partial
from pathlib import Path

from chassis.access import service_client
from chassis.service import Service
from notifications import api, messages, pages
from notifications.gateway import LedgerSums, Notices, People
from notifications.handlers import HANDLERS, KINDS
from notifications.projection import TABLES, project
from notifications.settings import Settings
from notifications.subscribers import READS, WRITES


def build(settings: Settings) -> Service:
    notices = Notices(
        settings.mail_to,
        settings.mail_from,
        settings.public_url,
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        timeout_seconds=settings.smtp_timeout_seconds,
    )
    intake = service_client(settings, settings.intake_url, audience="intake")
    return Service(
        name="notifications",
        messages=messages,
        kinds=KINDS,
        handlers=HANDLERS,
        reads=READS,
        writes=WRITES,
        gateways={"mail": notices},
        project=project,
        tables=TABLES,
        routers=[api.router, pages.router],
        migrations=Path(__file__).parent / "migrations",
        state={"people": People(intake)},
        check=partial(LedgerSums, intake),
        writers={"tenancies.v1": intake, "arrears.v1": intake},
    )
