"""How alerts are scored, by hand-made ones; and that a made ledger is the same for the same seed."""

import pytest

from tests.prove.warning.judging import Alert, alerts, bank_days
from tests.prove.warning.landlord import DEADLINE
from tests.prove.warning.mixes import MIXES, Standing, Told, tenancies
from tests.prove.warning.payers import Payment, Rent
from tests.prove.warning.scores import Score, by_rule

ALWAYS = (0, 700)


def scored(*given: Alert, requests: tuple[int, ...] = (), notices: tuple[int, ...] = ()) -> Score:
    score = Score()
    score.take(given, requests, notices, ALWAYS)
    return score


@pytest.mark.parametrize(
    ("alert", "lead"),
    [
        (Alert(40), 60),
        (Alert(99), 1),
        (Alert(100), 0),
        (Alert(40, None, 99), 0),
        (Alert(40, None, 100), 60),
    ],
)
def test_a_request_is_warned_of_by_an_alert_that_was_raised_before_it_and_still_stood(alert, lead):
    score = scored(alert, requests=(100,))
    assert (score.leads, score.recall()) == ([lead], float(lead > 0))


def test_the_lead_counts_from_the_first_of_the_alerts_that_stand():
    assert scored(Alert(10, None, 20), Alert(30), Alert(60), requests=(100,)).leads == [70]


@pytest.mark.parametrize(("notice", "ahead"), [(41, 1), (40, 0), (39, 0)])
def test_an_alert_on_the_notice_s_own_day_was_not_ahead_of_it(notice, ahead):
    assert scored(Alert(40), requests=(100,), notices=(notice,)).ahead_of_notice == ahead


@pytest.mark.parametrize(("request_day", "right"), [(40, 1), (130, 1), (131, 0), (39, 0)])
def test_a_grave_alert_is_right_if_a_request_follows_within_90_days(request_day, right):
    score = scored(Alert(20, 40), requests=(request_day,))
    assert (score.judged, score.right) == (1, right)


def test_an_alert_too_near_the_end_to_be_proved_is_not_judged():
    assert scored(Alert(20, 611)).judged == 0


def test_alerts_are_counted_per_hundred_tenancies_a_month():
    score = Score()
    for _ in range(100):
        score.take([Alert(5)], (), (), (0, 364))
    assert score.per_hundred(score.raised) == pytest.approx(100 / 12, rel=0.01)


def test_a_simple_rule_speaks_when_it_comes_to_hold_and_is_over_when_it_does_not():
    standings = [Standing(day, over, 0) for day, over in enumerate((0, 8, 9, 0, 8))]
    assert by_rule(lambda at, rent: at.days_over_due >= 8, 1, standings) == [Alert(1, None, 3), Alert(4)]


def test_the_same_seed_makes_the_same_ledger_and_another_another():
    made = [list(tenancies(MIXES[0], 5, seed)) for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


def test_money_is_paid_once_and_nobody_is_requested_without_a_notice_that_ran_out():
    for mix in MIXES:
        for told in tenancies(mix, 60, 3):
            notices = [step.day for step in told.steps if step.kind == "notice"]
            for request in told.requests:
                assert any(day + DEADLINE < request for day in notices)
            debts = [at.debt for at in told.standings]
            assert debts[-1] == max(
                0,
                sum(rent.ore for rent in told.rents if rent.due < told.standings[-1].day)
                - sum(payment.ore for payment in told.payments),
            )


def test_a_made_ledger_is_judged_by_the_deciders():
    """Rent of 1 January 2017 is unpaid, later rents too: E1 holds from the first bank day after 8 days."""
    told = Told(0, "abrupt stop", 800_000, [Rent(0, 0, 800_000), Rent(1, 31, 800_000)], [Payment(70, 1_600_000)])
    (alert,) = alerts(told, 1)
    assert alert.raised in bank_days(told)
    assert (alert.raised <= 12, alert.ended) == (True, 70)
