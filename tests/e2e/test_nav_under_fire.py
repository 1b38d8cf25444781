"""In small, with a fixed seed, what `make prove ONLY=nav` does at length: handed to a misbehaving NAV under kills."""

import pytest

from tests.prove.nav.scene import Result, Size, run

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SEED, SHORT = 907, Size(requests=200, kills=3, pause=(1.5, 3.0), lease=3.0, still=40.0)


@pytest.fixture(scope="module")
def result(told) -> Result:
    result = run(SEED, SHORT, 60.0)
    with told():
        print(f"\n{result}")
    return result


def test_whatever_is_killed_nav_gets_each_once_in_the_order_of_its_case_and_its_word_comes_back(result):
    assert result.asked == SHORT.requests
    assert result.kinds == {"SIGKILL": 2, "pg_terminate_backend": 1}
    assert result.findings == []


def test_some_are_accepted_some_superseded_some_recalled_and_some_were_on_their_way_at_a_kill(result):
    assert len(result.ledger.accepted) > SHORT.requests // 2
    assert result.asked > len(result.ledger.accepted)
    assert result.noted("misbehaved")
    assert any(each.leased for each in result.struck)
