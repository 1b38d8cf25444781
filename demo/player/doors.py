"""Posting as a person would: with a demo user's token, at the services' own doors."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import httpx

from demo.player.running import Running

ONCE = UUID("0d0f5a0e-7a31-4c43-9f2e-6d0b7c1c5b11")
PATIENCE = 120  # seconds: a large ledger file is checked to its end before the answer


class Refused(Exception):
    """A service did not take what the input holds; the problem document says why, field by field."""

    def __init__(self, what: str, response: httpx.Response) -> None:
        problem = response.json() if "json" in response.headers.get("content-type", "") else {}
        errors = "".join(
            f"\n  {' '.join(str(e[k]) for k in ('line', 'field') if e.get(k) is not None)}: {e.get('message', '')}"
            for e in problem.get("errors", [])[:10]
        )
        super().__init__(f"{what}: {response.status_code} {problem.get('detail') or problem.get('title', '')}{errors}")


class Doors:
    """One client for all doors; tokens are asked for once per user."""

    def __init__(self, system: Running) -> None:
        self._system = system
        self._tokens: dict[str, str] = {}
        self._client = httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=8))

    async def __aenter__(self) -> "Doors":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def _headers(self, role: str, kommunenummer: str) -> dict[str, str]:
        username = f"{role}-{kommunenummer}"
        if username not in self._tokens:
            self._tokens[username] = self._system.token(username)
        return {"Authorization": f"Bearer {self._tokens[username]}"}

    async def get(self, service: str, path: str, role: str, kommunenummer: str) -> httpx.Response:
        url = self._system.addresses.url(service) + path
        return await self._client.get(url, headers=self._headers(role, kommunenummer))

    async def post(
        self, service: str, path: str, role: str, kommunenummer: str, what: str, **body: Any
    ) -> Mapping[str, Any]:
        """`what` names the piece of input, and makes the Idempotency-Key; `body` is httpx's json or content."""
        headers = self._headers(role, kommunenummer) | {"Idempotency-Key": str(uuid5(ONCE, f"{path} {what}"))}
        if "content" in body:
            headers["Content-Type"] = "text/csv; charset=utf-8"
        response = await self._client.post(self._system.addresses.url(service) + path, headers=headers, **body)
        if response.is_error:
            raise Refused(what, response)
        answer: dict[str, Any] = response.json()
        return answer
