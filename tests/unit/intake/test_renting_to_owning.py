"""Tenants who are referred for startlån, NAV's yes, and the dwellings that become free: what counts, and of whom."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from chassis.outputs import Key
from chassis.testing import decide
from intake.domain.applications import Application, Facts
from intake.domain.renting_to_owning import Lease, Referral, Year, years
from intake.domain.tenancies import Tenancy, book, forget
from intake.handlers import HANDLERS
from intake.messages.reads import DeliveryOutcome, DeliveryRejected, DeliverySent
from intake.projection import project
from tests.unit.intake.memory import MemoryStore, an_app, service, token

PERSON, CASE = "9972b37f-0e8f-5fc4-abce-a52ac6c20632", "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0001"
APPLICATION = Application("public", "BS-0000-0000", PERSON, Facts("startlan", date(2019, 2, 1)))
ASKED, YES = date(2019, 3, 1), date(2019, 4, 1)
HOME = Lease("home", date(2017, 1, 1))


def left(on: date, lease: Lease = HOME) -> Lease:
    return replace(lease, ended_on=on)


def referral(*leases: Lease, asked: date = ASKED, yes: date | None = YES) -> Referral:
    return Referral(asked, yes, leases)


def test_a_tenant_who_buys_and_moves_out_is_counted_at_each_step():
    assert years([referral(left(date(2019, 7, 1)))]) == [Year(2019, 1, 1, 1, 3.0)]
    assert years([referral(HOME)]) == [Year(2019, 1, 1, 0, None)]
    assert years([referral(HOME, yes=None)]) == [Year(2019, 1, 0, 0, None)]


@pytest.mark.parametrize(
    "lease", [left(date(2019, 2, 28)), Lease("home", date(2019, 3, 2))], ids=["before", "afterwards"]
)
def test_who_did_not_rent_when_nav_was_asked_is_not_counted(lease):
    assert years([referral(lease)]) == []


def test_who_moved_out_before_navs_yes_has_freed_nothing_by_it():
    assert years([referral(left(date(2019, 3, 31)))]) == [Year(2019, 1, 1, 0, None)]
    assert years([referral(left(YES))]) == [Year(2019, 1, 1, 1, 0.0)]


def test_who_moved_to_another_dwelling_of_the_municipalitys_has_freed_none():
    other = Lease("other", date(2019, 6, 1))
    assert years([referral(left(date(2019, 6, 1)), other)]) == [Year(2019, 1, 1, 0, None)]
    assert years([referral(left(date(2019, 6, 1)), left(date(2019, 9, 1), other))]) == [Year(2019, 1, 1, 1, 2.0)]


def test_a_dwelling_that_two_were_referred_from_is_free_once():
    both = [referral(left(date(2019, 7, 1))), referral(left(date(2019, 7, 1)), asked=date(2019, 3, 2))]
    assert years(both) == [Year(2019, 2, 2, 1, 3.0)]


def test_years_are_those_of_the_referral_with_the_median_of_their_own_and_the_newest_first():
    homes = [Lease(name, date(2017, 1, 1)) for name in "abcd"]
    days = [YES, date(2019, 7, 1), date(2020, 4, 1)]
    found = [
        *(referral(left(day, home)) for home, day in zip(homes, days, strict=False)),
        referral(left(date(2021, 1, 1), homes[3]), asked=date(2020, 5, 1), yes=date(2020, 12, 1)),
    ]
    assert years(found) == [Year(2020, 1, 1, 1, 1.0), Year(2019, 3, 3, 3, 3.0)]


def after(*told, case: Application = APPLICATION) -> Application:
    key = Key("application", CASE)
    for day, body in told:
        at = datetime(2019, *day, 9, tzinfo=UTC)
        case = decide(HANDLERS, {key: case}, CASE, body, now=at, time=at).states[key]
    return case


def test_an_application_knows_when_nav_had_it_first_and_when_it_said_yes():
    told = ((3, 1), DeliverySent(revision=1)), ((4, 1), DeliveryOutcome(revision=1, outcome="granted"))
    again = ((3, 9), DeliverySent(revision=2)), ((4, 9), DeliveryOutcome(revision=2, outcome="granted"))

    assert (after(*told).referred_on, after(*told).granted_on) == (ASKED, YES)
    assert (after(*told, *again).referred_on, after(*told, *again).granted_on) == (ASKED, YES)


def test_what_never_got_to_nav_is_no_referral_and_a_no_is_no_yes():
    assert after(((3, 1), DeliveryRejected(revision=1))).referred_on is None
    refused = after(((3, 1), DeliverySent(revision=1)), ((4, 1), DeliveryOutcome(revision=1, outcome="refused")))
    assert refused.granted_on is None


def test_a_notice_of_a_tenancy_is_no_referral():
    assert after(((3, 1), DeliverySent(revision=1, matter="nav_notice"))) == APPLICATION


def test_a_tenancy_knows_its_days_and_one_that_starts_again_has_not_ended():
    ended = book(book(Tenancy(), "tenancy.started", HOME.started_on), "tenancy.ended", YES)
    assert (ended.started_on, ended.ended_on) == (HOME.started_on, YES)
    assert book(ended, "tenancy.started", date(2019, 5, 1)).ended_on is None
    assert book(ended, "payment.registered", date(2019, 5, 1)).ended_on == YES


def test_of_an_erased_tenant_and_an_erased_application_no_row_is_left():
    lived = Tenancy(account="utleie", tenants=(PERSON,), started_on=HOME.started_on)
    row = {"tenancy": "home", "kommunenummer": "3427", "tenant": PERSON, "started_on": HOME.started_on}

    assert project(Key("tenancy", "home"), "3427", lived)["tenants"] == [row | {"ended_on": None}]
    assert project(Key("tenancy", "home"), "3427", forget(lived, PERSON))["tenants"] == []
    referred = after(((3, 1), DeliverySent(revision=1)))
    (kept,) = project(Key("application", CASE), "3427", referred)["referrals"]
    assert (kept["applicant"], kept["referred_on"], kept["granted_on"]) == (PERSON, ASKED, None)
    assert project(Key("application", CASE), "3427", APPLICATION)["referrals"] == []


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    mine = {"referred_on": ASKED, "granted_on": YES, "started_on": HOME.started_on}
    store.canned = [
        {"application": "a", "tenancy": "first", **mine, "ended_on": date(2019, 2, 1)},
        {"application": "a", "tenancy": "home", **mine, "ended_on": date(2019, 7, 1)},
        {"application": "b", "tenancy": "other", **mine, "granted_on": None, "ended_on": None},
    ]
    return store


async def test_the_door_tells_counts_and_points_to_nobody(store, tmp_path):
    transport = httpx.ASGITransport(an_app(store, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        answer = await client.get("/figures/renting-to-owning", headers=service(purpose="figures"))
        assert answer.json() == {"years": [{"year": 2019, "referred": 2, "granted": 1, "freed": 1, "months": 3.0}]}
        assert (await client.get("/figures/renting-to-owning", headers=token("leder"))).status_code == 403
