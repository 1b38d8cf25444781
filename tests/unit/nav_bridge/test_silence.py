"""NAV's silence on what it has is told by a clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.outputs import Later
from nav_bridge.domain import SILENCE_DAYS
from nav_bridge.messages import DeliveryOverdue, SilenceLasts
from tests.unit.nav_bridge.test_deciders import (
    ASKED,
    ENDED,
    FIRST,
    NOW,
    RECEIPTED,
    REFERRAL,
    SENT,
    UNCERTAIN,
    delivery_of,
    outcome,
    when,
)
from tests.unit.nav_bridge.test_withdrawing import WITHDRAWN

DUE = SilenceLasts(referral_id=REFERRAL, revision=1)
MONTH = timedelta(days=30)


def test_a_referral_may_lie_for_a_month_and_a_notice_for_two_weeks():
    assert SILENCE_DAYS == {"referral": 30, "nav_notice": 14}


@pytest.mark.parametrize("silent", [SENT, RECEIPTED, replace(RECEIPTED, status="recalling")])
def test_navs_silence_is_told_and_counted_on(silent):
    decided = when(silent, then=DUE, now=NOW + MONTH)

    assert decided.only(DeliveryOverdue) == [
        DeliveryOverdue(referral_id=REFERRAL, revision=1, silent_since=NOW, period=1)
    ]
    assert decided.only(Later) == [Later(NOW + 2 * MONTH, f"silence:{REFERRAL}:1", DUE)]


@pytest.mark.parametrize("end", ["closed", "recalled", "parked"])
def test_navs_silence_is_shown_for_as_long_as_its_answer_is_awaited(end):
    silent = replace(RECEIPTED, silences=2)

    assert (silent.silent_since, replace(silent, status="recalling").silent_since) == (NOW, NOW)
    assert (replace(silent, status=end).silent_since, RECEIPTED.silent_since) == (None, None)


def test_a_recall_of_what_was_parked_sets_the_clock_that_the_parking_stopped():
    parked = replace(RECEIPTED, status="parked", code="outcome_unknown")

    recalled = when(parked, then=WITHDRAWN)
    assert recalled.only(Later) == [Later(NOW + MONTH, f"silence:{REFERRAL}:1", DUE)]
    assert when(RECEIPTED, then=WITHDRAWN).only(Later) == []


def test_it_is_told_once_per_period():
    once = delivery_of(when(SENT, then=DUE, now=NOW + MONTH))

    assert when(once, then=DUE, now=NOW + 2 * MONTH).only(DeliveryOverdue)[0].period == 2


def test_a_notice_has_its_own_clock():
    notice = replace(SENT, matter="nav_notice")

    assert when(notice, then=DUE).only(Later)[0].at == NOW + timedelta(days=14)


def test_a_word_from_nav_starts_the_clock_anew():
    later = NOW + timedelta(days=20)
    heard = when(replace(ASKED, silences=3), then=outcome("contacted"), now=later)

    assert (delivery_of(heard).heard_at, delivery_of(heard).silences) == (later, 0)
    assert Later(later + MONTH, f"silence:{REFERRAL}:1", DUE) in heard.outputs


def test_the_same_word_again_is_silence():
    same = when(replace(ASKED, outcome="contacted"), then=outcome("contacted"), now=NOW + MONTH)

    assert delivery_of(same).heard_at == NOW


@pytest.mark.parametrize("other", [FIRST, UNCERTAIN, *ENDED])
def test_where_nav_has_nothing_open_no_silence_is_told(other):
    assert not when(other, then=DUE).outputs
