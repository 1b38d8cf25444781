"""Runners rest until there is work, and end when they are told to."""

import asyncio
from typing import Any

import pytest

from chassis.database import Database


@pytest.fixture
def database() -> Database:
    nowhere: Any = None
    return Database(nowhere, nowhere)


async def resting(database: Database) -> asyncio.Task[None]:
    task = asyncio.create_task(database.rest("runner", 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_who_rests_is_woken_by_work(database):
    task = await resting(database)
    database.wake()
    await asyncio.wait_for(task, 5)


async def test_who_is_told_to_end_as_work_comes_in_ends(database):
    task = await resting(database)
    database.wake()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
