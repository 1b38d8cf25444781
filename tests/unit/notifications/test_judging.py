"""What must hold of any ledger."""

from datetime import timedelta

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from notifications.domain.rules import level_of
from notifications.domain.tenancy import Tenancy, judge
from notifications.domain.words import sentence
from notifications.translation import thresholds
from tests.unit.notifications.given import invoice, on, payment, told

FIRST = on("2018-01-15")


@st.composite
def tenancies(draw: st.DrawFn) -> tuple[Tenancy, int]:
    """With the day after which nothing more is written."""
    months = draw(st.integers(1, 9))
    lines = []
    for n in range(months):
        due = FIRST + timedelta(days=30 * n)
        lines.append(invoice(f"i{n}", due.isoformat(), draw(st.integers(1, 2_000_000))))
        if draw(st.booleans()):
            paid = due + timedelta(days=draw(st.integers(-5, 40)))
            lines.append(payment(f"p{n}", paid.isoformat(), draw(st.integers(1, 2_000_000))))
    return told(*lines).tenancy, max(line.dated_on for line in lines).toordinal()


@settings(max_examples=80, deadline=None, derandomize=True)
@drawn(tenancies(), st.integers(0, 60), st.integers(0, 60))
def test_owing_longer_never_lowers_the_level(given, wait, longer):
    tenancy, last = given
    levels = [level_of(judge(tenancy, day, thresholds()).reasons) for day in (last + wait, last + wait + longer)]
    assert levels == sorted(levels)


@settings(max_examples=80, deadline=None, derandomize=True)
@drawn(tenancies(), st.integers(0, 60))
def test_every_level_has_a_reason_whose_figures_can_be_read(given, wait):
    tenancy, last = given
    judgement = judge(tenancy, last + wait, thresholds())
    assert bool(judgement.level) == bool(judgement.reasons)
    assert all(sentence(reason.rule, reason.figures) for reason in judgement.reasons)


@settings(max_examples=40, deadline=None, derandomize=True)
@drawn(tenancies(), st.integers(0, 60))
def test_judging_twice_says_the_same(given, wait):
    tenancy, last = given
    assert judge(tenancy, last + wait, thresholds()) == judge(tenancy, last + wait, thresholds())
