"""What a service does to its database when it starts."""

import psycopg
import pytest

from chassis.database import migrate
from tests.integration.conftest import MIGRATIONS

pytestmark = pytest.mark.integration

IMPATIENT = "?options=-c%20lock_timeout%3D1000"  # milliseconds
POLICIES = "select tablename, policyname, roles::text, qual, with_check from pg_policies order by 1, 2"


@pytest.fixture
def start(database):
    return lambda: migrate(database.runners + IMPATIENT, database.pages, [MIGRATIONS])


def test_a_start_that_has_nothing_to_change_waits_for_nobody(database, start):
    start()
    with psycopg.connect(database.runners) as other:
        other.execute("select * from states, accounts")
        start()


@pytest.mark.parametrize(
    "undone",
    [
        "drop policy municipality on states",
        "alter policy municipality on states using (true)",
        "alter policy runners on states to public",
        "alter table states no force row level security",
        "alter table states disable row level security",
    ],
)
def test_what_does_not_stand_as_it_should_is_put_right_at_the_next_start(database, start, undone):
    start()
    flags = "select relrowsecurity, relforcerowsecurity from pg_class where relname = 'states'"
    with psycopg.connect(database.runners, autocommit=True) as owner:
        stood = owner.execute(POLICIES).fetchall()
        owner.execute(undone)
        start()
        assert owner.execute(POLICIES).fetchall() == stood
        assert owner.execute(flags).fetchone() == (True, True)


def test_a_right_that_the_pages_lack_is_given_at_the_next_start(database, start):
    start()
    with psycopg.connect(database.runners, autocommit=True) as owner:
        owner.execute(f"revoke update on states from {database.name}_pages")
        start()
        granted = "select has_table_privilege(%s, 'states', 'update')"
        assert owner.execute(granted, [f"{database.name}_pages"]).fetchone() == (True,)
