"""The demo's own scenario, as it is checked in."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import demo
from demo.check import compare, minimum
from demo.generator.tynset import STOCK, tynset
from tests.unit.demo_scenario.services_in_memory import assessments, tenancies

FOLDER = Path(demo.__file__).parent / "scenario"


@cache
def expected() -> Any:
    return json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@cache
def bodies() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "applications.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def episodes() -> list[dict[str, Any]]:
    return [episode for tenancy in expected()["tenancies"].values() for episode in tenancy["episodes"]]


def test_the_folder_is_what_the_generator_writes_now(tmp_path):
    tynset().write(tmp_path)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    kept = {path.relative_to(FOLDER): path.read_bytes() for path in FOLDER.rglob("*.*") if path.name != "README.md"}
    assert written.keys() == kept.keys()
    assert [str(name) for name in written if written[name] != kept[name]] == []


def test_what_is_owed_is_what_the_plan_says():
    assert expected()["outstanding"]["2012-01-01"] == 1_275_000_00
    assert expected()["outstanding"]["2019-05-01"] == 442_000_00


def test_the_tenancies_are_the_stock_of_2019():
    counts = {kind: sum(count for _, count in places) for kind, places in STOCK}
    assert counts == {"gjennomgangsbolig": 71, "trygdebolig": 27, "tilrettelagt": 80}
    assert len(expected()["tenancies"]) == 178
    persons = [json.loads(line) for line in (FOLDER / "persons.jsonl").read_text(encoding="utf-8").splitlines()]
    lived_in = {contract: person["address"] for person in persons for contract in person["tenancies"]}
    assert len(lived_in) == 178
    places = Counter(address.split("(", 1)[1].rsplit(")", 1)[0] for address in lived_in.values())
    assert places == Counter({place: n for _, all in STOCK for place, n in all}) + Counter(
        {"Tylldalen": 2, "Furumoen": 6}
    )


def test_lines_and_closes_are_few_enough():
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) - 2 for path in (FOLDER / "ledger").glob("*.csv"))
    closes = sum(len(tenancy["balances"]) for tenancy in expected()["tenancies"].values())
    assert lines + closes <= 26_000


def test_alerts_and_balances_are_as_the_services_judge_them():
    wanted = expected() | {"applications": {}}
    judged = tenancies(FOLDER, own_first=True)
    days = Counter[str]()
    for tenancy in judged.values():
        days.update(tenancy["balances"])
    found = {"applications": {}, "outstanding": dict(days), "tenancies": judged}
    assert compare(wanted, found) == []
    assert minimum(found) == []


def test_requests_come_at_several_paces_and_end_in_several_ways():
    requested = [episode for episode in episodes() if episode["requested_on"]]
    assert len(requested) >= 10
    assert sum(episode["lead_days"] >= 14 for episode in requested) >= 10
    assert sum(episode["e1_before_notice"] for episode in requested) >= 4
    assert {episode["resolution"] for episode in requested} == {"executed", "cured", None}
    assert {episode["rules"][0] for episode in requested} >= {"E1", "S4"}
    assert {episode["resolution"] for episode in episodes()} == {"executed", "cured", "ended", None}
    assert sum(tenancy["sound"] for tenancy in expected()["tenancies"].values()) >= 40


def test_every_kind_of_line_stands_in_the_ledger():
    kinds = Counter(
        line.split(";")[1]
        for path in (FOLDER / "ledger").glob("*.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    )
    assert kinds.keys() == {
        *("tenancy.started", "tenancy.changed", "tenancy.ended"),
        *("invoice.issued", "invoice.adjusted", "invoice.credited", "payment.registered", "payment.reversed"),
        *("eviction_notice.sent", "nav_notice.reserved", "nav_notice.reservation_lifted", "ledger.closed"),
        *("enforcement.requested", "enforcement.scheduled", "enforcement.lifted", "enforcement.executed"),
    }


def test_assessments_are_as_foretold_and_touch_every_ground_rule_and_flag():
    found = assessments(bodies())
    for ref, one in found.items():
        assert one["overall"] == expected()["applications"][ref]["overall"], ref
        assert one["absent_reason"] == expected()["applications"][ref]["absent_reason"], ref
    assert {one["overall"] for one in found.values()} == {
        *("candidate", "not_candidate", "needs_mapping", "out_of_scope"),
        None,
    }
    assert {flag for one in found.values() for flag in one["flags"]} == {"may_refuse", "dismissible"}
    judged = [one["results"] for one in found.values() if one["results"]]
    never = [id for id in judged[0] if all(str(results[id]) == "unresolved" for results in judged)]
    assert never == []
