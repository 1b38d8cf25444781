"""The notice that there is something to see."""

from uuid import UUID, uuid5

import pytest

from chassis.outputs import Answered, Call
from notifications.domain.tenancy import alert_id
from tests.unit.notifications.given import TENANCY, Story, closed, invoice, notice, payment, requested, taken_back, told


def raised() -> Story:
    return told(invoice("a", "2019-01-15"), closed("2019-01-24"))


def answer(call: Call, outcome: str) -> Answered:
    return Answered("mail", call.key, outcome, {}, call.ref)  # type: ignore[arg-type]


def test_each_level_of_an_episode_is_one_call():
    story = raised().tell(notice("2019-01-25", "2019-02-08"), requested("2019-02-10"), closed("2019-02-11"))
    assert [call.key for call in story.calls] == [uuid5(UUID(TENANCY), f"1:{level}:raised") for level in (2, 3, 4)]
    assert {tuple(call.ref.items()) for call in story.calls} == {
        (("alert", alert_id(TENANCY, 1)), ("tenancy", TENANCY))
    }


def test_a_level_reached_again_is_the_same_call():
    story = raised().tell(closed("2019-02-14"), payment("p", "2019-02-20", 450_000), closed("2019-02-27"))
    story.tell(taken_back("p", "2019-02-28"), closed("2019-02-28"))
    assert story.calls[1].key == story.calls[2].key
    assert len(story.tenancy.mails) == 2


def test_a_new_episode_is_a_new_call():
    story = raised().tell(payment("p", "2019-01-25"), invoice("b", "2019-02-15"), closed("2019-03-01"))
    assert len({call.key for call in story.calls}) == 2


@pytest.mark.parametrize("outcome", ["accepted", "refused", "unreachable"])
def test_what_became_of_it_is_kept(outcome):
    story = raised()
    story.tell(answer(story.calls[0], outcome))
    assert [mail.outcome for mail in story.tenancy.mails] == [outcome]
    assert len(story.calls) == 1


def test_one_that_may_have_been_sent_goes_again_under_the_same_key_three_times_and_then_no_more():
    story = raised()
    for _ in range(5):
        story.tell(answer(story.calls[0], "unknown"))
    assert len(story.calls) == 4
    assert {(call.key, tuple(call.ref.items())) for call in story.calls} == {
        (story.calls[0].key, tuple(story.calls[0].ref.items()))
    }
    assert story.tenancy.mails[0].outcome == "unknown"
