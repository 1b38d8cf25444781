"""intake's door to how many tenants came to own: counts alone."""

from typing import Any

import httpx

from chassis.http import exchange


class RentingToOwning:
    def __init__(self, intake: httpx.AsyncClient) -> None:
        self._intake = intake

    async def years(self, *, kommunenummer: str, acting_user: str) -> list[dict[str, Any]] | None:
        """The newest first; None while the door is closed."""
        headers = {"Kommunenummer": kommunenummer, "Acting-User": acting_user, "Purpose": "figures"}
        answer = await exchange(self._intake, "GET", "/figures/renting-to-owning", headers=headers)
        years: list[dict[str, Any]] | None = answer.body.get("years") if answer.outcome == "accepted" else None
        return years
