"""The relay: from the outbox to a real Kafka, in order per key, whatever ends in between."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError

import chassis.relay
from chassis.errors import BrokenInvariant
from chassis.relay import Relay, producer_of
from demo.local.ports import Ports
from tests.integration.bench import Bench, running, until
from tests.integration.sample import Deposited
from tests.integration.wire import by_key, read_all
from tests.prove.fronted import by_way_of
from tests.prove.network import Network

pytestmark = pytest.mark.integration

OUTBOX = "from pg_stat_user_tables where relname = 'outbox'"
FILLED = """
insert into outbox (event_id, topic, key, kommunenummer, headers, payload)
select gen_random_uuid(), $1, 'k' || n % 50, '3427', '{}', convert_to(n::text, 'utf8') from generate_series(1, $2) as n
"""


@pytest.fixture
async def sending(make_bench, make_topic):
    return await make_bench(counts_to=make_topic(3))


@pytest.fixture
def relay_of(admin_kafka):
    def make(bench: Bench, name: str = "sample") -> Relay:
        return Relay(bench.urls.runners, name, bench.database, producer_of(admin_kafka.aiokafka()))

    return make


@pytest.fixture
def network():
    """`network(url)`: the same database by way of a wire."""
    made = Network()
    ports = Ports()

    def by_way(url: str) -> tuple[str, Network]:
        port = ports.take()
        made.lay("database", port, urlsplit(url).port)
        return by_way_of(url, port), made

    yield by_way
    made.close()
    ports.close()


async def deposit(bench: Bench, keys: int, times: int) -> None:
    for _ in range(times):
        await asyncio.gather(*(bench.command(f"k{n}", Deposited(amount=1)) for n in range(keys)))


def in_order(keys: int, times: int) -> dict[str, list[str]]:
    return {f"k{n}": [str(each) for each in range(1, times + 1)] for n in range(keys)}


async def all_sent(bench: Bench) -> bool:
    return not await bench.value("select count(*) from outbox where position is null and refused is null")


async def looks(bench: Bench) -> int:
    """How often anyone has read the outbox, by PostgreSQL's own count; a session tells of its own a second later."""
    return await bench.value(f"select seq_scan + idx_scan {OUTBOX}")


async def has_looked(bench: Bench, times: int) -> bool:
    return await looks(bench) >= times


async def leading(relay: Relay) -> bool:
    return relay.leading


@asynccontextmanager
async def at_the_broker(bench: Bench, admin_kafka) -> AsyncIterator[tuple[asyncpg.Connection, AIOKafkaProducer]]:
    """What a relay works with: a connection and a producer, here without its lock."""
    producer = producer_of(admin_kafka.aiokafka())()
    await producer.start()
    connection = await asyncpg.connect(bench.urls.runners)
    try:
        yield connection, producer
    finally:
        await connection.close()
        await producer.stop()


async def test_many_keys_in_small_batches_arrive_in_order_per_key(sending, relay_of, admin_kafka, monkeypatch):
    monkeypatch.setattr(chassis.relay, "BATCH", 7)
    relay = relay_of(sending)

    async with running(relay.run()):
        await deposit(sending, 20, 5)
        await until(lambda: all_sent(sending))

    assert by_key(await read_all(admin_kafka, sending.counts_to)) == in_order(20, 5)
    positions = [row["position"] for row in await sending.rows("select position from outbox order by position")]
    assert len(set(positions)) == 100


async def test_positions_follow_the_order_of_each_key(sending, relay_of):
    await deposit(sending, 5, 4)
    async with running(relay_of(sending).run()):
        await until(lambda: all_sent(sending))

    rows = await sending.rows("select key, array_agg(id order by position) as ids from outbox group by key")
    assert all(row["ids"] == sorted(row["ids"]) for row in rows)


async def test_killed_between_acknowledgement_and_numbering_it_sends_the_same_ids_again(sending, relay_of, admin_kafka):
    await deposit(sending, 6, 2)
    relay = relay_of(sending)
    async with at_the_broker(sending, admin_kafka) as (connection, producer):
        rows = await connection.fetch(chassis.relay.UNSENT, chassis.relay.BATCH, [])
        await relay._send_all(producer, sending.counts_to, rows)  # acknowledged; then the process is gone
    assert not await all_sent(sending)

    async with running(relay_of(sending).run()):
        await until(lambda: all_sent(sending))

    wire = by_key(await read_all(admin_kafka, sending.counts_to), "ce_id")
    assert {key: len(ids) for key, ids in wire.items()} == {f"k{n}": 4 for n in range(6)}
    assert all(ids[:2] == ids[2:] for ids in wire.values())


