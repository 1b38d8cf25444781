"""The pages of deliveries to NAV in a real browser: the list, one case's whole history, and the proof."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Visit
from tests.e2e.system import until
from tests.prove.nav.asking import Asker, Pair, Step
from tests.prove.nav.putting import Writer

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [1280, 360])
def test_a_referral_is_followed_to_its_proof_and_no_page_is_too_wide_or_bars_anyone(visit: Visit, width: int):
    page = (visitor := visit(width).log_in("boligansvarlig-5027", "/leveringer", "nav-bridge")).page
    expect(page.get_by_text("boligflyts eget forslag")).to_be_visible()
    found = {"list": (visitor.overflow, visitor.barriers())}
    there = page.locator("tbody tr").filter(has_text="Henvisning, utgave 1").filter(has_text="Ferdig hos NAV")
    there.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Slik har den gått")).to_be_visible()
    expect(page.get_by_text("Overlevert NAV (tatt imot")).to_be_visible()
    expect(page.get_by_text("Kvittering fra NAV")).to_be_visible()
    found["case"] = (visitor.overflow, visitor.barriers())
    page.get_by_role("link", name="Bevis for det som er sendt").click()
    expect(page.get_by_text(re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    found["proof"] = (visitor.overflow, visitor.barriers())
    assert found == dict.fromkeys(found, (0, []))


@pytest.fixture(scope="module")
def unheard_of(street) -> Asker:
    """A referral that eligibility knows nothing of: its door says so, and the delivery is stopped."""
    pair = Pair("9e079f93-2a56-5924-a35b-80f17614c5e6", 1)
    ids = [f"0f4f6f0e-3f0c-5b3c-8f0e-2f6c1f1f000{n}" for n in range(3)]
    asker = Asker(*ids, "5027", "referral", (Step("request", pair, waits=False),))
    writer = Writer(street, "referral")
    writer.write(asker, asker.steps[0])
    writer.flush()
    return asker


@pytest.mark.parametrize("width", [1280, 360])
def test_a_leader_sees_how_nav_is_reached_and_lets_a_group_of_what_was_stopped_go_on(
    visit: Visit, unheard_of: Asker, width: int
):
    page = (visitor := visit(width).log_in("leder-5027", "/leveringer", "nav-bridge")).page
    page.get_by_role("link", name="Slik nås NAV").click()
    group = page.locator("section").filter(has_text="Henvisningen finnes ikke lenger der den ble laget.")
    until(lambda: page.reload() and group.count(), "the referral is stopped")
    expect(page.get_by_role("row").filter(has_text="Levere til NAV")).to_contain_text("50")
    found = {"page": (visitor.overflow, visitor.barriers())}
    group.get_by_label("Hvorfor").select_option("Årsaken er rettet")
    group.get_by_role("button", name="Prøv den på nytt").click()
    expect(page.get_by_role("status")).to_contain_text("1 levering prøves på nytt.")
    found["retried"] = (visitor.overflow, visitor.barriers())
    assert found == dict.fromkeys(found, (0, []))
    page.get_by_role("link", name=unheard_of.id).click()
    expect(page.get_by_text("Prøvd på nytt for hånd").first).to_be_visible()


def test_who_owns_no_case_is_kept_out(visit: Visit):
    page = visit().log_in("okonomi-5027", "/leveringer", "nav-bridge").page
    assert urlsplit(page.url).path == "/leveringer"
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke tilgang")
