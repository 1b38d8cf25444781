"""The pages of deliveries to NAV in a real browser: the list, one case's whole history, and the proof."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Visit, chromium, street, visit

__all__ = ["chromium", "street", "visit"]

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [1280, 360])
def test_a_referral_is_followed_to_its_proof_and_no_page_is_too_wide_or_bars_anyone(visit: Visit, width: int):
    page = (visitor := visit(width).log_in("boligansvarlig-5027", "/leveringer", "nav-bridge")).page
    expect(page.get_by_text("boligflyts eget forslag")).to_be_visible()
    found = {"list": (visitor.overflow, visitor.barriers())}
    page.locator("tbody tr").filter(has_text="Henvisning, utgave 1").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Slik har den gått")).to_be_visible()
    expect(page.get_by_text("Overlevert NAV (tatt imot")).to_be_visible()
    expect(page.get_by_text("Kvittering fra NAV")).to_be_visible()
    found["case"] = (visitor.overflow, visitor.barriers())
    page.get_by_role("link", name="Bevis for det som er sendt").click()
    expect(page.get_by_text(re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    found["proof"] = (visitor.overflow, visitor.barriers())
    assert found == dict.fromkeys(found, (0, []))


def test_who_owns_no_case_is_kept_out(visit: Visit):
    page = visit().log_in("okonomi-5027", "/leveringer", "nav-bridge").page
    assert urlsplit(page.url).path == "/leveringer"
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke tilgang")
