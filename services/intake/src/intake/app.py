"""intake, put together by hand."""

from pathlib import Path

from chassis import operations
from chassis.access import service_client
from chassis.service import Service
from intake import messages, pages
from intake.api import router
from intake.gateway import IdentityVault
from intake.handlers import HANDLERS, KINDS
from intake.projection import TABLES, project
from intake.settings import Settings
from intake.subscribers import READS, WRITES


def build(settings: Settings) -> Service:
    return Service(
        name="intake",
        messages=messages,
        kinds=KINDS,
        handlers=HANDLERS,
        reads=READS,
        writes=WRITES,
        project=project,
        tables=TABLES,
        routers=[router, pages.router, operations.router],
        migrations=Path(__file__).parent / "migrations",
        writers={
            "decisions.v1": service_client(settings, settings.eligibility_url, audience="eligibility"),
            "deliveries.v1": service_client(settings, settings.nav_bridge_url, audience="nav-bridge"),
            "risks.v1": service_client(settings, settings.notifications_url, audience="notifications"),
        },
        state={
            "vault": IdentityVault.from_file(settings.identity_key_file),
            "mode": settings.mode,
            "largest_import": settings.import_largest_mb * 1_000_000,
        },
    )
