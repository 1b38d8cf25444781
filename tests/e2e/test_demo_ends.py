"""However the demo ends, nothing of it is left: no process, port, shared memory or folder."""

import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.e2e.ending import IDLE, RUNS, Ended, by_death_of, by_signal, of_itself

pytestmark = pytest.mark.e2e

AT_ONCE = 2
# One of ours, the one that leaves shared memory, a Java one, and who cleans up; the others: `make prove ONLY=endings`.
KILLED = ("intake", "PostgreSQL", "Kafka", "the reaper")


@pytest.fixture(scope="module")
def demos() -> Iterator[dict[str, Future[Ended]]]:
    """All of them, a few at a time; each test waits for its own."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            "the end": pool.submit(of_itself),
            "Ctrl-C": pool.submit(by_signal, signal.SIGINT, IDLE),
            "SIGKILL of the demo": pool.submit(by_signal, signal.SIGKILL, RUNS),
            **{child: pool.submit(by_death_of, child) for child in KILLED},
        }


def is_clean(ended: Ended) -> bool:
    assert ended.left == [], ended.output[-3000:]
    return ended.seen > 15  # reaper, two Javas, PostgreSQL with its own, four services, two partners


def test_nothing_is_left_after_the_end(demos):
    ended = demos["the end"].result()
    assert is_clean(ended)
    assert ended.code == 0


def test_nothing_is_left_after_ctrl_c(demos):
    ended = demos["Ctrl-C"].result()
    assert is_clean(ended)
    assert ended.code == 130


def test_nothing_is_left_after_sigkill_of_the_demo(demos):
    ended = demos["SIGKILL of the demo"].result()
    assert is_clean(ended)
    assert ended.code == -signal.SIGKILL


@pytest.mark.parametrize("child", KILLED)
def test_nothing_is_left_after_sigkill_of_a_child(demos, child):
    ended = demos[child].result()
    assert is_clean(ended)
    assert ended.code != 0
