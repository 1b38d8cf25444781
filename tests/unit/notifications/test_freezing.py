"""The bank file that doesn't come: when it is missed, what freezes, who is told, and what thaws."""

from datetime import date
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from chassis.outputs import OSLO, Answered, Call, Cancel, Key, Later, Tell
from chassis.testing import decide
from notifications import messages as m
from notifications.domain.account import Account, account_id
from notifications.handlers import HANDLERS
from tests.unit.notifications.given import FIRST_RENT, Story, closed, ended, invoice, notice, on, payment, started

ACCOUNT = Key("account", account_id("3427", "husleie"))
THURSDAY = "2019-05-02"


def heard(close: str, at: str) -> Story:
    return Story().at(at).tell(started(), closed(close))


def waits_until(story: Story) -> list[str]:
    """When the next close will be missed, in Oslo's time and its distance from UTC."""
    timers = {output.name: output for output in story.outputs if isinstance(output, Later)}
    for output in story.outputs:
        if isinstance(output, Cancel):
            timers.pop(output.name, None)
    return [timer.at.astimezone(OSLO).isoformat() for timer in timers.values()]


def missed(story: Story, as_of: str, at: str) -> Story:
    return story.at(at).tell(m.BankFileMissed(as_of=on(as_of)))


def frozen() -> Story:
    return missed(heard(THURSDAY, f"{THURSDAY}T07:00"), THURSDAY, "2019-05-03T10:00")


@pytest.mark.parametrize(
    ("close", "came", "due"),
    [
        ("2019-05-02", "2019-05-02T07:00", "2019-05-03T10:00:00+02:00"),
        ("2019-05-01", "2019-05-02T07:00", "2019-05-03T10:00:00+02:00"),  # of yesterday, as many files are
        ("2019-05-02", "2019-05-02T23:59", "2019-05-03T10:00:00+02:00"),
        ("2019-05-03", "2019-05-03T18:00", "2019-05-06T10:00:00+02:00"),  # Friday: Monday
        ("2019-05-04", "2019-05-04T12:00", "2019-05-06T10:00:00+02:00"),  # Saturday: Monday
        ("2019-05-16", "2019-05-16T09:00", "2019-05-20T10:00:00+02:00"),  # 17 May on a Friday: Monday
        ("2019-04-17", "2019-04-17T09:00", "2019-04-23T10:00:00+02:00"),  # Easter: Tuesday
        ("2019-12-24", "2019-12-24T09:00", "2019-12-27T10:00:00+01:00"),  # Christmas
        ("2019-03-29", "2019-03-29T09:00", "2019-04-01T10:00:00+02:00"),  # summer time begins between
        ("2019-10-25", "2019-10-25T09:00", "2019-10-28T10:00:00+01:00"),  # and ends
    ],
)
def test_the_next_close_is_due_at_ten_on_the_bank_day_after_the_last_one_came(close, came, due):
    assert waits_until(heard(close, came)) == [due]


def test_each_newer_close_replaces_what_was_waited_for():
    story = heard("2019-05-02", "2019-05-02T07:00").at("2019-05-03T07:00").tell(closed("2019-05-03"))
    assert waits_until(story) == ["2019-05-06T10:00:00+02:00"]


def test_more_lines_for_a_day_that_was_closed_are_no_newer_close():
    story = heard("2019-05-02", "2019-05-02T07:00").at("2019-05-03T07:00").tell(closed("2019-05-02"))
    story.tell(closed("2019-04-30"))
    assert waits_until(story) == ["2019-05-03T10:00:00+02:00"]


@pytest.mark.parametrize(("now", "live"), [("2019-05-08T23:59", True), ("2019-05-09T00:00", False)])
def test_a_feed_whose_newest_close_is_seven_days_old_is_not_live(now, live):
    assert bool(waits_until(heard("2019-05-02", now))) is live


def test_a_historic_import_waits_for_nothing():
    story = Story().at("2026-11-22T12:00").tell(started(), invoice("a", "2019-01-15"), closed("2019-02-01"))
    timers = [output for output in story.tell(closed("2019-03-01")).outputs if isinstance(output, Later | Cancel)]
    assert not [timer for timer in timers if timer.name.startswith("bank-file")]


def test_a_close_that_does_not_come_freezes_the_tenancy_and_tells_its_account():
    story = frozen()
    assert story.tenancy.frozen_at == story.now
    (told,) = [output for output in story.outputs if isinstance(output, Tell)]
    assert (told.key, told.message) == (ACCOUNT, m.BankFileMissing(account="husleie", as_of=on(THURSDAY)))


def test_all_tenancies_of_an_account_tell_the_same_thing_by_the_same_id():
    ids = set()
    for tenancy in ("6f1a3c9e-0000-5000-8000-00000000a001", "6f1a3c9e-0000-5000-8000-00000000a002"):
        state = heard(THURSDAY, f"{THURSDAY}T07:00").tenancy
        body = m.BankFileMissed(as_of=on(THURSDAY))
        (tell,) = decide(HANDLERS, {Key("tenancy", tenancy): state}, tenancy, body).only(Tell)
        ids.add((tell.key, tell.id))
    assert len(ids) == 1
    assert account_id("3427", "husleie") != account_id("5027", "husleie")


