"""A short simulation, always with the same seeds; and that it sees bugs which are planted."""

import pytest

from tests.guards import copies
from tests.simulation.invariants import INVARIANTS
from tests.simulation.planted import BUGS, looked_for, planted
from tests.simulation.report import failure
from tests.simulation.run import Run
from tests.simulation.steps import Step
from tests.simulation.trial import tried
from tests.simulation.world import world_of

SEEDS = 60


def test_every_invariant_holds_for_a_few_seeds():
    trials = [tried(seed) for seed in range(SEEDS)]

    assert [failure(trial) for trial in trials if trial.violation] == []
    assert sum(trial.deaths for trial in trials) > SEEDS


def test_a_seed_comes_out_the_same_each_time():
    assert tried(7) == tried(7)


def test_every_invariant_is_a_sentence():
    for name, invariant in INVARIANTS.items():
        assert (invariant.__doc__ or "").strip().endswith("."), name


@pytest.mark.guard
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_has_its_place_in_the_sources_still(bug, tmp_path):
    assert bug.wrong in copies.module(planted(bug, tmp_path), bug.module).read_text(encoding="utf-8")


@pytest.mark.parametrize("bug", BUGS[1:4:2], ids=lambda bug: bug.name)
def test_a_planted_bug_is_seen_and_told_in_words(bug, tmp_path):
    seen = looked_for(planted(bug, tmp_path), seeds=150)

    assert seen.seeds, seen.output
    assert "  1. " in seen.output
    assert "so that" in seen.output


def test_a_killed_process_starts_where_its_tables_are():
    world = next(w for w in map(world_of, range(50)) if w.applications)
    run = Run(world)
    for step in (
        Step("act"),
        Step("send", "intake", 8),
        Step("number", "intake"),
        *(Step("poll", "eligibility", 6), Step("handle", "eligibility", dies=True)),
    ):
        run.play(step)

    assert run.told.deaths == 1
    assert run.tables["eligibility"].states == {}
    run.play(Step("poll", "eligibility", 6))
    assert run.play(Step("handle", "eligibility"))
    assert run.tables["eligibility"].states


def test_a_send_that_is_not_acknowledged_comes_again_with_the_same_ids():
    world = next(w for w in map(world_of, range(50)) if w.applications)
    run = Run(world)
    for step in (Step("act"), Step("send", "intake", 8, "unacknowledged"), Step("send", "intake", 8)):
        run.play(step)

    ids = [dict(record.headers)["ce_id"] for record in run.records()]
    assert len(ids) == 2 * len(set(ids)) > 0
