"""A short version of the part `lines`: one line of each module, where most is at stake."""

import re

import pytest

from tests.prove.lines.dying import FOLDER, Line
from tests.prove.lines.rounds import Rounds, cut_connections, no_trouble
from tests.prove.lines.world import World

pytestmark = [pytest.mark.integration, pytest.mark.slow]

# A line of its own in each module; killed just before it runs.
BEFORE = {
    "the transaction commits": ("consumer", r"await \(transaction\.commit\(\)"),
    "the process knows that it committed": ("consumer", r"self\._next \|= ends"),
    "outputs are written": ("store", r"await decided\.write\("),
    "what Kafka took is numbered": ("relay", r"await connection\.execute\(NUMBER"),
    "a call goes out": ("calls", r"return await self\._gateways"),
    "a call is closed": ("calls", r"if not await connection\.fetchrow\(SETTLE"),
}


@pytest.fixture(scope="module")
def rounds(platform, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lines")
    world = World(platform, folder)
    yield Rounds(world, folder)
    world.close()


def line_of(module: str, pattern: str) -> Line:
    (number,) = [
        n for n, text in enumerate((FOLDER / f"{module}.py").read_text().splitlines(), 1) if re.search(pattern, text)
    ]
    return Line(module, number)


@pytest.mark.parametrize("place", BEFORE.values(), ids=BEFORE.keys())
def test_killed_before(rounds, place):
    died = rounds.die(line_of(*place), 1, no_trouble)

    assert died.died
    assert died.count.findings == []


def test_nothing_is_lost_doubled_reordered_or_stuck_where_every_connection_is_cut(rounds):
    lines, made = rounds.explore(cut_connections)

    assert made.count.findings == []
    assert {line.module for line in lines} == {"consumer", "store", "relay", "timers", "calls"}
