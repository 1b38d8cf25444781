"""eligibility, put together by hand."""

from pathlib import Path

from chassis import operations
from chassis.access import service_client
from chassis.causation import Elsewhere
from chassis.service import Service
from eligibility import api, messages, pages
from eligibility.gateway import IntakeFacts
from eligibility.handlers import HANDLERS, KINDS
from eligibility.projection import TABLES, project
from eligibility.settings import Settings
from eligibility.subscribers import READS, WRITES


def build(settings: Settings) -> Service:
    intake = service_client(settings, settings.intake_url, audience="intake")
    nav_bridge = service_client(settings, settings.nav_bridge_url, audience="nav-bridge")
    return Service(
        name="eligibility",
        messages=messages,
        kinds=KINDS,
        handlers=HANDLERS,
        reads=READS,
        writes=WRITES,
        gateways={"intake-facts": IntakeFacts(intake)},
        project=project,
        tables=TABLES,
        routers=[api.router, pages.router, operations.router],
        writers={"persons.v1": intake, "applications.v1": intake, "deliveries.v1": nav_bridge},
        state={"elsewhere": {"intake": Elsewhere(intake), "nav-bridge": Elsewhere(nav_bridge)}},
        migrations=Path(__file__).parent / "migrations",
    )
