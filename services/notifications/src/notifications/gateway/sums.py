"""The sums of the ledger files, as intake took them in, against the ledger that is kept here."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

import httpx

from chassis.reconcile import Sums
from chassis.store import Store
from notifications.domain.sums import entries

AT_ONCE = 50  # tenancies, of some two hundred lines each: nothing may hold up the process for long
HEADERS = {"Acting-User": "system", "Purpose": "reconcile"}
TENANCIES = "select key from states where kind = 'tenancy' order by key"

Entry = tuple[str, str, int]  # account, kind, day


class LedgerSums:
    """By account, kind and day. Starts, changes and ends of tenancies are no lines of the ledger here.

    What erased tenants paid is gone here, and stands in the files' sums: up to the newest day of theirs, an account may
    hold less than was told, and never more.
    """

    def __init__(self, intake: httpx.AsyncClient, store: Store) -> None:
        self._intake, self._store = intake, store

    async def __call__(self, kommunenummer: str) -> Callable[[], Awaitable[Sequence[Sums]]]:
        """What was told; the answer holds what is here against that."""
        headers = {"Kommunenummer": kommunenummer, **HEADERS}
        answer = (await self._intake.get("/ledger/sums", headers=headers)).raise_for_status().json()
        told = {_named(each): each for each in answer["sums"] if not each["kind"].startswith("tenancy.")}

        vacant = {
            account: date.fromisoformat(day).toordinal() for account, day in answer.get("vacant_until", {}).items()
        }

        async def compared() -> Sequence[Sums]:
            lines, ore = await self._held(kommunenummer)
            names = sorted(name for name in told.keys() | lines.keys() if name[0] not in answer["booking"])
            found = [(name, _sums(name, told.get(name, {}), lines[name], ore[name])) for name in names]
            return [
                each
                for (account, _, day), each in found
                if day > vacant.get(account, 0) or each.lines_held > each.lines_told
            ]

        return compared

    async def _held(self, kommunenummer: str) -> tuple[Counter[Entry], Counter[Entry]]:
        ids = [row["key"] for row in await self._store.rows(kommunenummer, TENANCIES)]
        lines, ore = Counter[Entry](), Counter[Entry]()
        for start in range(0, len(ids), AT_ONCE):
            found = await self._store.states(kommunenummer, "tenancy", ids[start : start + AT_ONCE])
            for tenancy in found.values():
                for kind, dated, amount in entries(tenancy):
                    lines[tenancy.account, kind, dated] += 1
                    ore[tenancy.account, kind, dated] += amount
        return lines, ore


def _named(told: Mapping[str, Any]) -> Entry:
    return told["account"], told["kind"], date.fromisoformat(told["dated_on"]).toordinal()


def _sums(name: Entry, told: Mapping[str, Any], lines: int, ore: int) -> Sums:
    account, kind, day = name
    return Sums(
        what=f"{account} {kind} {date.fromordinal(day)}",
        source=", ".join(told.get("files", ())),
        lines_told=told.get("lines", 0),
        lines_held=lines,
        ore_told=told.get("amount_ore", 0),
        ore_held=ore,
    )
