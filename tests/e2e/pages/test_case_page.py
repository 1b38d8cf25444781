"""The pages of cases in a real browser: the list, and one case with its criteria."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from demo.generator.applicants import GJENNOMGANGSBOLIG
from tests.e2e.browser import Visit

pytestmark = pytest.mark.e2e

READER = "boligutvalg-5027"
ADVICE = {
    "candidate": "Aktuell",
    "not_candidate": "Ikke aktuell",
    "needs_mapping": "Må kartlegges",
    "out_of_scope": "Utenfor virkeområdet",
}


def test_every_case_is_in_the_list_with_the_advice_that_its_story_foretells(visit: Visit):
    page = visit().log_in(READER, "/saker", "eligibility").page
    rows = page.locator("tbody tr")
    about_homes = rows.filter(has_text="gjennomgangsbolig")
    foretold = [ADVICE[story.overall] for story in GJENNOMGANGSBOLIG]
    assert about_homes.locator(".ds-tag").all_inner_texts() == foretold[: about_homes.count()]
    expect(rows.filter(has_text="Startlån")).to_contain_text("NAV avgjør søknader om startlån og tilskudd.")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_case_shows_what_is_open_and_no_page_is_too_wide_or_bars_anyone(visit: Visit, width: int):
    page = (visitor := visit(width).log_in(READER, "/saker", "eligibility")).page
    found = {"list": (visitor.overflow, visitor.barriers())}
    page.locator("tbody tr").filter(has_text="Må kartlegges").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Dette må avklares")).to_be_visible()
    assert page.locator(".criterion").count() > 20
    found["case"] = (visitor.overflow, visitor.barriers())
    assert found == dict.fromkeys(found, (0, []))


def test_who_handles_no_cases_is_kept_out(visit: Visit):
    page = visit().log_in("okonomi-5027", "/saker", "eligibility").page
    assert urlsplit(page.url).path == "/saker"
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke tilgang")
