"""What the pages have in common: their frame, and the vault behind them."""

from datetime import date
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

from chassis.access import Door
from chassis.outputs import OSLO
from chassis.pages import Pages

pages = Pages(Path(__file__).parents[1] / "templates", "boligflyt reskontro")


def render(door: Door, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    home = "/reskontro" if "okonomi" in door.principal.roles else "/reskontro/leieforhold"
    return pages.render(template, status=status, principal=door.principal, home=home, **values)


def vault_of(door: Door) -> Any:
    return door.request.app.state.vault


def today(door: Door) -> date:
    found: date = door.request.app.state.clock.now().astimezone(OSLO).date()
    return found


def case_reference(tenancy: str) -> str:
    """A short form of the opaque id, for people to say to each other: the same as in the alerts."""
    return f"BF-{tenancy[:4]}-{tenancy[4:8]}".upper()
