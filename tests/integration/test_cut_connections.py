"""Connections that the server ends while they are at work: what was under way is done again, and nobody dies of it."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from chassis.database import TRANSIENT
from chassis.outputs import Answer, Outgoing
from tests.integration.bench import Bench, running, until
from tests.integration.sample import Pay, Remind

pytestmark = pytest.mark.integration

KEYS, CUTS = 240, 12
AT_WORK = "select pid from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> $1"


class Bank:
    async def send(self, _: Outgoing) -> Answer:
        return Answer("accepted")


async def told(bench: Bench, subject: str, body) -> None:
    """As a sender does that got no answer: once more, with the same id."""
    id = uuid4()
    while True:
        try:
            await bench.command(subject, body, id=id)
            return
        except TRANSIENT:
            await asyncio.sleep(0)


async def all_told(bench: Bench) -> None:
    for n in range(KEYS):
        await told(bench, f"k{n}", Remind(seconds=0, amount=n))
        await told(bench, f"k{n}", Pay())


async def test_runners_whose_connections_are_cut_again_and_again_go_on(bench):
    cutting = await asyncpg.connect(bench.urls.runners)
    me = cutting.get_server_pid()

    async def destinations_are_known() -> bool:
        return bool(await cutting.fetchval("select count(*) from destinations"))

    async def one_at_work_is_cut() -> bool:
        return bool(await cutting.fetch(f"select pg_terminate_backend(pid) from ({AT_WORK}) as working", me))

    async def all_done() -> bool:
        done = "select count(*) filter (where status = 'open') = 0 and count(*) = $1 from calls"
        waiting = "select count(*) from timers"
        return bool(await cutting.fetchval(done, KEYS)) and not await cutting.fetchval(waiting)

    async with running(bench.timers().run(), bench.calls(Bank(), lease=2.0).run()) as runners:
        await until(destinations_are_known)
        telling = asyncio.ensure_future(all_told(bench))
        for _ in range(CUTS):
            await until(one_at_work_is_cut)
        assert not telling.done(), "the cuts are to meet work"
        await telling
        await until(all_done)
        assert not any(runner.done() for runner in runners)
    await cutting.close()

    accounts = await bench.accounts()
    assert {key: each.rung for key, each in accounts.items()} == {f"k{n}": (n,) for n in range(KEYS)}
    # Unknown first, and then called again: where the cut came when a call was taken, and before its taker knew of it.
    assert {each.answers[-1] for each in accounts.values()} == {"rent:accepted"}
    assert {answer for each in accounts.values() for answer in each.answers[:-1]} <= {"rent:unknown"}
