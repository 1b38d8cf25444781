"""The rows that pages and the demo read."""

import re
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

from notifications import messages as m
from notifications import projection
from notifications.domain.account import Account
from notifications.domain.alarms import Alarm, Audit
from notifications.domain.municipality import Activation, Municipality, Number
from notifications.domain.staff import Absence, Member, Register
from notifications.domain.tenancy import Mail, alert_id
from notifications.projection import TABLES, project
from tests.unit.notifications.given import (
    KEY,
    PUBLIC_ID,
    RENT,
    SOME_TIME,
    TENANCY,
    TENANT,
    Story,
    closed,
    executed,
    invoice,
    line,
    notice,
    payment,
    requested,
    scheduled,
    started,
    told,
)


def rows(story: Story, table: str) -> list[dict]:
    return project(KEY, "3427", story.tenancy)[table]


def evicted() -> Story:
    return told(
        *[started(), invoice("a", "2019-01-15"), closed("2019-01-24"), notice("2019-01-28", "2019-02-11")],
        *[requested("2019-02-20"), scheduled("2019-03-01", "2019-04-01"), executed("2019-04-01")],
    )


def test_days_of_lead_can_be_read_of_an_episode():
    (row,) = rows(evicted(), "alerts")
    assert (row["first_level"], row["first_rules"], row["raised_as_of"]) == (2, ["E1"], date(2019, 1, 24))
    assert row["enforcement_requested_on"] == date(2019, 2, 20)
    assert (row["resolution"], row["resolved_as_of"], row["peak_level"]) == ("executed", date(2019, 4, 1), 4)


def test_each_change_of_an_episode_is_a_row():
    changes = [
        (row["number"], row["as_of"].isoformat(), row["level"], row["rules"])
        for row in rows(evicted(), "alert_changes")
    ]
    assert changes == [
        (1, "2019-01-24", 2, ["E1"]),
        (2, "2019-01-28", 3, ["S4", "E1"]),
        (3, "2019-02-20", 4, ["A4", "A3", "S4", "S1", "E1"]),
    ]


def test_legal_steps_are_rows():
    assert [(row["line_id"], row["step"], row["until"]) for row in rows(evicted(), "statutory_steps")] == [
        (line("notice 2019-01-28"), "eviction_notice.sent", date(2019, 2, 11)),
        (line("requested 2019-02-20"), "enforcement.requested", None),
        (line("scheduled 2019-03-01"), "enforcement.scheduled", date(2019, 4, 1)),
        (line("executed 2019-04-01"), "enforcement.executed", None),
    ]


def test_each_close_is_one_row_of_the_outstanding_sum():
    story = told(
        started(), invoice("a", "2019-01-15"), closed("2019-01-15"), closed("2019-02-01"), closed("2019-02-01")
    )
    assert [(row["as_of"].isoformat(), row["account"], row["outstanding_ore"]) for row in rows(story, "balances")] == [
        ("2019-01-15", "husleie", 0),
        ("2019-02-01", "husleie", RENT),
    ]


def test_a_resolved_episode_stays_beside_the_next():
    story = told(started(), invoice("a", "2019-01-15"), closed("2019-01-24"), payment("p", "2019-01-25"))
    story.tell(invoice("b", "2019-02-15"), closed("2019-03-01"))
    assert [(row["alert_id"], row["resolution"]) for row in rows(story, "alerts")] == [
        (alert_id(TENANCY, 1), "cured"),
        (alert_id(TENANCY, 2), None),
    ]


def test_a_reason_has_its_text_and_its_figures():
    (row,) = rows(told(invoice("a", "2019-01-15"), closed("2019-01-24")), "alerts")
    (reason,) = row["reasons"]
    assert reason["rule"] == "E1"
    assert reason["figures"]["dpd"] == 9
    assert "9 dager over forfall" in reason["text"]


def test_the_tenancy_itself_is_a_row():
    (row,) = rows(told(started()), "tenancies")
    assert (row["public_id"], row["tenants"], row["stage"], row["level"]) == (PUBLIC_ID, [TENANT], "F0", 0)
    assert rows(told(closed("2019-01-01")), "tenancies")[0]["public_id"] is None


def test_every_row_says_its_municipality_and_fits_its_table():
    columns = columns_of_tables()
    account = Account("husleie", date(2019, 5, 1), Mail("k"))
    state = notified(on_the_way_out()).tenancy
    silent = replace(state, episodes=(*(replace(each, live_since=each.raised + 99) for each in state.episodes),))
    numbers = (Number("e1_days", 6),)
    activated = Activation("3427-1", date(2019, 5, 3), numbers, numbers, "lea", SOME_TIME)
    member = Member("sub-1", "Prøve", "en@kommune.example", absences=(Absence(date(2019, 7, 1), date(2019, 7, 31)),))
    others = [
        account,
        Municipality(activated=(activated,)),
        Register((member,)),
        Alarm("mail_refused", date(2019, 5, 1), Mail("k")),
        Audit(),
    ]
    projected = project(KEY, "3427", state)
    projected["silent_alerts"] = project(KEY, "3427", silent)["silent_alerts"]
    for other in others:
        projected |= project(KEY, "3427", other)
    assert set(projected) == set(TABLES)
    for table, found in projected.items():
        assert found
        for row in found:
            assert row["kommunenummer"] == "3427"
            assert set(TABLES[table]) <= set(row) == columns[table]


def on_the_way_out() -> Story:
    return told(
        *[started(), invoice("a", "2019-01-15"), closed("2019-01-24"), notice("2019-01-28", "2019-02-11")],
        *[requested("2019-02-20"), closed("2019-02-20")],
    )


def notified(story: Story) -> Story:
    """NAV is told of the open alert."""
    alert = alert_id(TENANCY, story.alert.number)
    return story.tell(m.RequestNavNotice(alert_id=alert, version=story.alert.version, by="sub-1"))


def columns_of_tables() -> dict[str, set[str]]:
    """As the migrations leave them."""
    statements: list[str] = []
    folder = Path(projection.__file__).parent / "migrations"
    for file in sorted(folder.glob("[0-9]*.py")):
        migration = import_module(f"notifications.migrations.{file.stem}")
        migration.op = type("Recorder", (), {"execute": staticmethod(statements.append)})
        migration.upgrade()
    made = re.findall(r"create table (\w+) \((.*?)\n        \);", "".join(statements), re.DOTALL)
    columns = {table: set(re.findall(r"\n {12}(?!primary key \()(\w+) ", body)) for table, body in made}
    for table, added in re.findall(r"alter table (\w+)\s+(add column [^;]*);", "".join(statements)):
        columns[table] |= set(re.findall(r"add column (\w+)", added))
    return columns


def test_nothing_of_the_tenant_but_the_pseudonym_is_projected():
    assert all(
        "name" not in column
        for found in project(KEY, "3427", evicted().tenancy).values()
        for row in found
        for column in row
    )
