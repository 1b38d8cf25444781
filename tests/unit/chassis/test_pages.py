from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from chassis.access import Principal
from chassis.http import Problem
from chassis.pages import Pages, idempotency_field, kroner, norwegian_date, norwegian_time

KARI = Principal("user-7", frozenset({"leder", "boligansvarlig"}), "3427", "Kari <b>Nordmann</b>")


@pytest.mark.parametrize(
    ("ore", "shown"),
    [
        (0, "0 kr"),
        (100, "1 kr"),
        (1_234_500, "12 345 kr"),
        (127_500_000, "1 275 000 kr"),
        (1_234_550, "12 345,50 kr"),
        (5, "0,05 kr"),
        (-120_000, "−1 200 kr"),
        (-50, "−0,50 kr"),
    ],
)
def test_money_is_shown_as_norwegians_write_it(ore, shown):
    assert kroner(ore).replace("\u00a0", " ") == shown
    assert " " not in kroner(ore)


def test_dates_and_times_are_norwegian_and_in_oslo():
    assert norwegian_date(date(2019, 5, 2)) == "2. mai 2019"
    assert norwegian_date(datetime(2019, 12, 31, 23, 30, tzinfo=UTC)) == "1. januar 2020"
    assert norwegian_time(datetime(2019, 5, 2, 7, 5, tzinfo=UTC)) == "2. mai 2019 kl. 09.05"


@pytest.mark.parametrize(
    ("month", "name"), [(1, "januar"), (3, "mars"), (6, "juni"), (7, "juli"), (10, "oktober"), (12, "desember")]
)
def test_a_month_has_its_name(month, name):
    assert norwegian_date(date(2019, month, 1)) == f"1. {name} 2019"


def test_a_service_fills_the_shared_frame_and_everything_is_escaped(tmp_path):
    (tmp_path / "list.html").write_text(
        '{% extends "base.html" %}{% block title %}Varsler{% endblock %}'
        "{% block content %}{{ note }} {{ ore | kr }} {{ day | date }}{% endblock %}"
    )
    page = Pages(tmp_path, "boligflyt varsler").render(
        "list.html", principal=KARI, note="<script>", ore=100, day=date(2019, 5, 2)
    )
    text = bytes(page.body).decode()

    assert "<title>Varsler – boligflyt varsler</title>" in text
    assert "&lt;script&gt; 1\u00a0kr 2. mai 2019" in text
    assert "Kari &lt;b&gt;Nordmann&lt;/b&gt;" in text
    assert "Boligansvarlig, Leder, kommune 3427" in text
    assert '<form method="post" action="/logout">' in text


def test_who_is_not_logged_in_sees_no_way_out():
    text = bytes(Pages().render("problem.html", problem=Problem(404, "c", "Finnes ikke", "Nei.")).body).decode()

    assert "Logg ut" not in text
    assert "Til forsiden" in text


def test_the_frame_needs_no_inline_script_or_style_and_no_other_host():
    found: list[tuple[str, dict[str, str | None]]] = []

    class Frame(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, dict(attrs)))

    frame = Frame()
    frame.feed(bytes(Pages().render("problem.html", principal=KARI, problem=Problem(401, "c", "t", "d")).body).decode())

    assert ("html", {"lang": "nb"}) in found
    assert not [tag for tag, _ in found if tag == "style"]
    for tag, attributes in found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        assert tag != "script" or attributes["src"]
        for target in (attributes.get("src"), attributes.get("href")):
            assert target is None or target.startswith(("/", "#"))


def test_the_first_link_leads_to_the_content():
    text = bytes(Pages().render("problem.html", problem=Problem(404, "c", "t", "d")).body).decode()

    assert text.index('href="#innhold"') < text.index("<header")
    assert '<main id="innhold"' in text


def test_a_misspelt_name_is_an_error_and_not_an_empty_place(tmp_path):
    (tmp_path / "list.html").write_text("{{ nmae }}")

    with pytest.raises(UndefinedError):
        Pages(tmp_path).render("list.html", name="x")


def test_each_form_has_a_key_of_its_own():
    assert idempotency_field() != idempotency_field()
    assert idempotency_field().startswith('<input type="hidden" name="idempotency_key" value="')


def test_a_problem_page_names_lines_and_fields():
    problem = Problem(
        422, "c", "Filen", "2 feil.", [{"field": "due", "line": 3, "message": "Mangler."}, {"message": "Sum."}]
    )
    text = bytes(Pages().render("problem.html", problem=problem).body).decode()

    assert "Linje 3: <strong>due</strong>: Mangler." in text
    assert "<li>Sum.</li>" in text
