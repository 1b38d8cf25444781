"""intake's door to who people are."""

from collections.abc import Iterable
from typing import Any

import httpx

from chassis.http import exchange


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
