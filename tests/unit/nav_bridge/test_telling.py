"""NAV says unasked how a delivery stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.errors import Reject
from chassis.outputs import Call, Cancel, Key, Later
from chassis.testing import Decided, decide
from nav_bridge.domain import Case, Delivery, Status
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryReceived,
    DeliverySent,
    HousingApplicationChanged,
    PollOutcome,
    SilenceLasts,
    TakeStanding,
)
from tests.unit.nav_bridge.test_deciders import (
    APPLICATION,
    ENDED,
    FIRST,
    HANDLERS,
    NOW,
    PROOF,
    PUBLIC,
    RECEIPTED,
    RECEIVED,
    REFERRAL,
    SENT,
    UNCERTAIN,
    accepted,
    answer,
    case_of,
    delivery_of,
    facts,
    outcome,
    when,
)

OF = {"referral_id": REFERRAL, "revision": 1, "matter": "referral"}
POLL, SILENCE = f"poll:{REFERRAL}:1", f"silence:{REFERRAL}:1"
RECALLING = replace(RECEIPTED, status="recalling", standing=1)


def told(number: int = 1, word: str | None = None, **more: Any) -> TakeStanding:
    found = {"received_at": RECEIVED, "outcome": word, **more}
    return TakeStanding(referral_id=REFERRAL, revision=1, number=number, **found)


def of_sort(decided: Decided, sort: type) -> Sequence[Any]:
    return [output for output in decided.outputs if isinstance(output, sort)]


def test_it_counts_as_the_answer_to_a_question_and_puts_the_next_one_off() -> None:
    decided = when(replace(SENT, polls=2), then=told(1))
    known = replace(RECEIPTED, polls=2, standing=1)
    assert (delivery_of(decided), facts(decided)) == (known, [DeliveryReceived(**OF, received_at=RECEIVED)])
    assert of_sort(decided, Later) == [
        Later(NOW + timedelta(days=30), SILENCE, SilenceLasts(**OF)),
        Later(NOW + timedelta(seconds=240), POLL, PollOutcome(**OF)),
    ]


def test_the_same_standing_told_again_tells_nobody_anything() -> None:
    decided = when(replace(RECEIPTED, standing=1), then=told(1))
    assert (delivery_of(decided), facts(decided)) == (replace(RECEIPTED, standing=1), [])


def test_a_final_outcome_closes_the_delivery_and_nothing_waits_any_more() -> None:
    decided = when(RECEIPTED, then=told(2, "granted"))
    assert delivery_of(decided) == replace(RECEIPTED, status="closed", outcome="granted", standing=2)
    assert facts(decided) == [
        DeliveryOutcome(**OF, outcome="granted"),
        HousingApplicationChanged(status="referral_closed"),
    ]
    assert of_sort(decided, Cancel) == [Cancel(SILENCE), Cancel(POLL)]
    assert of_sort(decided, Later) == []


def test_what_nav_said_before_never_takes_a_delivery_back() -> None:
    known = replace(RECEIPTED, outcome="application_sent", standing=3)
    decided = when(known, then=told(2, "contacted"))
    assert (delivery_of(decided), facts(decided)) == (known, [])
    puzzled = when(known, then=told(2, code="outcome_unknown"))
    assert (delivery_of(puzzled), facts(puzzled)) == (known, [])


def test_an_answer_that_a_callback_overtook_never_takes_a_delivery_back_and_it_is_asked_again() -> None:
    known = replace(RECEIPTED, outcome="application_sent", polls=1, standing=3)
    decided = when(known, then=outcome("contacted", number=2))
    assert (delivery_of(decided), facts(decided)) == (known, [])
    assert of_sort(decided, Later) == [Later(NOW + timedelta(seconds=120), POLL, PollOutcome(**OF))]


def test_a_number_in_an_answer_counts_as_one_in_a_callback() -> None:
    decided = when(replace(RECEIPTED, polls=1), then=outcome("contacted", number=2))
    assert delivery_of(decided).standing == 2


@pytest.mark.parametrize("word", [None, "contacted", "granted"])
@pytest.mark.parametrize("known", [FIRST, UNCERTAIN])
def test_told_before_the_hand_in_is_answered_it_is_there(known: Delivery, word: str | None) -> None:
    decided = when(known, then=told(1, word))
    events = facts(decided)
    assert events[:3] == [
        DeliverySent(**OF, sent_at=NOW),
        DeliveryReceived(**OF, received_at=RECEIVED),
        HousingApplicationChanged(status="referral_delivered"),
    ]
    assert [each.outcome for each in events if isinstance(each, DeliveryOutcome)] == ([word] if word else [])
    assert delivery_of(decided).status == ("closed" if word == "granted" else "received")
    assert of_sort(decided, Call) == []


def test_the_answer_that_was_overtaken_still_proves_what_was_sent_and_does_nothing_else() -> None:
    overtaken = delivery_of(when(FIRST, then=told(1)))
    assert overtaken.proof == ""
    decided = when(overtaken, then=accepted())
    assert (delivery_of(decided), list(decided.outputs)) == (replace(overtaken, proof=PROOF, attempts=1), [])
    again = when(delivery_of(decided), then=accepted(proof="b4" * 32, attempt=2))
    assert delivery_of(again) == delivery_of(decided)


@pytest.mark.parametrize("late", [answer("refused", {"code": "invalid_message"}), answer("unreachable")])
def test_a_no_that_navs_own_word_overtook_changes_nothing(late: Any) -> None:
    there = delivery_of(when(FIRST, then=told(1)))
    decided = when(there, then=late)
    assert (delivery_of(decided), list(decided.outputs)) == (there, [])


def test_a_word_that_stands_in_no_table_goes_to_a_person() -> None:
    decided = when(RECEIPTED, then=told(1, code="outcome_unknown"))
    assert delivery_of(decided) == replace(RECEIPTED, status="parked", code="outcome_unknown", standing=1)
    assert facts(decided) == [DeliveryParked(**OF, code="outcome_unknown")]
    assert of_sort(decided, Cancel) == [Cancel(SILENCE), Cancel(POLL)]


LEFT_ALONE = (
    *(*ENDED, replace(RECEIPTED, status="recalled"), replace(FIRST, status="requested")),
    *(replace(each, channel="letter") for each in (FIRST, UNCERTAIN, SENT, RECALLING)),
)


@pytest.mark.parametrize("ended", LEFT_ALONE)
@pytest.mark.parametrize("word", [None, "contacted", "withdrawn"])
def test_an_end_what_waits_and_what_went_by_letter_are_left_alone(ended: Delivery, word: str | None) -> None:
    decided = when(ended, then=told(9, word))
    assert (delivery_of(decided), list(decided.outputs)) == (ended, [])


def test_what_was_withdrawn_on_its_way_is_recalled_once_nav_says_that_it_has_it() -> None:
    states = {Key("delivery", APPLICATION): Case(PUBLIC, (FIRST,), withdrawn=(REFERRAL,))}
    decided = decide(HANDLERS, states, APPLICATION, told(1, "contacted"), now=NOW)
    assert delivery_of(decided).status == "recalling"
    assert [each.destination for each in decided.only(Call)] == ["nav-recall"]


@pytest.mark.parametrize(("word", "status"), [("withdrawn", "recalled"), ("granted", "closed")])
def test_nav_tells_what_became_of_a_recall(word: str, status: Status) -> None:
    decided = when(RECALLING, then=told(2, word))
    assert delivery_of(decided).status == status
    assert any(isinstance(each, DeliveryRecalled) for each in facts(decided)) == (status == "recalled")
    late = when(
        delivery_of(decided), then=answer("refused", {"code": "decided"}, "nav-recall", RECALLING.recalling_call)
    )
    assert (delivery_of(late), list(late.outputs)) == (delivery_of(decided), [])


def test_a_word_on_the_way_doesnt_hurry_a_recall() -> None:
    decided = when(RECALLING, then=told(2, "contacted"))
    assert (delivery_of(decided), list(decided.outputs)) == (replace(RECALLING, standing=2), [])


def test_an_older_word_ends_no_recall() -> None:
    known = replace(RECALLING, standing=5)
    decided = when(known, then=told(4, "withdrawn"))
    assert (delivery_of(decided), list(decided.outputs)) == (known, [])


def test_the_next_of_the_case_goes_once_nav_says_that_it_has_the_one_before() -> None:
    waiting = replace(FIRST, revision=2, status="requested")
    decided = when(UNCERTAIN, waiting, then=told(1))
    assert [each.status for each in case_of(decided).deliveries] == ["received", "sending"]


def test_what_nav_lost_and_gets_again_begins_with_its_numbers_anew() -> None:
    assert replace(RECEIPTED, status="parked", code="lost_by_nav", standing=7).anew().standing == 0


def test_one_that_isnt_there_is_refused() -> None:
    with pytest.raises(Reject, match="unknown_delivery"):
        when(then=told())


def test_a_callback_is_as_good_as_new_contact_and_silence_counts_from_it() -> None:
    later = NOW + timedelta(days=40)
    decided = when(replace(RECEIPTED, silences=1), then=told(1, "contacted"), now=later)
    assert (delivery_of(decided).heard_at, delivery_of(decided).silences) == (later, 0)
    assert facts(decided) == [DeliveryOutcome(**OF, outcome="contacted")]
