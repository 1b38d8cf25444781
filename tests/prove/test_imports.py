"""A short version of `benchmarks.million`: an import killed at one write or another, and run again."""

import re

import pytest

from demo.local.databases import Urls
from tests.prove.imports.books import Books, books
from tests.prove.imports.lives import Lives
from tests.prove.lines.dying import FOLDER, Line

pytestmark = [pytest.mark.integration, pytest.mark.slow]

LINES, AT_ONCE = 450, 100
BAD_EVERY = {"held by bad lines": 61, "closed": LINES + 1}
KILLED = -9
# While parts are kept, at the file's acceptance, while its parts are entered, and while the last lines are booked.
WRITES = (3, 6, 8, 10)


def lived(lives: Lives, urls: Urls, target: Line | None = None, nth: int = 1) -> int | None:
    """How the process ended."""
    process = lives.begin(urls, target, nth)
    process.join(60)
    return process.exitcode


@pytest.fixture(scope="module", params=BAD_EVERY.values(), ids=BAD_EVERY.keys())
def lives(request, platform, tmp_path_factory) -> Lives:
    folder = tmp_path_factory.mktemp("import")
    return Lives(platform.databases, folder, LINES, bad_every=request.param, at_once=AT_ONCE)


@pytest.fixture(scope="module")
def clean(lives) -> Books:
    """What one life that nothing befell leaves."""
    urls = lives.database()
    assert lived(lives, urls) == 0
    found = books(urls)
    assert found["left to do"][0] == 0
    return found


def test_one_clean_run_enters_every_line_and_closes_the_day_unless_a_bad_one_holds_it(lives, clean):
    """Each tenancy has 101 lines; the day's close is one more of the account, and an event of each tenancy."""
    bad, closes = (7, 0) if "bad_line" in clean else (0, 1)
    tenancies, lines = 5, LINES - bad

    assert {name: number for name, (number, _) in clean.items() if name != "left to do"} == {
        "account": 1,
        "import": 1,
        "kid": tenancies,
        "ledger_line": lines + closes,
        "tenancy": tenancies,
        "tenancies.v1": tenancies,
        "housing-events.3427.v1": tenancies,
        "arrears.v1": lines - tenancies + closes * tenancies,
        **({"bad_line": bad} if bad else {}),
    }


def a_write() -> Line:
    (number,) = [
        n
        for n, text in enumerate((FOLDER / "store.py").read_text().splitlines(), 1)
        if re.search(r"await decided\.write\(", text)
    ]
    return Line("store", number)


@pytest.mark.parametrize("nth", WRITES)
def test_an_import_that_is_killed_and_run_again_leaves_what_one_clean_run_leaves(lives, clean, nth):
    urls = lives.database()

    assert lived(lives, urls, a_write(), nth) == KILLED
    assert books(urls) != clean
    assert lived(lives, urls) == 0
    assert books(urls) == clean
