"""A referral's whole way to NAV as people follow it, 360 px wide and by keyboard: while NAV is down, back, and done."""

import re
from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from demo.generator.facts import Fact
from demo.pictures.running import ThatMorning
from demo.pictures.street import KOMMUNE, MORNING
from tests.e2e.browser import Visit, Visitor
from tests.e2e.keyboard import barrier_free, press, reach
from tests.e2e.later_files import FIRST, RENT, LaterTenancy
from tests.e2e.made_input import birth_number
from tests.e2e.system import until

pytestmark = pytest.mark.e2e

NARROW = 360
CASEWORKER, LEADER = f"boligansvarlig-{KOMMUNE}", f"leder-{KOMMUNE}"
TODAY = MORNING.date()
SINCE = re.compile(r"Når ikke NAV siden\s*3\. mai 2019 kl\. \d\d\.\d\d")
OF_NAV = ["NAV har tatt imot", "Kvittering fra NAV"]
_numbers = count(8001)


@pytest.fixture
def nav(street: ThatMorning) -> Iterator[Callable[..., None]]:
    """Tells NAV's simulator how to behave, until the test is over."""

    def behave(**how: object) -> None:
        httpx.post(f"{street.addresses.nav_url}/simulator/behaviour", json=how, timeout=60).raise_for_status()

    yield behave
    behave()


def referred(street: ThatMorning, number: str, name: str) -> str:
    """Somebody applies for startlån, and the law lets NAV be told; which application."""
    answer = httpx.post(
        f"{street.addresses.url('intake')}/applications",
        json={
            "applicant": {"national_id": number, "name": name},
            "application_type": "startlan",
            "received_on": TODAY.isoformat(),
            "legal_basis": {"kind": "law"},
        },
        headers={"Authorization": f"Bearer {street.token(f'servicetorg-{KOMMUNE}')}", "Idempotency-Key": number},
        timeout=60,
    )
    return str(answer.raise_for_status().json()["application"])


def somebody_is_referred(street: ThatMorning) -> str:
    return referred(street, birth_number(next(_numbers)), "Tålsom Trane")


def comes_to(page: Page, shown: Locator) -> None:
    """Sooner or later, as somebody sees who asks for the page again."""

    def is_shown() -> bool:
        page.reload()
        return shown.count() > 0

    until(is_shown, f"{shown}")


def says(page: Page, term: str) -> Locator:
    """What the facts of a page say of something."""
    return page.locator("dl.facts > div").filter(has=page.get_by_text(term, exact=True)).locator("dd")


def state(page: Page, name: str) -> Locator:
    return says(page, "Tilstand").filter(has_text=name)


def steps(page: Page) -> list[str]:
    """The history, without its times."""
    return [text.split(": ", 1)[1] for text in page.locator("section.delivery ol li").all_inner_texts()]


