"""The notice that there is something to see: one per step of an alert's ladder and receiver, and what became of it."""

from uuid import UUID, uuid5

import pytest

from chassis.outputs import Answered, Call, Tell
from notifications import messages as m
from notifications.domain.tenancy import alert_id
from tests.unit.notifications.given import TENANCY, Story, closed, invoice, notice, payment, requested, taken_back, told


def raised() -> Story:
    """Raised, and told of: nobody has a register, so all goes to the one address."""
    return told(invoice("a", "2019-01-15"), closed("2019-01-24")).step(2)


def answer(call: Call, outcome: str) -> Answered:
    return Answered("mail", call.key, outcome, {}, call.ref)  # type: ignore[arg-type]


def test_each_level_of_an_episode_is_one_call():
    story = raised().tell(notice("2019-01-25", "2019-02-08")).step(2)
    story.tell(requested("2019-02-10"), closed("2019-02-11")).step(2)
    assert [call.key for call in story.calls] == [
        uuid5(UUID(TENANCY), f"1:{level}:told:fallback") for level in (2, 3, 4)
    ]
    assert {tuple(call.ref.items()) for call in story.calls} == {
        (("alert", alert_id(TENANCY, 1)), ("tenancy", TENANCY), ("to", "fallback"), ("step", "told"))
    }


def test_a_level_that_is_passed_before_anybody_was_told_of_it_is_told_of_by_the_higher_one_alone():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-24"), notice("2019-01-25", "2019-02-08")).step(2)
    assert [call.key for call in story.calls] == [uuid5(UUID(TENANCY), "1:3:told:fallback")]


def test_an_alert_that_is_solved_before_anybody_was_told_of_it_is_no_message():
    story = told(invoice("a", "2019-01-15"), closed("2019-01-24"), payment("p", "2019-01-25"))
    assert story.tenancy.open is None
    assert story.calls == []


def test_a_level_reached_again_is_the_same_call():
    story = raised().tell(closed("2019-02-14")).step(2)
    story.tell(payment("p", "2019-02-20", 450_000), closed("2019-02-27"))
    story.tell(taken_back("p", "2019-02-28"), closed("2019-02-28")).step(2)
    assert story.calls[1].key == story.calls[2].key
    assert len(story.tenancy.mails) == 2


def test_a_new_episode_is_a_new_call():
    story = raised().tell(payment("p", "2019-01-25"), invoice("b", "2019-02-15"), closed("2019-03-01")).step(2)
    assert len({call.key for call in story.calls}) == 2


@pytest.mark.parametrize("outcome", ["accepted", "refused", "unreachable"])
def test_what_became_of_it_is_kept_per_attempt(outcome):
    story = raised()
    story.tell(answer(story.calls[0], outcome))
    assert [mail.outcome for mail in story.tenancy.mails] == [outcome]
    assert [attempt.outcome for attempt in story.tenancy.mails[0].attempts] == [outcome]
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
    assert [attempt.outcome for attempt in story.tenancy.mails[0].attempts] == ["unknown"] * 5


def alarms(story: Story) -> list[m.RaiseAlarm]:
    return [each.message for each in story.outputs if isinstance(each, Tell) and isinstance(each.message, m.RaiseAlarm)]


def test_a_notice_that_is_refused_for_good_is_an_alarm_to_the_operator():
    story = raised()
    story.tell(answer(story.calls[0], "refused"))
    assert alarms(story) == [m.RaiseAlarm(trouble="mail_refused", day=story.now.date())]


def test_a_server_that_cannot_be_reached_is_no_alarm_as_the_notice_goes_when_it_can():
    story = raised()
    story.tell(answer(story.calls[0], "unreachable"))
    assert alarms(story) == []
