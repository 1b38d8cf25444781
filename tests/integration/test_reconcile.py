"""Reconciliation: what became of each event that a writer has sent, and sending again what is missing."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import asyncpg
import pytest

import chassis.reconcile.door
from chassis.outputs import OSLO
from chassis.reconcile import Reconciled, Sums
from chassis.relay import Relay, UnderWay, producer_of
from tests.integration.bench import GAULDAL, TOPIC, TYNSET, NoKafka, message, record
from tests.integration.reconciling import door, log, reconciliation
from tests.integration.sample import Counted, Deposited
from tests.integration.wire import read_all

pytestmark = pytest.mark.integration


def today() -> date:
    return datetime.now(OSLO).date()


def deposit(offset: int, subject: str = "a", amount: int = 1, **given):
    return record(subject, Deposited(amount=amount), offset, **given)


def ids(*records) -> list[str]:
    return [dict(each.headers)["ce_id"].decode() for each in records]


@pytest.fixture
def writer(bench, tmp_path):
    return door(bench, tmp_path)


@pytest.fixture
def reconcile(bench, writer):
    async def of(kommunenummer: str = TYNSET, day: date | None = None) -> Reconciled:
        return await reconciliation(bench, writer).of(kommunenummer, [day or today()])

    return of


def counted(found: Reconciled) -> dict[str, int]:
    (tally,) = found.tallies
    names = ("sent", "received", "waiting", "parked", "given_up", "erased", "not_for_us")
    return {name: n for name in names if (n := getattr(tally, name))} | {"missing": len(tally.missing)}


async def test_each_event_counts_once_by_what_became_of_it(bench, reconcile):
    bad = [deposit(2, "b", -1), deposit(3, "c", -1)]
    records = [deposit(0), deposit(1), *bad, deposit(4, "b")]
    other_type = record("a", Counted(total=1), 5)
    ahead, unsent, never_read = deposit(6), deposit(900), deposit(0, partition=3)
    await log(bench, [*records, other_type, ahead, never_read])
    await log(bench, [unsent], sent=False)

    await (await bench.reading()).process([*records, other_type])
    (letter,) = await bench.rows("select id from dead_letters where parking_key = 'c'")
    assert await bench.letters.discard(letter["id"], "kari", "prøvedata")

    assert counted(await reconcile()) == {
        "sent": 9,
        "received": 2,
        "parked": 2,
        "given_up": 1,
        "not_for_us": 1,
        "waiting": 3,
        "missing": 0,
    }


async def test_an_event_that_was_read_past_and_left_no_trace_is_missing(bench, reconcile):
    records = [deposit(offset) for offset in range(3)]
    await log(bench, records)
    await (await bench.reading()).process(records)
    await bench.rows("delete from inbox where id = $1", UUID(ids(records[1])[0]))

    found = await reconcile()

    assert counted(found) == {"sent": 3, "received": 2, "missing": 1}
    (event,) = found.tallies[0].missing
    assert (event.id, event.key, event.sequence) == (*ids(records[1]), "a", 1)


async def test_a_replayed_letter_is_received(bench, reconcile):
    spoilt = deposit(0, amount=666_666)
    await log(bench, [spoilt])
    await (await bench.reading()).process([spoilt])
    assert counted(await reconcile()) == {"sent": 1, "parked": 1, "missing": 0}

    await bench.rows("update dead_letters set record_value = $1", deposit(0).value)
    await bench.letters.replay("a", "kari")

    assert counted(await reconcile()) == {"sent": 1, "received": 1, "missing": 0}


async def test_what_is_missing_is_sent_again_as_it_was_and_then_nothing_is(bench, writer, admin_kafka, make_topic):
    """On a real Kafka: a reader that stood on the first record lost the two after it."""
    topic = make_topic(1)
    originals = [deposit(offset, subject, topic=topic) for offset, subject in enumerate("abb")]
    await log(bench, originals)
    consumer = bench.consumer()
    await bench.rows("insert into positions values ($1, 0, 3)", topic)
    await bench.rows("insert into inbox (id, kommunenummer) values ($1, $2)", UUID(ids(originals[0])[0]), TYNSET)
    reader = reconciliation(bench, writer, topic=topic)
    (tally,) = (await reader.of(TYNSET, [today()])).tallies
    assert [event.id for event in tally.missing] == ids(*originals[1:])

    assert await reader.republish(tally, "kari") == 2
    assert counted(await reader.of(TYNSET, [today()])) == {"sent": 3, "received": 1, "waiting": 2, "missing": 0}

    await send_all(bench, admin_kafka)
    again = await read_all(admin_kafka, topic)
    assert [(each.key, each.value, dict(each.headers)) for each in again] == [
        (each.key, each.value, dict(each.headers)) for each in originals[1:]
    ]
    await bench.rows("update positions set next = 0 where topic = $1", topic)
    await consumer.on_assigned(NoKafka(), {(topic, 0)})
    await consumer.process([replace(each, offset=offset) for offset, each in enumerate(originals[1:])])
    assert counted(await reader.of(TYNSET, [today()])) == {"sent": 3, "received": 3, "missing": 0}
    assert (await bench.account("b")).seen == (1, 1)


async def send_all(bench, admin_kafka) -> None:
    connection, producer = await asyncpg.connect(bench.urls.runners), producer_of(admin_kafka.aiokafka())()
    await producer.start()
    try:
        relay = Relay(bench.urls.runners, "sample", bench.database, producer_of(admin_kafka.aiokafka()))
        under_way: UnderWay = {}
        while await relay.send_waiting(connection, producer, under_way):
            pass
    finally:
        await producer.stop()
        await connection.close()


async def test_a_log_of_several_pages_is_counted_whole(bench, reconcile, monkeypatch):
    monkeypatch.setattr(chassis.reconcile.door, "PAGE", 4)
    records = [deposit(offset, f"k{offset % 3}") for offset in range(8)]
    await log(bench, records)
    await (await bench.reading()).process(records[:-1])

    assert counted(await reconcile()) == {"sent": 8, "received": 7, "waiting": 1, "missing": 0}


async def test_a_day_is_norwegian_and_no_other_is_counted(bench, reconcile):
    moments = ("2019-07-01 21:59:59Z", "2019-07-01 22:00:00Z", "2019-07-02 21:59:59Z", "2019-07-02 22:00:00Z")
    for offset, at in enumerate(moments):
        await log(bench, [deposit(offset)], at=at)

    assert counted(await reconcile(day=date(2019, 7, 2))) == {"sent": 2, "waiting": 2, "missing": 0}


async def test_a_municipality_is_reconciled_by_itself(bench, reconcile):
    await log(bench, [deposit(0), deposit(1, "g", of=GAULDAL)])

    assert counted(await reconcile(TYNSET))["sent"] == counted(await reconcile(GAULDAL))["sent"] == 1


async def test_the_log_is_shown_without_content_to_services_that_reconcile_and_to_nobody_else(bench, tmp_path):
    await log(bench, [record("a", Deposited(amount=1, note="hemmelig"), 0)])
    asked = {"url": "/event-log", "params": {"topic": TOPIC, "day": today().isoformat()}}
    headers = {"Kommunenummer": TYNSET, "Acting-User": "system", "Purpose": "reconcile"}
    service, person = door(bench, tmp_path), door(bench, tmp_path, roles=["leder"], kommunenummer=TYNSET)

    shown = await service.get(**asked, headers=headers)
    assert shown.status_code == 200
    assert len(shown.json()["events"]) == 1
    assert "hemmelig" not in shown.text
    assert (await person.get(**asked)).status_code == 403
    assert (await service.get(**asked, headers=headers | {"Purpose": "curiosity"})).status_code == 403
    other = {**headers, "Kommunenummer": GAULDAL}
    assert (await service.get(**asked, headers=other)).json() == {"events": [], "next": None}


async def test_nobody_has_another_municipalitys_events_sent_again(bench, writer):
    event = deposit(0)
    await log(bench, [event])
    headers = {"Kommunenummer": GAULDAL, "Acting-User": "kari", "Purpose": "reconcile"}

    answer = await writer.post("/event-log/republications", json={"ids": ids(event)}, headers=headers)

    assert answer.json() == {"republished": 0}
    assert await bench.value("select count(*) from outbox where position is null") == 0


async def test_sums_are_asked_for_first_and_held_against_ours_once_it_is_known_what_waits(bench, writer):
    order = []

    async def check(kommunenummer: str):
        order.append("told")

        async def compared():
            await bench.command("x", Deposited(amount=1))
            order.append("held")
            return [Sums("husleie", "2019-05-01", 2, 1, 100, 50)]

        return compared

    found = await reconciliation(bench, writer, check).of(TYNSET, [today()])
    assert (order, len(found.differences)) == (["told", "held"], 1)
    await log(bench, [deposit(0)])
    assert (await reconciliation(bench, writer, check).of(TYNSET, [today()])).differences == []


async def test_a_command_is_no_event_to_reconcile(bench, reconcile):
    await bench.store.command(message("a", Deposited(amount=1)), request_hash=b"x")
    assert (await reconcile()).tallies == []


async def test_an_erased_persons_event_is_never_sent_again_and_not_missing(bench, writer, reconcile):
    """It has no content any longer: an empty one would be parked by whoever reads it."""
    records = [deposit(0, "a"), deposit(1, "b")]
    await log(bench, records)
    await bench.reading()
    await bench.rows(
        "insert into positions values ($1, 0, 2) on conflict (topic, partition) do update set next = 2", TOPIC
    )
    await bench.rows("update outbox set erased = true, payload = '' where key = 'a' returning 1")

    assert counted(await reconcile()) == {"sent": 2, "erased": 1, "missing": 1}
    headers = {"Kommunenummer": TYNSET, "Acting-User": "kari", "Purpose": "reconcile"}
    answer = await writer.post("/event-log/republications", headers=headers, json={"ids": ids(*records)})

    assert answer.json() == {"republished": 1}
    assert await bench.rows("select key from outbox where position is null") == [{"key": "b"}]


async def test_a_letter_with_a_nul_in_a_headers_name_is_found_by_its_events_id(bench, reconcile):
    bad, other = deposit(0, amount=-1), deposit(1)
    await log(bench, [bad, other])
    odd = replace(other, headers=[*other.headers, ("x\x00y", b"1")])
    await (await bench.reading()).process([bad, odd])

    assert counted(await reconcile()) == {"sent": 2, "parked": 2, "missing": 0}
