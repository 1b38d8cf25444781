"""NAV's public keys, from a file or an address, as a JSON Web Key Set (RFC 7517)."""

import asyncio
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import structlog
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet

from chassis.http.problems import unavailable

log = structlog.get_logger()

LIVE = 3600  # seconds
OUTLIVE = 24 * 3600  # seconds for which the keys that we have are good while they can't be read anew
AGAIN = 30  # seconds between readings for the sake of unknown key ids, whoever makes those up


class NavKeys:
    """Read at first use, hourly, and when a callback names one that we don't have."""

    def __init__(
        self,
        place: str,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place, self._transport, self._now = place, transport, now
        self._keys, self._read_at, self._tried_at, self._lock = KeySet([]), -math.inf, -math.inf, asyncio.Lock()

    async def named(self, kid: str) -> Key:
        """The key of that id. Raises `InvalidKeyIdError`, or a `Problem` where none can be had just now."""
        try:
            return (await self._newer_than(LIVE)).get_by_kid(kid)
        except InvalidKeyIdError:
            return (await self._newer_than(AGAIN)).get_by_kid(kid)

    async def _newer_than(self, age: float) -> KeySet:
        async with self._lock:
            now = self._now()
            if now - self._read_at > age and now - self._tried_at > AGAIN:
                self._tried_at = now
                try:
                    self._keys, self._read_at = KeySet.import_key_set(await self._document()), now
                except (OSError, httpx.HTTPError, ValueError, TypeError, KeyError, JoseError) as error:
                    log.warning("nav_bridge.nav_keys_not_read", error=type(error).__name__)
            if now - self._read_at > OUTLIVE:
                raise unavailable("nav_keys_unavailable", "NAVs nøkler kan ikke leses nå. Prøv igjen om litt.")
            return self._keys

    async def _document(self) -> Any:
        if not self._place.startswith(("https:", "http:")):
            return json.loads(await asyncio.to_thread(Path(self._place).read_text, "utf-8"))
        async with httpx.AsyncClient(transport=self._transport, timeout=httpx.Timeout(5, connect=2)) as client:
            return (await client.get(self._place)).raise_for_status().json()
