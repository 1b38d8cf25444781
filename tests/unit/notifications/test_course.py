"""The course of a tenancy: its figures are those of the rules, and the drawing is of these figures."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from notifications.domain.tenancy import Tenancy
from notifications.pages.chart import BOTTOM, LEFT, RIGHT, TOP, described, drawn
from notifications.pages.course import Course, Happening, Span, course, owed_on
from notifications.translation import policies
from tests.unit.notifications.given import (
    RENT,
    closed,
    debit_ended,
    disputed,
    invoice,
    notice,
    payment,
    plan,
    reminder,
    requested,
    started,
    told,
)
from tests.unit.notifications.test_pages import browser, intake, people, store

__all__ = ["browser", "intake", "people", "store"]

POLICY = policies().common


def the_course(*lines) -> Course:
    found = course(told(started(), *lines).tenancy, POLICY)
    assert found
    return found


def test_before_the_first_close_there_is_no_course():
    assert course(Tenancy(), POLICY) is None


def test_rent_is_owed_from_the_day_after_its_bank_day_until_it_is_paid():
    """1 December 2018 is a Saturday."""
    found = the_course(invoice("a", "2018-12-01"), payment("p", "2018-12-12", RENT), closed("2018-12-20"))
    assert found.owed[1:] == ((date(2018, 12, 4), RENT), (date(2018, 12, 12), 0))
    assert found.happenings == (
        Happening(date(2018, 12, 1), "due", "Forfall", 0, 0, RENT, date(2018, 12, 3)),
        Happening(date(2018, 12, 12), "paid", "Innbetaling", 0, 0, RENT),
    )


def test_what_is_owed_at_the_close_is_what_the_alert_says():
    tenancy = told(
        started(),
        *(invoice(str(month), f"2018-{month:02}-15") for month in range(8, 13)),
        payment("p", "2018-08-20", RENT),
        payment("q", "2018-10-02", RENT // 2),
        closed("2018-12-20"),
    ).tenancy
    found = course(tenancy, POLICY)
    assert found
    assert tenancy.open
    assert found.now == owed_on(tenancy, tenancy.as_of, POLICY) == tenancy.open.debt
    assert found.most == (date(2018, 12, 18), found.now)


def test_levels_and_steps_are_of_the_alert_and_the_law():
    found = the_course(
        invoice("a", "2019-01-15"),
        closed("2019-01-25"),
        notice("2019-01-28", "2019-02-11"),
        closed("2019-01-30"),
        requested("2019-02-13"),
        closed("2019-02-14"),
    )
    assert found.levels == (
        Span(2, date(2019, 1, 25), date(2019, 1, 28)),
        Span(3, date(2019, 1, 28), date(2019, 2, 13)),
        Span(4, date(2019, 2, 13), date(2019, 2, 15)),
    )
    assert [(step.number, step.day, step.until) for step in found.steps] == [
        (1, date(2019, 1, 28), date(2019, 2, 11)),
        (2, date(2019, 2, 13), None),
    ]
    assert [(each.day, each.level) for each in found.happenings if each.kind == "step"] == [
        (date(2019, 1, 28), 3),
        (date(2019, 2, 13), 4),
    ]


def test_what_the_rules_go_by_beside_money_is_there_too():
    found = the_course(
        invoice("a", "2019-01-15"),
        debit_ended("2019-01-10", "avtalegiro"),
        reminder("2019-01-20"),
        *plan("p", "2019-01-21", ("2019-02-01", RENT // 2), ("2019-03-01", RENT // 2)),
        disputed("2019-01-22"),
        closed("2019-01-24"),
    )
    assert [(each.day.day, each.what) for each in found.happenings if each.kind == "news"] == [
        (10, "AvtaleGiro stanset"),
        (20, "Purring sendt"),
        (21, "Betalingsavtale inngått"),
        (22, "Innsigelse"),
    ]
    assert [mark.title for mark in drawn(found, "wide", 760).news][:1] == ["AvtaleGiro stanset 10. januar 2019"]


def test_the_drawing_reaches_to_a_deadline_that_is_near_and_no_further():
    lines = invoice("a", "2019-01-15"), closed("2019-01-25")
    near, far = (the_course(*lines, notice("2019-01-25", until)) for until in ("2019-02-08", "2019-06-01"))
    assert (near.last, far.last) == (date(2019, 2, 8), near.as_of)
    assert drawn(near, "wide", 760).steps[0].until == 760 - RIGHT
    assert drawn(far, "wide", 760).steps[0].until is None


@pytest.mark.parametrize("width", [340, 760])
def test_all_that_is_drawn_is_within_the_drawing_and_in_order(width):
    found = the_course(
        *(invoice(str(n), str(date(2018, n, 15))) for n in range(1, 13)),
        *(payment(f"p{n}", str(date(2018, n, 20)), RENT) for n in range(1, 10)),
        closed("2018-12-31"),
    )
    drawing = drawn(found, "x", width)
    days = [float(x) for x in re.findall(r"[MH]([\d.]+)", drawing.line)]
    amounts = [float(y) for y in re.findall(r"V([\d.]+)", drawing.line)]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (LEFT, width - RIGHT)
    assert min(amounts) >= TOP
    assert max(amounts) == BOTTOM
    assert amounts[-1] == pytest.approx(BOTTOM - (BOTTOM - TOP) * 3 * RENT / (drawing_top(drawing) * 100), abs=0.1)
    marks = [mark.x for mark in (*drawing.due, *drawing.paid)]
    assert len(marks) == 21
    assert LEFT <= min(marks) <= max(marks) <= width - RIGHT
    labels = [tick.at for tick in drawing.months]
    assert all(then - first > 30 for first, then in pairwise(labels))


def drawing_top(drawing) -> int:
    """The amount at the top of the scale, in kroner."""
    return int(drawing.amounts[-1].label.replace("\u00a0", ""))


def test_the_year_before_the_close_is_shown_and_no_more():
    found = the_course(
        *(invoice(str(n), f"{2017 + n // 12}-{n % 12 + 1:02}-15") for n in range(24)), closed("2018-12-31")
    )
    assert found.first == date(2018, 12, 31) - timedelta(days=365)
    assert min(each.day for each in found.happenings) >= found.first


def test_the_drawing_is_told_in_words():
    owes = the_course(invoice("a", "2019-01-15"), closed("2019-01-24"))
    assert described(owes).startswith("Mest skyldig var 8\u00a0000 kr, fra 16. januar 2019. Per 24. januar 2019 er")
    paid = the_course(invoice("a", "2019-01-15"), payment("p", "2019-01-10", RENT), closed("2019-01-24"))
    assert described(paid) == "Ingenting var skyldig mellom 24. januar 2018 og 24. januar 2019."


async def test_the_page_has_the_drawing_and_the_same_figures_as_a_table(browser, store):
    page = (await browser.get("/leieforhold/6f1a3c9e-0000-5000-8000-00000000a001")).text
    assert page.count('<svg class="chart') == 2
    assert page.count("<title id=") == page.count("<desc id=") == 2
    assert '<td><time datetime="2019-01-15">15. januar 2019</time></td>' in page
    assert re.search(r"<td>Siste bankfil</td>\s*<td></td>\s*<td class=.number.>8\xa0000\xa0kr</td>", page)