def test_a_caseworker_sees_the_referral_wait_while_nav_is_down_and_go_all_its_way_once_nav_is_back(
    street: ThatMorning, visit: Visit, nav: Callable[..., None]
):
    nav(down=True)
    application, found = somebody_is_referred(street), dict[str, object]()
    visitor = visit(NARROW).log_in(CASEWORKER, "/leveringer", "nav-bridge")
    page = visitor.page
    mine = page.locator("tbody tr").filter(has=page.locator(f"a[href='/leveringer/{application}']"))
    comes_to(page, mine.get_by_text(SINCE))
    barrier_free(visitor, "Leveringer til NAV", found)
    press(page, mine.get_by_role("link"))
    expect(state(page, "Sendes nå")).to_be_visible()
    expect(says(page, "Når ikke NAV siden")).to_contain_text("3. mai 2019 kl. 0")
    assert steps(page)[-1].startswith("Forsøkes overlevert NAV (prøves ennå")
    barrier_free(visitor, "Sakens leveringer", found)

    nav(undecided=True)
    comes_to(page, state(page, "Mottatt av NAV"))
    expect(says(page, "Når ikke NAV siden")).to_have_count(0)
    assert len([step for step in steps(page) if re.fullmatch(r"Overlevert NAV \(tatt imot, \d+ forsøk\)", step)]) == 1
    assert [step for step in steps(page) if step in OF_NAV] == OF_NAV
    barrier_free(visitor, "Sakens leveringer", found)

    nav()
    comes_to(page, state(page, "Ferdig hos NAV"))
    word = says(page, "Utfall hos NAV").inner_text()
    assert f"Utfall hos NAV ({word})" in steps(page)
    press(page, page.get_by_role("link", name="Bevis for det som er sendt"))
    expect(page.get_by_text(re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    barrier_free(visitor, "Bevis", found)

    at_case = visit(NARROW).log_in(CASEWORKER, f"/saker/{application}", "eligibility")
    receipt = says(at_case.page, "Henvisning til NAV").filter(has_text=f"{word}, kvittert")
    comes_to(at_case.page, receipt)
    barrier_free(at_case, "Sak BS-", found)
    assert found == dict.fromkeys(found, (0, []))


def hands_back(leader: Visitor) -> None:
    """By keyboard; a page that NAV has been asked from since it was opened is looked at, and the form sent again."""
    page = leader.page
    button = page.get_by_role("button", name="Kall tilbake")

    def is_taken() -> bool:
        reach(page, page.locator("form").filter(has=button).get_by_label("Hvorfor"))
        page.keyboard.type("Søkeren")
        with page.expect_navigation():
            press(page, button)
        return not page.get_by_role("alert").count()

    until(is_taken, "the recall is taken")


def test_a_leader_recalls_by_hand_what_nav_has_and_the_caseworker_sees_that_it_is_recalled(
    street: ThatMorning, visit: Visit, nav: Callable[..., None]
):
    nav(undecided=True)
    application, found = somebody_is_referred(street), dict[str, object]()
    leader = visit(NARROW).log_in(LEADER, "/leveringer", "nav-bridge")
    page = leader.page
    comes_to(page, page.locator(f"a[href='/leveringer/{application}']"))
    with page.expect_navigation():
        press(page, page.locator(f"a[href='/leveringer/{application}']"))
    comes_to(page, state(page, "Mottatt av NAV"))
    barrier_free(leader, "Sakens leveringer", found)

    hands_back(leader)
    comes_to(page, state(page, "Kalt tilbake"))
    by = next(person.sub for person in street.people if person.username == LEADER)
    told = steps(page)
    assert f"Kalt tilbake for hånd (Søkeren ber om det, av {by})" in told
    assert {"Bedt NAV la den falle (NAV lot den falle)", "Kalt tilbake"} <= set(told)
    expect(page.get_by_role("button", name="Kall tilbake")).to_have_count(0)
    barrier_free(leader, "Sakens leveringer", found)

    caseworker = visit(NARROW).log_in(CASEWORKER, f"/saker/{application}", "eligibility")
    comes_to(caseworker.page, says(caseworker.page, "Henvisning til NAV").filter(has_text="Kalt tilbake fra NAV"))
    barrier_free(caseworker, "Sak BS-", found)
    press(caseworker.page, caseworker.page.get_by_role("link", name="Slik har saken gått"))
    expect(caseworker.page.locator(".trail h2").filter(has_text="Henvisningen kalt tilbake fra NAV")).to_have_count(1)
    barrier_free(caseworker, "Slik har sak", found)
    assert found == dict.fromkeys(found, (0, []))


def chain(page: Page) -> list[int]:
    """Of this year, as the leader's page has it: referred, granted, freed."""
    row = page.get_by_role("region", name="Fra leie til eie").locator("tbody tr").filter(has_text=str(TODAY.year))
    return [int(cell) for cell in row.locator("td").all_inner_texts()[:3]] if row.count() else [0, 0, 0]


def test_a_tenant_who_is_referred_gets_the_loan_and_moves_out_is_counted_at_each_step(
    street: ThatMorning, visit: Visit, nav: Callable[..., None]
):
    leader, later = visit(NARROW).log_in(LEADER, "/oversikt"), LaterTenancy(street)
    page, start = leader.page, chain(leader.page)

    def counts(referred: int, granted: int, freed: int) -> None:
        steps = zip(start, (referred, granted, freed), strict=True)
        wanted = [before + more for before, more in steps]
        until(lambda: page.reload() and chain(page) == wanted, f"the chain is {wanted}")

    later.lives_there("Flyttende Fjellrev")
    later.tells([Fact("tenancy.started", later.lease.contract, FIRST, later.lease.kid, RENT)])
    nav(undecided=True, decides="INNVILGET")
    referred(street, later.number_of_tenant, "Flyttende Fjellrev")
    counts(1, 0, 0)
    nav()
    counts(1, 1, 0)
    later.tells([Fact("tenancy.ended", f"{later.lease.contract}-ut", TODAY)])
    counts(1, 1, 1)
    assert (leader.overflow, leader.barriers()) == (0, [])
    link = (
        page.get_by_role("region", name="Fra leie til eie").locator("xpath=preceding-sibling::p[1]").get_by_role("link")
    )
    with page.expect_download() as download:
        press(page, link)
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    (year,) = [line.split(";") for line in lines if line.startswith(f"{TODAY.year};")]
    assert [int(cell) for cell in year[1:4]] == chain(page)