async def test_one_of_two_relays_leads_and_the_other_takes_over_when_the_leaders_session_ends(
    make_bench, make_topic, relay_of, admin_kafka
):
    topic = make_topic(3)
    first, second = [await make_bench(counts_to=topic) for _ in range(2)]
    leader, follower = relay_of(first), relay_of(second)
    led = asyncio.ensure_future(leader.run())
    await until(lambda: leading(leader))
    async with running(follower.run()):
        await deposit(first, 4, 2)
        await until(lambda: all_sent(first))
        assert not follower.leading

        await first.rows("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")
        with pytest.raises(BrokenInvariant):
            await asyncio.wait_for(led, 20)
        await until(lambda: leading(follower))
        await deposit(second, 4, 1)
        await until(lambda: all_sent(second))

    assert not leader.leading
    assert by_key(await read_all(admin_kafka, topic)) == in_order(4, 3)


async def test_a_leader_whose_connection_stays_open_and_silent_ends(sending, admin_kafka, network, monkeypatch):
    """Nobody tells it: the other end is gone, as behind a firewall that has forgotten the connection."""
    monkeypatch.setattr(chassis.relay, "SILENT", 1)
    url, wire = network(sending.urls.runners)
    leader = Relay(url, "sample", sending.database, producer_of(admin_kafka.aiokafka()))
    led = asyncio.ensure_future(leader.run())
    await until(lambda: leading(leader))
    wire.half_open("database")
    with pytest.raises(BrokenInvariant):
        await asyncio.wait_for(led, 20)


async def test_relays_of_different_services_do_not_wait_for_each_other(sending, make_bench, relay_of):
    other = await make_bench(counts_to=sending.counts_to)
    one, two = relay_of(sending), relay_of(other, "another service")
    async with running(one.run(), two.run()):
        await until(lambda: leading(one))
        await until(lambda: leading(two))


async def test_a_record_too_large_for_the_broker_holds_its_own_key_and_no_other(sending, relay_of, admin_kafka):
    await sending.command("large", Deposited(amount=1, note="small"))
    await sending.command("large", Deposited(amount=2, note="x" * 2_000_000))
    await sending.command("large", Deposited(amount=3, note="small"))
    await deposit(sending, 6, 2)

    async with running(relay_of(sending).run()):
        await until(lambda: everything_else_is_sent(sending))

    assert by_key(await read_all(admin_kafka, sending.counts_to)) == in_order(6, 2) | {"large": ["1"]}
    refused = await sending.rows("select key, refused from outbox where refused is not null")
    assert refused == [{"key": "large", "refused": "MessageSizeTooLargeError"}]


@pytest.mark.parametrize("many", [1, 12])
async def test_a_topic_that_is_absent_or_refuses_us_holds_up_its_own_rows_alone(
    sending, admin_kafka, monkeypatch, many
):
    """Also where more of its rows wait than one batch takes, and they are the oldest."""
    monkeypatch.setattr(chassis.relay, "BATCH", 4)
    monkeypatch.setattr(chassis.relay, "LEFT_ALONE", 0.2)
    absent, forbidden = f"absent-{secrets.token_hex(4)}", "forbidden"
    await deposit(sending, many, 1)
    await sending.rows("update outbox set topic = $1 where id % 2 = 1", absent)
    await sending.rows("update outbox set topic = $1 where id % 2 = 0", forbidden)
    await deposit(sending, 6, 3)
    given = admin_kafka.aiokafka() | {"acks": "all", "enable_idempotence": True}
    relay = Relay(sending.urls.runners, "sample", sending.database, lambda: Forbidden(**given))

    async with running(relay.run()):
        await until(lambda: sent_but_of(sending, absent, forbidden))

    wire = by_key(await read_all(admin_kafka, sending.counts_to))
    assert {key: found[-3:] for key, found in wire.items()} == {
        f"k{n}": [str(each + (n < many)) for each in (1, 2, 3)] for n in range(6)
    }


class Forbidden(AIOKafkaProducer):
    """To whom Kafka says no for one topic."""

    async def partitions_for(self, topic: str) -> set[int]:
        if topic == "forbidden":
            raise TopicAuthorizationFailedError(topic)
        return await super().partitions_for(topic)