def test_the_next_close_thaws_and_the_one_after_it_is_waited_for():
    story = frozen().at("2019-05-03T11:00").tell(closed("2019-05-03"))
    assert story.tenancy.frozen_at is None
    assert waits_until(story)[-1] == "2019-05-06T10:00:00+02:00"


def test_a_close_that_is_itself_a_week_old_does_not_thaw():
    story = frozen().at("2019-05-20T11:00").tell(closed("2019-05-06"))
    assert story.tenancy.frozen_at is not None


def test_a_close_that_came_meanwhile_is_not_missed():
    story = heard("2019-05-02", "2019-05-02T07:00").at("2019-05-03T07:00").tell(closed("2019-05-03"))
    missed(story, "2019-05-02", "2019-05-03T10:00")
    assert story.tenancy.frozen_at is None
    assert not [output for output in story.outputs if isinstance(output, Tell)]


def test_a_tenancy_that_has_ended_misses_nothing():
    story = Story().at("2019-05-02T07:00").tell(started(), ended("2019-04-30"), closed("2019-05-02"))
    assert waits_until(story) == []
    late = heard("2019-05-02", "2019-05-02T07:00").tell(ended("2019-05-01"))
    assert missed(late, "2019-05-02", "2019-05-03T10:00").tenancy.frozen_at is None


def unpaid(until: str) -> Story:
    """Due on 15 April: eight days over due on 26 April for one who pays on time, after Easter's move of the due day."""
    return Story().at(f"{until}T07:00").tell(started(), *FIRST_RENT, invoice("a", "2019-04-24"), closed(until))


def test_a_frozen_tenancy_gets_no_alert_by_days_that_no_file_tells_of():
    statutory = notice("2019-05-06", "2019-05-20")
    warm = unpaid("2019-04-30").at("2019-05-06T12:00").tell(statutory)
    cold = missed(unpaid("2019-04-30"), "2019-04-30", "2019-05-02T10:00").at("2019-05-06T12:00").tell(statutory)
    assert warm.rules == {"S4", "E1"}  # 12 days over due, as far as one knows
    assert cold.rules == {"S4"}
    assert date.fromordinal(cold.alert.as_of) == on("2019-04-30")


def test_what_came_late_is_judged_when_the_next_close_comes():
    story = missed(unpaid("2019-04-30"), "2019-04-30", "2019-05-02T10:00").at("2019-05-06T07:00")
    assert story.tell(payment("p", "2019-05-02"), closed("2019-05-06")).tenancy.level == 0
    story = missed(unpaid("2019-04-30"), "2019-04-30", "2019-05-02T10:00").at("2019-05-06T07:00")
    assert story.tell(closed("2019-05-06")).rules == {"E1"}


MISSING = m.BankFileMissing(account="husleie", as_of=on(THURSDAY))
STATE = TypeAdapter(Account)


def operator_told(state: Account | None = None, missing: m.BankFileMissing = MISSING) -> tuple[Account, Call]:
    decided = decide(HANDLERS, {ACCOUNT: state}, ACCOUNT.id, missing)
    (call,) = decided.only(Call)
    return STATE.validate_json(STATE.dump_json(decided.states[ACCOUNT])), call


def answered(state: Account | None, call: Call, outcome: str) -> tuple[Account | None, list[Call]]:
    answer = Answered("operator-mail", call.key, outcome, {}, call.ref)  # type: ignore[arg-type]
    decided = decide(HANDLERS, {ACCOUNT: state}, ACCOUNT.id, answer)
    return decided.states[ACCOUNT], decided.only(Call)


def test_the_operator_is_told_once_of_each_file_that_is_missing():
    account, call = operator_told()
    assert (account.name, account.as_of, account.mail.key) == ("husleie", on(THURSDAY), str(call.key))
    assert (call.destination, call.ref) == ("operator-mail", {"account": ACCOUNT.id})
    assert operator_told(account)[1].key == call.key
    later = m.BankFileMissing(account="husleie", as_of=on("2019-05-08"))
    assert operator_told(account, later)[1].key != call.key


def test_what_became_of_the_operators_mail_is_kept_and_an_unknown_one_goes_again_three_times():
    account, call = operator_told()
    assert answered(account, call, "refused")[0].mail.outcome == "refused"
    again, state = 0, account
    for _ in range(5):
        state, calls = answered(state, call, "unknown")
        again += len(calls)
        assert {each.key for each in calls} <= {call.key}
    assert again == 3


def test_the_answer_to_an_earlier_mail_changes_nothing():
    account, call = operator_told()
    later, _ = operator_told(account, m.BankFileMissing(account="husleie", as_of=on("2019-05-08")))
    assert answered(later, call, "refused") == (later, [])
    assert answered(None, Call("operator-mail", UUID(int=1), {}), "accepted") == (None, [])
