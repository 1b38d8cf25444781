"""The freeze timer over a stop of notifications: a close that waits on Kafka has come, one that doesn't is missed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from notifications.pages.inbox import MISSED
from tests.e2e import freeze_days
from tests.e2e.freeze_days import ACCOUNT, OPERATOR, Days

pytestmark = pytest.mark.e2e

RULE = "or await self._past_the_gate(rows)"


@dataclass(frozen=True)
class Morning:
    """What was seen of a start after 10:00: tenancies frozen ever and still, who was told, what the inbox asks for."""

    frozen_ever: bool
    frozen: int
    missed: int
    told: list[str]
    inbox: list[tuple[str, ...]]


def seen(days: Days, since: int, close: str) -> Morning:
    told = [receiver for mail in days.mails[since:] for receiver in mail["recipients"]]
    shown = [tuple(map(str, row.values())) for row in days.rows("notifications", MISSED)]
    return Morning(days.frozen_ever, days.frozen, days.missed(close), told, shown)


def without_the_rule(source: str) -> str:
    assert source.count(RULE) == 1, "timers.py no longer has one place to take the catch-up rule out of"
    return source.replace(RULE, "or list(rows)")


@pytest.fixture(scope="module")
def mornings(tmp_path_factory) -> Iterator[dict[str, Morning]]:
    """Three mornings of one account, each an own start of notifications after 10:00."""
    found: dict[str, Morning] = {}
    with freeze_days.begun() as days:
        freeze_days.close_while_stopped(days, "2019-05-03")
        freeze_days.start_after_ten(days, "2019-05-03")
        found["waiting"] = seen(days, 0, "2019-05-02")
        days.stop("notifications")

        told = len(days.mails)
        freeze_days.start_after_ten(days, "2019-05-06")  # Monday
        found["missing"] = seen(days, told, "2019-05-03")
        days.start("intake", "2019-05-06T11:00")
        days.await_ready("intake")
        days.file("2019-05-06")
        days.until_read("2019-05-06T11:00")
        found["thawed"] = seen(days, told, "2019-05-03")
        days.stop("intake", "notifications")

        told = len(days.mails)
        freeze_days.close_while_stopped(days, "2019-05-07")
        spoilt = freeze_days.copy_without(tmp_path_factory.mktemp("copy"), without_the_rule)
        freeze_days.start_after_ten(days, "2019-05-07", spoilt)
        found["without the rule"] = seen(days, told, "2019-05-06")
        yield found


def test_while_the_close_waits_on_kafka_nothing_is_frozen_and_nobody_told(mornings):
    assert mornings["waiting"] == Morning(frozen_ever=False, frozen=0, missed=0, told=[], inbox=[])


def test_a_close_that_never_came_freezes_both_tenancies_and_tells_the_operator_once(mornings):
    shown = [(ACCOUNT, "2019-05-03", "2", "accepted")]
    assert mornings["missing"] == Morning(frozen_ever=True, frozen=2, missed=1, told=[OPERATOR], inbox=shown)


def test_the_next_close_thaws_and_nobody_is_told_again(mornings):
    assert mornings["thawed"] == Morning(frozen_ever=True, frozen=0, missed=1, told=[OPERATOR], inbox=[])


def test_a_copy_without_the_catch_up_rule_is_seen_freezing_and_telling(mornings):
    spoilt = mornings["without the rule"]
    assert spoilt.frozen_ever
    assert (spoilt.missed, spoilt.told) == (1, [OPERATOR])
