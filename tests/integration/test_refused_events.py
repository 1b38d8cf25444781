"""Events that Kafka refused for good: listed, sent again in their place, or given up so that the later ones go."""

import asyncpg
import pytest

from chassis.operations.refused import RefusedEvents
from chassis.relay import UNSENT
from tests.integration.sample import Deposited

pytestmark = pytest.mark.integration


@pytest.fixture
async def refused(bench) -> RefusedEvents:
    """The second of a key's three events is refused; another key has one."""
    for amount in (1, 2, 3):
        await bench.command("a", Deposited(amount=amount))
    await bench.command("b", Deposited(amount=9))
    await bench.rows("update outbox set position = 1 where id = 1 returning 1")
    await bench.rows("update outbox set refused = 'MessageSizeTooLargeError' where id = 2 returning 1")
    return RefusedEvents(bench.database)


async def unsent(bench) -> list[int]:
    """What the relay would take now."""
    connection = await asyncpg.connect(bench.urls.runners)
    try:
        return [row["id"] for row in await connection.fetch(UNSENT, 100, [])]
    finally:
        await connection.close()


async def kept(bench) -> list[tuple[int, str, str, str]]:
    return [tuple(row.values()) for row in await bench.rows("select event, by, action, reason from outbox_history")]


async def test_it_is_listed_with_what_waits_behind_it_and_without_content(bench, refused):
    (row,) = await refused.rows()
    assert (row["id"], row["key"], row["reason"], row["waiting"]) == (2, "a", "MessageSizeTooLargeError", 1)
    assert not {"payload", "headers"} & row.keys()
    assert await unsent(bench) == [4]


async def test_sent_again_it_goes_before_those_that_waited(bench, refused):
    assert await refused.settle(2, "ola", "grensen er hevet", "sent_again")
    assert await unsent(bench) == [2, 3, 4]
    assert await kept(bench) == [(2, "ola", "sent_again", "grensen er hevet")]


async def test_given_up_it_is_never_sent_and_holds_nobody_back(bench, refused):
    assert await refused.settle(2, "ola", "kan aldri leses", "given_up")
    assert await unsent(bench) == [3, 4]
    assert await refused.rows() == []
    assert await kept(bench) == [(2, "ola", "given_up", "kan aldri leses")]


async def test_what_is_not_refused_or_settled_already_is_left_alone(bench, refused):
    assert not await refused.settle(3, "ola", "nei", "given_up")
    assert await refused.settle(2, "ola", "ja", "given_up")
    assert not await refused.settle(2, "kari", "likevel", "sent_again")
    assert [by for _, by, *_ in await kept(bench)] == ["ola"]
    assert await unsent(bench) == [3, 4]
