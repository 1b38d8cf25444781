"""From an alert to NAV: what is told, what is refused with a sentence, and what comes back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chassis.errors import Reject
from notifications import messages as m
from notifications.domain.tenancy import alert_id
from notifications.handlers.legal_clocks import clocks_of
from tests.unit.notifications.given import (
    TENANCY,
    Story,
    adjusted,
    closed,
    invoice,
    line,
    notice,
    on,
    payment,
    requested,
    taken_back,
    told,
)

ALERT = alert_id(TENANCY, 1)
AT = datetime(2019, 2, 21, 9, 0, 4, tzinfo=UTC)


def overdue() -> Story:
    """Two months unpaid, the books closed to 20 February."""
    return told(invoice("a", "2019-01-15"), invoice("b", "2019-02-15"), closed("2019-02-24")).at("2019-02-25T10:00:00")


def ask(story: Story, by: str = "sub-1") -> Story:
    return story.tell(m.RequestNavNotice(alert_id=ALERT, version=story.alert.version, by=by))


def reserved(day: str) -> m.NavNoticeReserved:
    return m.NavNoticeReserved(line_id=line(f"reserved {day}"), dated_on=on(day))


def refused(story: Story) -> str:
    with pytest.raises(Reject) as refusal:
        ask(story)
    assert refusal.value.sentence
    return refusal.value.code


def name(story: Story) -> dict[str, Any]:
    newest = story.tenancy.nav_notices[-1]
    return {"referral_id": newest.id, "revision": newest.revision, "matter": "nav_notice"}


def test_nav_is_told_the_exact_amounts_of_that_moment():
    story = ask(overdue())
    (said,) = story.sent(m.NavNoticeRequested)
    assert (said.alert_id, said.revision, said.requested_by) == (ALERT, 1, "sub-1")
    assert (said.as_of, said.debt_ore) == (date(2019, 2, 24), 1_600_000)
    assert (said.due_on, said.open_ore) == ((on("2019-01-15"), on("2019-02-15")), (800_000, 800_000))
    assert said.requested_on == date(2019, 2, 25)


def test_money_that_came_after_the_books_were_closed_is_taken_off():
    story = overdue().tell(payment("p", "2019-02-26", ore=300_000), payment("q", "2019-02-27", ore=100_000))
    (said,) = ask(story.tell(taken_back("q", "2019-02-28"))).sent(m.NavNoticeRequested)
    assert (said.debt_ore, said.open_ore) == (1_300_000, (500_000, 800_000))


def test_an_invoice_that_was_changed_counts_as_it_is_now():
    (said,) = ask(overdue().tell(adjusted("b", "2019-02-20", 700_000))).sent(m.NavNoticeRequested)
    assert said.open_ore == (800_000, 700_000)


def test_no_notice_goes_against_a_reservation():
    assert refused(overdue().tell(reserved("2019-02-01"))) == "tenant_reserved"


def test_no_notice_goes_where_nothing_is_owed():
    story = told(requested("2019-02-18"), closed("2019-02-19"))
    assert refused(story) == "nothing_owed"


def test_one_notice_stands_at_a_time():
    assert refused(ask(overdue())) == "notice_stands"


def test_a_form_from_before_saves_nothing():
    story = overdue()
    command = m.RequestNavNotice(alert_id=ALERT, version=story.alert.version, by="sub-1")
    with pytest.raises(Reject, match="changed_meanwhile"):
        story.tell(command).tell(command)


def test_a_subject_that_could_be_a_person_goes_out_in_no_event():
    with pytest.raises(Reject) as refusal:
        ask(overdue(), by="kari@kommune.example")
    assert refusal.value.status == 403


def test_it_is_called_back_when_the_debt_is_paid_before_it_is_sent():
    story = ask(overdue()).tell(payment("p", "2019-02-26", ore=1_600_000))
    (called_back,) = story.sent(m.NavNoticeWithdrawn)
    assert (called_back.notice_id, called_back.revision) == (story.tenancy.nav_notices[0].id, 1)
    assert story.tenancy.nav_notices[0].status == "withdrawn"


def test_a_part_of_the_debt_calls_nothing_back():
    assert ask(overdue()).tell(payment("p", "2019-02-26")).sent(m.NavNoticeWithdrawn) == []


def test_one_that_nav_has_is_not_called_back_by_money():
    story = ask(overdue())
    story.tell(m.DeliverySent(**name(story), sent_at=AT), payment("p", "2019-02-26", ore=1_600_000))
    assert story.sent(m.NavNoticeWithdrawn) == []


def test_after_one_that_was_withdrawn_there_is_another_with_an_id_of_its_own():
    story = ask(overdue()).tell(payment("p", "2019-02-26", ore=1_600_000), taken_back("p", "2019-02-27"))
    story.tell(closed("2019-02-28"))
    again = m.RequestNavNotice(alert_id=alert_id(TENANCY, 2), version=story.alert.version, by="sub-1")
    first, second = story.tell(again).sent(m.NavNoticeRequested)
    assert first.notice_id != second.notice_id
    assert (first.revision, second.revision) == (1, 1)


def test_one_that_came_back_is_asked_for_again_as_the_next_revision():
    story = ask(overdue())
    story.tell(m.DeliveryRejected(**name(story), code="unknown_recipient"))
    first, second = ask(story).sent(m.NavNoticeRequested)
    assert (second.notice_id, second.revision) == (first.notice_id, 2)


def test_the_alert_shows_how_far_the_notice_has_come_and_is_never_set_back():
    story = ask(overdue())
    story.tell(m.DeliverySent(**name(story), sent_at=AT), m.DeliveryReceived(**name(story), received_at=AT))
    assert (story.tenancy.nav_notices[-1].status, story.tenancy.nav_notices[-1].received_at) == ("received", AT)
    story.tell(m.DeliveryOutcome(**name(story), outcome="contacted"), m.DeliverySent(**name(story), sent_at=AT))
    assert story.tenancy.nav_notices[-1].status == "contacted"


def test_one_that_nav_has_let_be_is_taken_back_and_may_be_asked_for_anew():
    story = ask(overdue())
    story.tell(m.DeliverySent(**name(story), sent_at=AT), m.DeliveryRecalled(**name(story)))
    recalled = story.tenancy.nav_notices[-1]
    assert (recalled.status, recalled.code, recalled.stands) == ("withdrawn", "recalled", False)


def test_navs_silence_is_shown_until_nav_is_heard():
    story = ask(overdue())
    story.tell(m.DeliverySent(**name(story), sent_at=AT), m.DeliveryOverdue(**name(story), silent_since=AT))
    assert (story.tenancy.nav_notices[-1].status, story.tenancy.nav_notices[-1].silent_since) == ("sent", AT)
    story.tell(m.DeliveryOutcome(**name(story), outcome="contacted"))
    assert story.tenancy.nav_notices[-1].silent_since is None


def test_what_is_told_of_a_referral_is_anothers():
    story = ask(overdue())
    before = story.tenancy
    story.tell(m.DeliverySent(**{**name(story), "matter": "referral"}, sent_at=AT))
    assert story.tenancy == before


def test_a_delivery_of_no_notice_of_ours_is_set_aside():
    story = ask(overdue())
    with pytest.raises(Reject, match="unknown_notice"):
        story.tell(m.DeliverySent(**{**name(story), "revision": 7}, sent_at=AT))


def test_the_clocks_run_from_the_notice_and_from_navs_receipt():
    story = ask(overdue().tell(notice("2019-02-25", "2019-03-11")))
    assert clocks_of(story.tenancy).earliest_request == date(2019, 3, 12)
    received = datetime(2019, 2, 26, 9, 0, tzinfo=UTC)
    story.tell(m.DeliveryReceived(**name(story), received_at=received))
    clocks = clocks_of(story.tenancy)
    assert (clocks.nav_until, clocks.request_from) == (date(2019, 3, 12), date(2019, 3, 13))
    story.tell(requested("2019-03-14"))
    assert clocks_of(story.tenancy).pay_by is None
