"""A writer's event log and the door to it, and a reader that holds it against what it has; both on one database."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chassis.envelope import Record
from chassis.reconcile import Check, Reconciliation, event_log
from tests.integration.bench import GAULDAL, TOPIC, TYNSET, Bench
from tests.integration.sample import Deposited
from tests.unit.chassis.fake_issuer import FakeIssuer, bearer
from tests.unit.chassis.web import client, web_app

FAMILY = "open.{kommunenummer}.v1"


@dataclass
class Municipalities:
    """The little of a Kafka that reconciliation asks for."""

    numbers: Sequence[str] = (TYNSET, GAULDAL)

    async def topics(self, patterns: Iterable[str]) -> list[str]:
        return [pattern.format(kommunenummer=number) for pattern in patterns for number in self.numbers]


def door(bench: Bench, folder: Path, **claims: Any) -> httpx.AsyncClient:
    """A client to the writer, with a service's token unless `claims` say otherwise."""
    writer = client(web_app(bench.store, FakeIssuer(), folder, routers=[event_log()]))
    writer.headers.update(bearer(**{"roles": ["tjeneste"], "kommunenummer": None, "sub": "reader"} | claims))
    return writer


def reconciliation(
    bench: Bench, writer: httpx.AsyncClient, check: Check | None = None, topic: str = TOPIC
) -> Reconciliation:
    reads = {topic: [Deposited]}
    return Reconciliation(bench.database, Municipalities(), reads, {topic: writer}, check, family=FAMILY)


async def log(bench: Bench, records: Iterable[Record], *, sent: bool = True, at: str = "now") -> None:
    """Records as rows of the writer's event log, standing on Kafka where they say."""
    for each in records:
        headers = {name: (text or b"").decode() for name, text in each.headers}
        place = (each.partition, each.offset) if sent else (None, None)
        await bench.rows(
            "insert into outbox (event_id, topic, key, kommunenummer, headers, payload, created_at, position, "
            "partition, record_offset) values ($1, $2, $3, $4, $5, $6, $7::text::timestamptz, "
            "case when $8 then nextval('outbox_position') end, $9, $10)",
            headers["ce_id"],
            each.topic,
            (each.key or b"").decode(),
            headers["ce_kommunenummer"],
            json.dumps(headers),
            each.value,
            at,
            sent,
            *place,
        )
