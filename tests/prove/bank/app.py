"""The bank, put together by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from chassis.calls import Policy
from chassis.outputs import Answer, Key, Outgoing
from chassis.service import Service
from tests.prove.bank import messages
from tests.prove.bank.handlers import ACCOUNT, PARTNER, Account, handlers
from tests.prove.bank.messages import BellCancelled, BellSet, BillDue, Counted, Deposited, Given
from tests.prove.bank.settings import Settings


class Partner:
    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=5)

    async def send(self, call: Outgoing) -> Answer:
        try:
            answer = await self._http.post("/", headers={"Idempotency-Key": str(call.key)}, json=dict(call.ref))
        except httpx.ConnectError:
            return Answer("unreachable")
        return Answer("accepted" if answer.is_success else "unknown")


def project(key: Key, kommunenummer: str, account: Account) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    row = {"account": key.id, "kommunenummer": kommunenummer, "deposits": len(account.deposits)}
    return {"accounts": [row | {"largest": max(account.deposits, default=0)}]}


def build(settings: Settings) -> Service:
    return Service(
        name=settings.bank,
        messages=messages,
        kinds={ACCOUNT: Account},
        handlers=handlers(repaired=settings.repaired),
        reads={settings.topic_in: (Deposited, Given, BellSet, BellCancelled, BillDue)},
        writes={settings.topic_out: (Counted,)},
        gateways={PARTNER: Partner(settings.partner_url)},
        policies={PARTNER: Policy(per_second=500, lease=settings.lease, first_back_off=0.05, longest_back_off=0.5)},
        project=project,
        tables={"accounts": ("account",)},
        routers=[],
        migrations=Path(__file__).parent / "migrations",
    )
