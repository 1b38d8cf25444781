"""Somebody who was registered by mistake, and erased."""

import httpx

from tests.e2e import made_input
from tests.e2e.system import System

HOME = "3427"


def an_erased_person(system: System, number: int) -> str:
    """Somebody registered by mistake: no case, so nothing to keep."""
    tokens = {role: {"Authorization": f"Bearer {system.token(role, HOME)}"} for role in ("servicetorg", "leder")}
    body = {"national_id": made_input.birth_number(number), "name": "Prøve Slettet"}
    once = {"Idempotency-Key": f"erased-{number}"}
    made = httpx.post(system.url("intake") + "/persons", json=body, headers=tokens["servicetorg"] | once)
    person = str(made.raise_for_status().json()["person"])
    asked = httpx.post(system.url("intake") + "/erasures", json={"person": person}, headers=tokens["leder"] | once)
    asked.raise_for_status()
    return person
