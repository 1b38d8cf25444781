"""The same facts in any order come to the same: drawn ledgers, derived twice, and by a second reckoning."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from demo.generator.facts import Fact
from demo.generator.reckoning import account
from notifications.domain.allocation import allocate
from notifications.domain.rules import level_of
from notifications.domain.tenancy import judge
from notifications.translation import thresholds
from tests.unit.notifications.given import (
    Story,
    closed,
    credited,
    debit_failed,
    held,
    invoice,
    notice,
    payment,
    plan,
    plan_ended,
    released,
    requested,
    taken_back,
)

FIRST = date(2019, 1, 1)
LIMITS = thresholds()
FAST = settings(max_examples=60, derandomize=True, deadline=None)


def on(days: int) -> str:
    return (FIRST + timedelta(days=days)).isoformat()


@st.composite
def money(draw: st.DrawFn) -> list[Any]:
    """Some rents, most of them paid, some in part, late, ahead, credited or taken back."""
    facts: list[Any] = []
    for number in range(draw(st.integers(1, 9))):
        due, rent = 30 * number, 800_000 + draw(st.sampled_from([0, 0, 50_000]))
        facts.append(invoice(f"i{number}", on(due), rent))
        for part in range(draw(st.integers(0, 2))):
            paid = draw(st.sampled_from([rent, rent, rent // 2, rent // 3, 9_000]))
            facts.append(payment(f"p{number} {part}", on(due + draw(st.integers(-3, 40))), paid))
            if draw(st.integers(0, 9)) == 0:
                facts.append(taken_back(f"p{number} {part}", on(due + 41)))
        if draw(st.integers(0, 9)) == 0:
            facts.append(credited(f"i{number}", on(due + draw(st.integers(-5, 30))), rent // 4))
    return facts


@st.composite
def ledgers(draw: st.DrawFn) -> list[Any]:
    facts = draw(money())
    if draw(st.booleans()):
        start = draw(st.integers(20, 200))
        facts += plan("plan", on(start), (on(start + 20), 400_000), (on(start + 50), 500_000))
        facts += [plan_ended("plan", on(start + 60))] if draw(st.booleans()) else []
    if draw(st.booleans()):
        facts += [held("u", on(draw(st.integers(0, 200)))), released("u", on(210))]
    if draw(st.booleans()):
        facts.append(debit_failed(on(draw(st.integers(0, 200)))))
    if draw(st.booleans()):
        sent = draw(st.integers(10, 200))
        facts += [notice(on(sent), on(sent + 14)), requested(on(sent + 20))]
    return facts


def told(facts: Sequence[Any]) -> Any:
    """The ledger, without what its history of alerts has come to."""
    return replace(Story().tell(*facts, closed(on(300))).tenancy, episodes=(), mails=())


@FAST
@given(facts=ledgers(), data=st.data(), day=st.integers(0, 320))
def test_the_same_facts_in_any_order_give_the_same_facts_and_level_as_of_each_day(facts, data, day):
    shuffled = data.draw(st.permutations(facts))
    as_of = (FIRST + timedelta(days=day)).toordinal()
    one, other = (judge(told(each), as_of, LIMITS) for each in (facts, shuffled))
    assert one == other


@FAST
@given(facts=ledgers(), day=st.integers(0, 320))
def test_every_ore_is_open_covered_by_a_plan_paid_or_credited(facts, day):
    allocation = allocate(told(facts).ledger, (FIRST + timedelta(days=day)).toordinal(), LIMITS.tolerance)
    settled = sum(part.ore for part in allocation.parts)
    assert sum(allocation.amounts) == sum(allocation.open) + sum(allocation.covered) + settled
    assert sum(allocation.covered) == sum(allocation.planned)
    assert min([0, *allocation.open, *allocation.planned, *allocation.covered]) == 0


@FAST
@given(facts=money(), day=st.integers(241, 260), later=st.integers(1, 90))
def test_with_nothing_new_a_later_day_is_never_a_lower_level(facts, day, later):
    """No rent falls due in the days between, and no money comes; the alerts of before are the same."""
    tenancy = told([each for each in facts if each.dated_on <= FIRST + timedelta(days=240)])
    known = [
        judge(tenancy, (FIRST + timedelta(days=days)).toordinal(), LIMITS).reasons
        for days in (day + 41, day + 41 + later)
    ]
    assert level_of(known[0]) <= level_of(known[1])


def as_fact(event: Any) -> Fact:
    """In the second reckoning's own words."""
    due, amends = getattr(event, "due_on", None), getattr(event, "amends", "")
    return Fact(event.type, event.line_id, event.dated_on, "", getattr(event, "amount_ore", 0), due, amends=amends)


@FAST
@given(facts=money(), day=st.integers(1, 320))
def test_each_reason_recomputes_from_the_ledger_by_a_second_reckoning(facts, day):
    """E4, E6 and the steps are told of elsewhere: this is what money alone says."""
    as_of = FIRST + timedelta(days=day)
    judgement = judge(told(facts), as_of.toordinal(), LIMITS)
    reckoned = account([as_fact(each) for each in facts], as_of)
    assert {reason.rule for reason in judgement.reasons} == set(reckoned.rules() or reckoned.watched())
    assert (judgement.facts.debt, judgement.facts.dpd) == (reckoned.debt, reckoned.days)
    assert (judgement.facts.habit, judgement.facts.rent) == (reckoned.habit, reckoned.rent)
