"""notifications, put together by hand."""

from functools import partial
from pathlib import Path
from typing import Any

from chassis import operations
from chassis.access import service_client
from chassis.causation import Elsewhere
from chassis.service import Service
from chassis.store import Store
from notifications import api, messages, pages
from notifications.gateway import (
    Activated,
    Addresses,
    AlarmNotices,
    Auditor,
    DigestNotices,
    LedgerSums,
    Notices,
    OperatorNotices,
    People,
    RentingToOwning,
)
from notifications.handlers import KINDS, handlers
from notifications.handlers.lines import norwegian_bank_day
from notifications.pages.boards import Boards
from notifications.projection import TABLES, project
from notifications.settings import Settings
from notifications.subscribers import READS, WRITES
from notifications.translation import feed, policies


def build(settings: Settings) -> Service:
    intake = service_client(settings, settings.intake_url, audience="intake")
    server: dict[str, Any] = {
        "host": settings.smtp_host,
        "port": settings.smtp_port,
        "security": settings.smtp_security,
        "timeout_seconds": settings.smtp_timeout_seconds,
    }
    nav_bridge = service_client(settings, settings.nav_bridge_url, audience="nav-bridge")
    judging = policies()
    operators = {**settings.mail_to, **settings.operator_mail_to}

    def mailing(notices: type[Notices], store: Store) -> Notices:
        addresses = Addresses(store, settings.mail_to, operators)
        return notices(addresses, settings.mail_from, settings.public_url, **server)

    return Service(
        name="notifications",
        messages=messages,
        kinds=KINDS,
        handlers=handlers(judging, feed(), norwegian_bank_day),
        reads=READS,
        writes=WRITES,
        gateways={
            "mail": partial(mailing, Notices),
            "digest-mail": partial(mailing, DigestNotices),
            "operator-mail": partial(mailing, OperatorNotices),
            "alarm-mail": partial(mailing, AlarmNotices),
            "audit": Auditor,
        },
        project=project,
        learn=Activated(judging).learn,
        writers={**dict.fromkeys(("persons.v1", "tenancies.v1", "arrears.v1"), intake), "deliveries.v1": nav_bridge},
        check=partial(LedgerSums, intake),
        tables=TABLES,
        routers=[api.router, pages.router, operations.router],
        migrations=Path(__file__).parent / "migrations",
        state={
            "people": People(intake),
            "renting_to_owning": RentingToOwning(intake),
            "intake": Elsewhere(intake),
            "nav_bridge": Elsewhere(nav_bridge),
            "policies": judging,
            "boards": Boards(),
        },
    )
