"""What a client had fetched before our seek, and what stands on a topic that was made anew."""

import pytest

import chassis.seeking
from chassis.envelope import Record
from chassis.seeking import Sought

PLACE = ("t", 0)


class Client:
    def __init__(self) -> None:
        self.sought: list[int] = []

    def seek(self, place: tuple[str, int], offset: int) -> None:
        self.sought.append(offset)


def records(*offsets: int) -> list[Record]:
    return [Record(*PLACE, offset, None, None, ()) for offset in offsets]


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def sought(client) -> Sought:
    made = Sought()
    made.seek(client, PLACE, 10)
    return made


def test_what_was_fetched_from_below_is_dropped_until_something_else_has_come(sought):
    assert sought.settled(records(7, 8)) == []
    assert sought.settled(records(9, 10, 11)) == records(10, 11)
    assert sought.settled(records(3)) == records(3)


def test_what_was_fetched_from_above_is_sought_once_more(sought, client):
    assert sought.settled(records(12)) == []
    assert client.sought == [10, 10]
    assert sought.settled(records(12)) == records(12)


def test_a_quiet_topic_that_is_made_anew_long_after_the_seek_is_read(sought, monkeypatch):
    monkeypatch.setattr(chassis.seeking, "STALE", 0.0)

    assert sought.settled(records(0, 1)) == records(0, 1)
