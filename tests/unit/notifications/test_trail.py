"""How an alert came about: the rules with their figures as they were known then, and the lines that they rest on."""

from datetime import date
from typing import Any

from notifications.domain.tenancy import Tenancy, alert_id
from notifications.domain.words import EVENTS, FIGURES
from notifications.handlers import DELIVERIES
from notifications.pages.trail import Sources, causes, mails, steps, told
from notifications.subscribers import READS
from tests.unit.notifications.given import (
    RENT,
    STATE,
    TENANCY,
    closed,
    invoice,
    line,
    notice,
    payment,
    requested,
    scheduled,
    started,
)
from tests.unit.notifications.given import told as story
from tests.unit.notifications.moments import every_reason

MISSED = [started(), invoice("a", "2019-01-15"), closed("2019-01-24")]
ALERT = alert_id(TENANCY, 1)


def source(id: str, cause: str, type: str, file: str | None = "ab", number: int = 7, **data: Any) -> dict[str, Any]:
    place = {"digest": file, "line_number": number, "account": "husleie", "as_of": "2019-01-24", "lines": 9}
    at = "2019-01-25T08:00:00+00:00"
    told_of = {**place, "accepted_at": at} if file else None
    return {"id": id, "cause": cause, "type": type, "time": at, "data": data, "file": told_of}


def raised(id: str, cause: str, level: int, *rules: str) -> dict[str, Any]:
    data = {"alert_id": ALERT, "level": level, "rules": list(rules), "as_of": "2019-01-24"}
    return {
        "id": id,
        "cause": cause,
        "type": "alert.raised",
        "time": "2019-01-25T08:01:00+00:00",
        "sent": True,
        "data": data,
    }


def test_a_rise_keeps_its_reasons_and_the_unpaid_invoices_that_they_rest_on():
    (rise,) = story(*MISSED, invoice("paid", "2019-01-16"), payment("p", "2019-01-16")).alert.rises
    assert (date.fromordinal(rise.as_of).isoformat(), rise.level) == ("2019-01-24", 2)
    (reason,) = rise.reasons
    assert (reason.rule, reason.lines) == ("E1", (line("a"),))


def test_each_rise_keeps_what_was_known_then_whatever_came_later():
    alert = story(*MISSED, closed("2019-02-14"), notice("2019-02-15", "2019-03-01"), requested("2019-03-05")).alert
    assert [(rise.level, [reason.rule for reason in rise.reasons]) for rise in alert.rises] == [
        (2, ["E1"]),
        (3, ["S1", "E1"]),
        (4, ["A4", "A3", "S4", "S1", "E1"]),
    ]
    assert [rise.reasons[-1].figures["dpd"] for rise in alert.rises] == [9, 30, 49]


def test_the_legal_steps_rest_on_their_own_lines():
    steps = [notice("2019-01-25", "2019-02-08"), requested("2019-02-10"), scheduled("2019-02-20", "2019-03-20")]
    reasons = {reason.rule: reason.lines for reason in story(*MISSED, *steps).alert.reasons}
    assert reasons["S4"] == (line("notice 2019-01-25"),)
    assert reasons["A4"] == (line("requested 2019-02-10"), line("scheduled 2019-02-20"))


def test_an_alert_from_before_this_was_kept_has_no_rises_and_is_read_all_the_same():
    stored = STATE.dump_python(story(*MISSED).tenancy, mode="json")
    for episode in stored["episodes"]:
        del episode["rises"]
        for reason in episode["reasons"]:
            del reason["lines"]
    tenancy: Tenancy = STATE.validate_python(stored)
    assert tenancy.episodes[0].rises == ()
    (step,) = steps([raised("r", "c", 2, "E1")], (), Sources([]), "me")
    assert (step["rules"], step["reasons"], step["cause"]) == ("E1", [], None)


def test_intake_is_asked_for_what_changed_the_alert_and_what_its_reasons_rest_on():
    acknowledged = {"id": "k", "cause": "a person", "type": "alert.acknowledged", "data": {"alert_id": ALERT}}
    asked = causes([raised("r", "close", 2, "E1"), acknowledged], story(*MISSED).alert.rises)
    assert asked == {"close", line("a")}


def test_a_rise_is_told_with_its_cause_its_figures_and_each_line_with_its_place_in_its_file():
    close = source("close", "c1", "ledger.closed", "cd", 12, as_of="2019-01-24")
    bill = source(
        "bill", line("a"), "invoice.issued", "ab", 7, amount_ore=RENT, due_on="2019-01-15", dated_on="2019-01-01"
    )
    sources = Sources([bill, close])
    (step,) = steps([raised("r", "close", 2, "E1")], story(*MISSED).alert.rises, sources, "me")

    assert (step["level"], step["event"], step["cause"]["what"]) == ("Tidlig varsel", "r", "Reskontroen avsluttet")
    assert (step["cause"]["file"], step["cause"]["line"]) == (2, 12)
    (reason,) = step["reasons"]
    assert reason["figures"][0] == {"label": "Eldste ubetalte forfall", "kind": "day", "value": date(2019, 1, 15)}
    (shown,) = reason["lines"]
    assert (shown["what"], shown["ore"], shown["due"]) == ("Faktura", RENT, date(2019, 1, 15))
    assert (shown["event"], shown["file"], shown["line"]) == ("bill", 1, 7)
    assert [(file["number"], file["digest"]) for file in sources.files] == [(1, "ab"), (2, "cd")]


def test_a_line_that_no_file_brought_is_told_without_one():
    sources = Sources([source("e", "command", "tenancy.ended", None, ended_on="2019-02-28")])
    found = sources.told("e")
    assert found
    assert (found["file"], found["line"], found["day"], sources.files) == (None, None, date(2019, 2, 28), [])
    assert sources.told("unknown") is None


def test_the_mail_of_the_alert_is_told_with_what_the_server_said_and_no_other_alerts():
    tenancy = story(*MISSED).step(2).tenancy
    call = {"id": tenancy.mails[0].key, "status": "accepted", "closed_at": None, "attempts": 2}
    other = {"id": "x", "status": "accepted", "closed_at": None, "attempts": 1}
    (mail,) = mails([other, call], tenancy, ALERT)
    assert mail == {"what": "E-postvarselet er tatt imot av e-posttjeneren.", "at": None, "attempts": 2}


def test_every_event_and_every_figure_has_a_word():
    assert {message.type for messages in READS.values() for message in messages} - EVENTS.keys() <= {
        "nav_notice.reserved",
        "nav_notice.reservation_lifted",
        "person.erased",
        *(told.type for told in DELIVERIES),
    }
    reasons = every_reason()
    assert {name for reason in reasons.values() for name in reason.figures} == {*FIGURES, "way"} - {"ends"}
    assert all(told(reason, Sources([]))["text"] for reason in reasons.values())
