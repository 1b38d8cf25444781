"""What came of what, asked of a real database: events with their causes, calls, and one municipality's alone."""

from functools import partial
from uuid import UUID, uuid5

import pytest

from chassis.causation import trail
from chassis.outputs import Answer, Outgoing
from tests.integration.bench import GAULDAL, TYNSET, Bench, record, running, until
from tests.integration.sample import Deposited, Pay

pytestmark = pytest.mark.integration

KEY = UUID("7a0c0f4e-0000-4000-8000-00000000c001")


class Bank:
    """Not reached at first, then takes it."""

    def __init__(self) -> None:
        self.outcomes = ["unreachable", "accepted"]

    async def send(self, call: Outgoing) -> Answer:
        return Answer(self.outcomes.pop(0))


async def test_an_event_tells_which_message_caused_it_and_its_own_data(bench: Bench):
    deposit = record("a", Deposited(amount=5), 0, id=KEY)
    consumer = await bench.reading()
    await consumer.process([deposit, record("b", Deposited(amount=1), 1)])
    (event,) = (await trail(partial(bench.store.rows, TYNSET), "a"))["events"]

    assert (event["id"], event["cause"]) == (str(uuid5(KEY, "event:sample:0")), str(KEY))
    assert (event["type"], event["sent"]) == ("money.counted", False)
    assert event["data"] == {"total": 5, "note": ""}


async def test_only_what_is_asked_for_is_found_by_its_own_id_or_that_of_its_cause(bench: Bench):
    consumer = await bench.reading()
    await consumer.process([record("a", Deposited(amount=n), n) for n in range(3)])
    rows = partial(bench.store.rows, TYNSET)
    first, second, _ = (await trail(rows, "a"))["events"]

    assert (await trail(rows, "a", [first["id"]]))["events"] == [first]
    assert (await trail(rows, "a", [second["cause"], first["id"]]))["events"] == [first, second]
    assert (await trail(rows, "a", []))["events"] == []


async def test_a_call_tells_the_message_that_made_it_and_is_the_cause_of_what_followed_from_its_answer(bench: Bench):
    await bench.command("a", Pay(), id=KEY)
    async with running(bench.calls(Bank()).run()):
        await until(partial(bench.value, "select count(*) from calls where status = 'accepted'"))
    (call,) = (await trail(partial(bench.store.rows, TYNSET), "a"))["calls"]

    assert (call["destination"], call["status"], call["attempts"]) == ("bank", "accepted", 2)
    assert call["cause"] == str(KEY)
    answers = await bench.rows("select id::text from inbox where id <> $1", KEY)
    (of_call,) = {event["cause"] for event in await _as_if_caused_by(bench, answers)}
    assert of_call == call["id"]


async def _as_if_caused_by(bench: Bench, answers: list[dict[str, str]]) -> list[dict[str, str]]:
    """An event for each answer that the sample was told of, as a handler would have made it."""
    for answer in answers:
        async with bench.database.runner() as connection:
            await connection.execute(
                "insert into outbox (event_id, topic, key, kommunenummer, headers, payload) values ($1, 't', 'a', $2, "
                "jsonb_build_object('ce_type', 'no.boligflyt.x.y.v1', 'ce_causationid', $3::text), '{}')",
                uuid5(UUID(answer["id"]), "event:0"),
                TYNSET,
                answer["id"],
            )
    events: list[dict[str, str]] = (await trail(partial(bench.store.rows, TYNSET), "a"))["events"]
    return events


async def test_another_municipality_finds_nothing(bench: Bench):
    await bench.command("a", Pay())
    await (await bench.reading()).process([record("a", Deposited(amount=5), 0)])

    assert await trail(partial(bench.store.rows, GAULDAL), "a") == {"events": [], "calls": []}
