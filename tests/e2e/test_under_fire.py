"""`make prove` in short: a schedule of faults, two guards seen to be missed, one heartbeat answered with an error."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.counting import Count
from tests.prove import versions
from tests.prove.campaign import Outcome, campaign
from tests.prove.faults import Injection
from tests.prove.fronted import Fronted
from tests.prove.guards.removed import GUARDS
from tests.prove.guards.trial import Plan, trial
from tests.prove.heartbeats.trial import Seen, Trial
from tests.prove.load import Load
from tests.prove.rig import Rig

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SEED = 1319
FAULTS = [
    Injection("SIGKILL", "notifications", 0.0, 0.1),
    Injection("broker killed", "kafka", 1.0, 0.1),
    Injection("cut network", "eligibility", 2.0, 0.1),
    Injection("PostgreSQL killed", "postgres", 1.0, 0.1),
    Injection("SIGKILL", "intake", 0.0, 0.1),
    Injection("newer version", "nav-bridge", 6.0, 0.1),
    Injection("pg_terminate_backend", "eligibility", 0.0, 0.1),
]


@pytest.fixture(scope="module")
def platform() -> Iterator[Fronted]:
    """One of its own: what is killed on it is nobody else's."""
    with Fronted() as platform:
        yield platform


@pytest.fixture(scope="module")
def outcome(platform) -> Outcome:
    rig = Rig(platform)
    outcome = campaign(rig, Load(rig, SEED), FAULTS, 0, 120, print)
    rig.end()
    return outcome


@pytest.fixture(scope="module")
def heartbeat(platform, outcome) -> Iterator[Future[Seen]]:
    """It waits for most of its time, so that the others go on meanwhile; no fault of before disturbs it."""
    trial = Trial(platform)
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(trial.of, 30)
    trial.close()


def without(guard: str, step: str, platform: Fronted, tmp_path: Path) -> Count:
    tree = versions.copy(tmp_path, GUARDS[guard])
    return trial(platform, tree, Plan(SEED, 60, 1, [step]), print).count


def test_four_services_under_load_and_faults_lose_double_reorder_and_hold_up_nothing(outcome):
    assert len(outcome.made) == len(FAULTS)
    assert outcome.findings == []


def test_without_the_inbox_claim_a_batch_that_comes_again_is_seen_doubled(heartbeat, platform, tmp_path):
    assert without("inbox claim", "a batch sent again", platform, tmp_path).doubled


def test_without_the_catch_up_rule_a_bell_that_was_cancelled_in_time_is_seen_to_ring(heartbeat, platform, tmp_path):
    assert without("timers' catch-up rule", "stopped over due timers", platform, tmp_path).doubled


def test_after_a_heartbeat_answered_with_an_error_the_process_reads_again_or_has_ended_in_time(heartbeat):
    assert heartbeat.result().holds
