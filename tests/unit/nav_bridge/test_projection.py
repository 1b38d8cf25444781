from dataclasses import replace
from datetime import UTC, date, datetime

from chassis.outputs import Key
from nav_bridge.domain import Case, Delivery
from nav_bridge.projection import TABLES, project

REFERRAL = "9e079f93-2a56-5924-a35b-80f17614c5e6"
TIME = datetime(2019, 5, 2, tzinfo=UTC)
SENT = Delivery(REFERRAL, 1, "law", date(2019, 5, 2), status="sent", attempts=2, sent_at=TIME)


def rows(*deliveries: Delivery) -> list[dict[str, object]]:
    return project(Key("delivery", "case"), "3427", Case("public", deliveries))["deliveries"]


def test_a_case_has_one_row_per_delivery() -> None:
    assert [(row["revision"], row["status"]) for row in rows(SENT, replace(SENT, revision=2, status="requested"))] == [
        (1, "sent"),
        (2, "requested"),
    ]


def test_a_row_has_its_municipality_and_its_primary_key() -> None:
    (row,) = rows(SENT)
    assert row["kommunenummer"] == "3427"
    assert set(TABLES["deliveries"]) <= row.keys()


def test_navs_silence_is_in_the_row_while_its_answer_is_awaited() -> None:
    silent = replace(SENT, silences=1, heard_at=TIME)
    assert [row["silent_since"] for row in rows(silent, replace(silent, revision=2, status="closed"))] == [TIME, None]


def test_what_is_not_known_yet_is_null() -> None:
    (row,) = rows(SENT)
    assert [row[name] for name in ("code", "proof_hash", "received_at", "outcome")] == [None] * 4
