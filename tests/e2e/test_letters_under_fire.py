"""In small, with a fixed seed, what `make prove ONLY=letters` does at length: letters over a misbehaving SvarUt under
kills. Each case asks once and takes nothing back, as a letter in doubt is looked for after 16 minutes.
"""

from dataclasses import replace

import pytest

from tests.prove.nav.asking import Asker
from tests.prove.nav.letters import BY_LETTER
from tests.prove.nav.scene import Result, Size, run

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SEED, SHORT = 911, Size(requests=60, kills=2, pause=(3.0, 5.0), lease=6.0, still=60.0)


def asking_once(seed: int, requests: int) -> list[Asker]:
    return [replace(each, steps=each.steps[:1]) for each in BY_LETTER.cases(seed, 4 * requests)][:requests]


@pytest.fixture(scope="module")
def result(told) -> Result:
    result = run(SEED, SHORT, 90.0, way=replace(BY_LETTER, cases=asking_once))
    with told():
        print(f"\n{result}")
    return result


def test_whatever_is_killed_each_letter_goes_once_and_its_end_comes_back(result):
    assert result.asked == SHORT.requests
    assert result.kinds == {"SIGKILL": 1, "pg_terminate_backend": 1}
    assert result.findings == []
    assert len(result.ledger.accepted) == SHORT.requests


def test_svarut_misbehaved_and_letters_were_on_their_way_at_a_kill(result):
    assert result.noted("misbehaved") > SHORT.requests // 4
    assert any(each.leased for each in result.struck)
