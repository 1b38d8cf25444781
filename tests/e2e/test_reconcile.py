"""`reconcile` as an operator runs it, on all four services after a while of the scenario's life."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from demo.local.running import python_path
from tests.e2e import waiting
from tests.e2e.system import System, until
from tests.prove.restore.scene import differs, reconcile

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

A_PAYMENT = """
delete from inbox where id = (select id from inbox where id = any(%s::uuid[]) limit 1) returning id::text
"""


# The scenario's account: what was put on the topics of this system by hand, or erased from it, has other sums by right.
SCENARIO = "3427-husleie "


def accounted_for(tally: Mapping[str, int]) -> int:
    return sum(tally[what] for what in ("received", "waiting", "parked", "given_up", "not_for_us"))


def command(system: System, service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """By the module that `make reconcile` calls, with the environment of the service meant."""
    argv = [sys.executable, "-m", "demo.local.running", service, "--", "reconcile", *arguments]
    env = os.environ | system.platform.service_environment(service) | {"PYTHONPATH": python_path(), "COLUMNS": "200"}
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_all_that_was_sent_is_received_and_the_files_sums_are_those_of_the_ledger(system, played):
    for service in waiting.READERS:
        found = reconcile(system, service)
        tallies = [tally for one in found for tally in one["tallies"]]
        assert [tally for tally in tallies if tally["missing"]] == [], service
        assert sum(map(accounted_for, tallies)) == sum(tally["sent"] for tally in tallies) > 0, service
    sums = [each for one in reconcile(system, "notifications") for each in one["sums"]]
    booked = [each for each in sums if each["what"].startswith(SCENARIO)]
    assert len(booked) > 100
    assert [each for each in booked if differs(each)] == []


def test_one_command_has_a_missing_payment_sent_again_and_it_is_received(system, played):
    sent = "select event_id from outbox where headers->>'ce_type' like %s"
    payments = [row["event_id"] for row in waiting.query(system, "intake", sent, "%payment.registered%")]
    ((lost,),) = [row.values() for row in waiting.query(system, "notifications", A_PAYMENT, payments)]

    seen = command(system, "notifications")
    assert seen.returncode == 1
    assert lost in seen.stdout
    assert "1 hendelser mangler" in seen.stdout
    assert command(system, "notifications", "--republish").returncode == 2  # nobody has said who asks

    asked = command(system, "notifications", "--republish", "--by", "kari")
    assert "1 hendelser sendes på nytt" in asked.stdout
    until(lambda: not waiting.unread(system, "notifications"), "the payment is received again")
    assert "0 hendelser mangler" in command(system, "notifications").stdout


def test_a_day_too_old_for_the_inbox_to_tell_is_refused(system):
    refused = command(system, "notifications", "--day", "2019-01-01")
    assert refused.returncode == 2
    assert "kan ikke avstemmes" in refused.stderr
