"""In small, with a fixed seed, what `make prove ONLY=restore` does at length: databases lost under load."""

import pytest

from tests.prove.restore import run_short
from tests.prove.restore.scene import BASE_ALONE

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_after_a_restore_nothing_is_missing_and_nav_has_nothing_twice(told):
    result = run_short(7)
    with told():
        away = ", ".join(f"{one.service} {one.away:.0f} s" for one in result.restored)
        print(f"\n{result.events} events; lost and back: {away}; floors: {result.floors}")

    assert result.findings == []
    assert all(result.reconciled[reader]["sent"] for reader in ("eligibility", "nav-bridge", "notifications"))
    assert result.sums > 0
    assert all(result.floors[service] for service in BASE_ALONE), "nothing was lost that a floor was needed for"
