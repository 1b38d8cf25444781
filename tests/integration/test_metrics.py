"""What stands still is seen on /metrics."""

import httpx
import pytest

from chassis.http import create_app
from chassis.metrics import Samples
from tests.integration.bench import TOPIC, record, running, until
from tests.integration.sample import Counted, Deposited

pytestmark = pytest.mark.integration


async def test_lag_outbox_dead_letters_parked_keys_and_the_oldest_unhandled_are_on_metrics(bench, tmp_path):
    consumer = await bench.reading(0, 1)
    await consumer.process([record("a", Deposited(amount=-1), 0), record("a", Deposited(amount=1), 1)])
    await consumer.process([record("b", Deposited(amount=1), 2), record("b", Counted(total=1), 3)])
    await bench.rows("update dead_letters set arrived_at = now() - interval '90 seconds' returning 1")
    await bench.rows("update outbox set created_at = now() - interval '40 seconds' returning 1")

    async def end_offsets():
        return {(TOPIC, 0): 4, (TOPIC, 1): 7}

    app = create_app("sample", [], checks=dict, assets_dir=tmp_path, state={})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sample") as client:

        async def figures() -> dict[str, float]:
            lines = (await client.get("/metrics")).text.splitlines()
            return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

        async def sampled() -> bool:
            return (await figures()).get(f'boligflyt_consumer_lag{{partition="1",topic="{TOPIC}"}}') == 7

        async with running(Samples(bench.database, end_offsets).run(reads=False)):
            await until(sampled)
        found = await figures()

    assert found[f'boligflyt_consumer_lag{{partition="0",topic="{TOPIC}"}}'] == 0
    assert found["boligflyt_outbox_depth"] == 1
    assert 40 <= found["boligflyt_outbox_oldest_seconds"] < 80
    assert found["boligflyt_dead_letters"] == 1
    assert found["boligflyt_parked_keys"] == 1
    assert 90 <= found["boligflyt_oldest_unhandled_seconds"] < 130
    assert found[f'boligflyt_events_total{{outcome="handled",topic="{TOPIC}"}}'] >= 1
    assert found[f'boligflyt_events_total{{outcome="rejected",topic="{TOPIC}"}}'] >= 2
    assert found[f'boligflyt_events_total{{outcome="ignored",topic="{TOPIC}"}}'] >= 1
