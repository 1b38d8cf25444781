"""Two opinions on the same files: the generator's, by the fates it cast, and the services', by their rules."""

import json
from pathlib import Path

import pytest

from demo.check import compare, minimum
from demo.generator.small import small
from tests.unit.demo_scenario.services_in_memory import assessments, tenancies

SEEDS = range(1, 13)


def differences(folder: Path, *, own_first: bool) -> list[str]:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    expected |= {"applications": {}, "outstanding": {}}
    found = tenancies(folder, own_first=own_first)
    return compare(expected, {"applications": {}, "outstanding": {}, "tenancies": found})


def altered(folder: Path, kind: str, by: int) -> None:
    """One amount in the middle of the ledger, with the file's own sum put right, so that it is taken in."""
    for path in sorted((folder / "ledger").glob("*.csv"))[20:]:
        rows = [line.split(";") for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            if row[1] == kind:
                row[6], rows[-1][6] = str(int(row[6]) + by), str(int(rows[-1][6]) + by)
                path.write_text("\n".join(map(";".join, rows)) + "\n", encoding="utf-8")
                return


@pytest.mark.parametrize("own_first", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_alerts_and_balances_are_as_foretold_whichever_topic_is_read_first(seed, own_first, tmp_path):
    small(seed).write(tmp_path)
    assert differences(tmp_path, own_first=own_first) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_small_run_shows_what_the_scenario_must_show(seed):
    assert minimum(small(seed).expected(), outstanding={}) == []


@pytest.mark.parametrize("kind", ["invoice.issued", "payment.registered"])
@pytest.mark.parametrize("by", [1, -1])
def test_one_altered_amount_is_found_out(kind, by, tmp_path):
    small(3).write(tmp_path)
    altered(tmp_path, kind, by)
    assert differences(tmp_path, own_first=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_assessments_are_as_foretold(seed):
    play = small(seed)
    for ref, found in assessments(play.applications.bodies).items():
        assert {name: play.applications.foretold[ref][name] for name in ("overall", "absent_reason")} == {
            "overall": found["overall"],
            "absent_reason": found["absent_reason"],
        }, ref
