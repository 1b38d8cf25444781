"""A ledger from a file, judged again: what becomes of each tenancy, and what is said of a line that can't be read."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chassis.outputs import OSLO
from notifications.__main__ import app
from notifications.messages import RiskChanged
from tests.unit.notifications.given import (
    FIRST_RENT,
    TENANCY,
    Story,
    closed,
    ended,
    invoice,
    line,
    notice,
    payment,
    requested,
    started,
)

LEDGER = [
    started(),
    *FIRST_RENT,
    invoice("a", "2019-01-15"),
    closed("2019-01-22"),
    closed("2019-01-23"),
    notice("2019-02-01", "2019-02-14"),
    closed("2019-02-14"),
    payment("p", "2019-02-15"),
    closed("2019-02-16"),
]


def as_line(body: Any, subject: str = TENANCY, **more: Any) -> str:
    time = datetime(2019, 1, 1, 9, 0, tzinfo=OSLO)
    for name in ("as_of", "dated_on"):
        if day := getattr(body, name, None):
            time = datetime(day.year, day.month, day.day, 18, 0, tzinfo=OSLO)
    given = {"type": body.type, "subject": subject, "time": time.isoformat(), "data": body.model_dump(mode="json")}
    return json.dumps({**given, **more})


def replayed(folder: Path, lines: list[str], *options: str, until: str = "2019-12-31") -> Result:
    file = folder / "events.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return CliRunner().invoke(app, ["replay", str(file), "--until", until, *options])


def levels(result: Result) -> list[tuple[str, ...]]:
    return [tuple(each.split("\t")[:4]) for each in result.stdout.splitlines()]


def test_every_change_of_level_and_stage_is_printed_with_its_day(tmp_path):
    result = replayed(tmp_path, [as_line(body) for body in LEDGER])
    assert result.exit_code == 0, result.output
    assert levels(result) == [
        ("2019-01-22", TENANCY, "1 Følg med", "F2"),
        ("2019-01-23", TENANCY, "2 Tidlig varsel", "F2"),
        ("2019-02-01", TENANCY, "3 Alvorlig", "F3"),
        ("2019-02-14", TENANCY, "4 Akutt", "F3"),
        ("2019-02-15", TENANCY, "0 Ingen", "F0"),
    ]
    assert "E1: Husleien for januar 2019 forfalt 15. januar 2019 og er 8 dager over forfall." in result.stdout


def test_it_is_what_the_service_s_own_deciders_tell(tmp_path):
    story = Story().tell(*LEDGER)
    told = [(str(each.as_of), each.level, each.stage) for each in story.sent(RiskChanged)]
    result = replayed(tmp_path, [as_line(body) for body in LEDGER], "--json")
    printed = [json.loads(each) for each in result.stdout.splitlines()]
    assert [(each["as_of"], each["level"], each["stage"]) for each in printed] == told
    assert [reason["rule"] for reason in printed[2]["reasons"]] == ["S4", "E1"]
    assert {each["version"] for each in printed} == {"2019.2", ""}


def test_what_became_known_after_the_last_day_is_left_out(tmp_path):
    assert levels(replayed(tmp_path, [as_line(body) for body in LEDGER], until="2019-01-22")) == [
        ("2019-01-22", TENANCY, "1 Følg med", "F2")
    ]


def test_a_tenancy_may_have_any_name_and_the_whole_type_may_stand(tmp_path):
    lines = [as_line(body, "leil. 12") for body in LEDGER[3:6]]
    lines += [as_line(requested("2019-02-20"), "leil. 12", type="no.boligflyt.enforcement.requested.v1")]
    assert levels(replayed(tmp_path, lines))[-1] == ("2019-02-20", "leil. 12", "4 Akutt", "F4")


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("{", "linje 2: er ikke gyldig JSON"),
        ('{"type": "payment.registered"}', "linje 2: subject mangler"),
        (as_line(payment("p", "2019-01-16"), data={"line_id": line("p")}), "linje 2: data: dated_on mangler"),
        (as_line(payment("p", "2019-01-16"), time="2019-01-16T09:00:00"), "linje 2: time har feil form"),
        (as_line(payment("p", "2019-01-16"), naem="x"), "linje 2: naem er ikke et kjent felt"),
    ],
)
def test_a_bad_line_is_told_by_number_and_nothing_of_it_is_shown(tmp_path, bad, sentence):
    result = replayed(tmp_path, [as_line(LEDGER[1]), bad])
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_a_tenancy_with_a_bad_line_is_not_judged_further_and_the_others_are(tmp_path):
    bad = as_line(payment("p", "2019-01-16"), data={"line_id": line("p")})
    rest = [as_line(closed("2019-01-25")), as_line(invoice("a", "2019-01-15"), "other")]
    result = replayed(tmp_path, [as_line(LEDGER[1]), bad, *rest, as_line(closed("2019-01-25"), "other")])
    assert levels(result) == [("2019-01-25", "other", "2 Tidlig varsel", "F2")]
    assert "1 linjer kunne ikke leses" in result.stderr


def test_a_line_that_comes_twice_by_its_id_counts_once(tmp_path):
    once = [as_line(body, id=line(f"event {number}")) for number, body in enumerate(LEDGER)]
    assert levels(replayed(tmp_path, [each for each in once for _ in range(2)])) == levels(replayed(tmp_path, once))


def test_types_that_are_not_read_are_counted(tmp_path):
    other = as_line(ended("2019-03-01"), type="tenancy.painted")
    assert "1 linjer av typer som ikke leses" in replayed(tmp_path, [other]).stderr