async def test_a_topic_that_was_absent_gets_what_waited_for_it_in_order_once_it_is_there(
    sending, make_topic, admin_kafka, relay_of, monkeypatch
):
    monkeypatch.setattr(chassis.relay, "LEFT_ALONE", 0.2)
    late = f"late-{secrets.token_hex(4)}"
    await deposit(sending, 3, 3)
    await sending.rows("update outbox set topic = $1", late)
    async with running(relay_of(sending).run()):
        await asyncio.to_thread(make_topic, 2, name=late)
        await until(lambda: all_sent(sending))

    assert by_key(await read_all(admin_kafka, late)) == in_order(3, 3)


async def sent_but_of(bench: Bench, *topics: str) -> bool:
    return not await bench.value("select count(*) from outbox where position is null and topic <> all($1)", topics)


async def everything_else_is_sent(bench: Bench) -> bool:
    refused = await bench.value("select count(*) from outbox where refused is not null")
    return refused == 1 and not await bench.value(
        "select count(*) from outbox where position is null and refused is null and key <> 'large'"
    )


@pytest.mark.slow
async def test_a_broker_that_is_away_and_back_gets_the_rest_in_order(sending, relay_of, admin_kafka, platform):
    if not hasattr(platform.kafka, "child"):
        pytest.skip("a Kafka that was given is not ours to stop")
    relay = relay_of(sending)
    async with running(relay.run()):
        await deposit(sending, 10, 2)
        await until(lambda: all_sent(sending))
        platform.kafka.child.kill()
        await deposit(sending, 10, 3)
        assert not await all_sent(sending)
        await asyncio.to_thread(platform.kafka.restart)
        await deposit(sending, 10, 2)
        await until(lambda: all_sent(sending), 60)
        assert relay.leading

    assert first_of_each(by_key(await read_all(admin_kafka, sending.counts_to))) == in_order(10, 7)


def first_of_each(wire) -> dict[str, list[str]]:
    return {key: list(dict.fromkeys(found)) for key, found in wire.items()}


async def test_a_relay_started_while_the_broker_is_away_waits_for_it(sending, relay_of, admin_kafka, monkeypatch):
    """It keeps its lock and goes on by itself; the process needn't end for it."""
    down = [True]
    makes = producer_of(admin_kafka.aiokafka())
    nowhere = producer_of(admin_kafka.aiokafka() | {"bootstrap_servers": "127.0.0.1:1"})
    tries: list[int] = []

    def producer() -> AIOKafkaProducer:
        tries.append(1)
        return nowhere() if down[0] else makes()

    relay = Relay(sending.urls.runners, "sample", sending.database, producer)
    await deposit(sending, 3, 1)
    async with running(relay.run()):
        await until(lambda: tried(tries))
        down[0] = False
        await until(lambda: all_sent(sending))
    assert by_key(await read_all(admin_kafka, sending.counts_to)) == in_order(3, 1)


async def tried(tries: list[int]) -> bool:
    return len(tries) > 1


async def test_an_outbox_that_filled_while_the_relay_ran_is_not_compared_row_by_row(sending, relay_of):
    """A plan kept from when the table was empty does so: seen to take ten seconds and cost the relay its lock."""
    relay, rows = relay_of(sending), 2_000
    await sending.rows("analyze outbox")
    async with running(relay.run()):
        await until(lambda: has_looked(sending, 10))
        await sending.rows(FILLED, sending.counts_to, rows)
        await until(lambda: all_sent(sending))
        seen = await looks(sending)
        await until(lambda: has_looked(sending, seen + 2))

    assert await sending.value(f"select seq_tup_read + idx_tup_fetch {OUTBOX}") < 100 * rows


async def test_what_is_on_the_wire_reads_as_what_was_written(sending, relay_of, admin_kafka):
    await sending.command("a", Deposited(amount=5))
    async with running(relay_of(sending).run()):
        await until(lambda: all_sent(sending))

    (found,) = await read_all(admin_kafka, sending.counts_to)
    (row,) = await sending.rows("select event_id, payload from outbox")
    headers = {name: value.decode() for name, value in found.headers}
    assert (found.key, found.value, headers["ce_id"]) == (b"a", row["payload"], str(row["event_id"]))
    assert headers["ce_type"] == "no.boligflyt.money.counted.v1"
