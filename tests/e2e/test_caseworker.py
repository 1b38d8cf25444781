"""A caseworker's morning with the inbox open: what comes while they look, and how they get around in it."""

from playwright.sync_api import expect

from demo.pictures.running import ThatMorning
from demo.pictures.street import STREET
from demo.player.services import await_ready
from tests.e2e.browser import Visit, chromium, street, visit
from tests.e2e.later_files import LaterTenancy

__all__ = ["chromium", "street", "visit"]

CASEWORKER = "boligansvarlig-3427"
ALERTS = sum(home.owes > 0 for home in STREET)
SOON = 20_000  # milliseconds: a file has to be read first
LIVE = "Oppdateres fortløpende"
PLACE = "() => [scrollY > 0, document.activeElement.closest('article')?.id, document.activeElement.textContent]"
OFFSET = "id => document.getElementById(id).getBoundingClientRect().top"


def test_an_alert_arrives_changes_and_goes_on_an_open_page_and_nobody_loses_their_place(
    street: ThatMorning, visit: Visit
):
    visitor, later = visit().log_in(CASEWORKER), LaterTenancy(street)
    page, other = visitor.page, visit().log_in("boligansvarlig-5027").page
    for each in (page, other):
        expect(each.locator("#forbindelse")).to_have_text(LIVE)
    page.get_by_label("Saksnummer").fill("BF-12")
    reading = visitor.card("Beskjeden Rype")
    reading.get_by_role("button").focus()
    page.evaluate("scrollBy(0, 40)")
    id = str(reading.get_attribute("id"))
    place, top = page.evaluate(PLACE), page.evaluate(OFFSET, id)
    assert place[0]

    later.comes()
    new = page.locator("article.alert--new")
    expect(new).to_contain_text("forfalt 10. april 2019 og er 23 dager over forfall.", timeout=SOON)
    expect(page.locator("#nytt")).to_contain_text("Nytt varsel: Sak BF-")
    expect(page.locator("#oppsummering")).to_contain_text(f"{ALERTS + 1} åpne varsler")
    later.pays(300_000)
    expect(new).to_contain_text("Betales 5\u00a0000 kr, lukkes varselet.", timeout=SOON)
    later.pays(500_000)
    expect(page.locator("article")).to_have_count(ALERTS, timeout=SOON)
    expect(page.locator("#oppsummering")).to_contain_text(f"{ALERTS} åpne varsler")

    assert page.evaluate(PLACE) == place
    assert abs(page.evaluate(OFFSET, id) - top) < 2
    assert page.get_by_label("Saksnummer").input_value() == "BF-12"
    assert other.locator("article").count() == 0


def test_what_came_while_the_service_was_away_is_there_once_it_is_back(street: ThatMorning, visit: Visit):
    page, later = visit().log_in(CASEWORKER).page, LaterTenancy(street)
    expect(page.locator("#forbindelse")).to_have_text(LIVE)
    street.running["notifications"].kill()
    expect(page.locator("#forbindelse")).to_contain_text("forbindelsen er brutt")
    later.comes()
    street.running["notifications"].start()
    await_ready(street)
    expect(page.locator("article")).to_have_count(ALERTS + 1, timeout=SOON)
    expect(page.locator("#forbindelse")).to_have_text(LIVE)
    later.pays(800_000)
    expect(page.locator("article")).to_have_count(ALERTS, timeout=SOON)


def test_a_change_of_somebody_elses_is_seen_at_once(visit: Visit):
    mine, theirs = visit().log_in(CASEWORKER), visit().log_in("leder-3427")
    expect(mine.page.locator("#forbindelse")).to_have_text(LIVE)
    theirs.acknowledge("Varsom Snøspurv")
    expect(mine.card("Varsom Snøspurv")).to_contain_text("Kvittert av en kollega")
    expect(mine.page.locator("#oppsummering")).to_contain_text(f"{ALERTS - 1} uten kvittering")


def test_the_inbox_is_gone_through_by_its_keys_and_they_can_be_turned_off(visit: Visit):
    page = visit().log_in(CASEWORKER).page
    names = page.locator("article h3 a")
    for key, nth in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(names.nth(nth)).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("article").nth(1).get_by_role("button")).to_be_focused()
    page.keyboard.press("s")
    page.keyboard.type("jk?")
    expect(page.get_by_label("Saksnummer")).to_have_value("jk?")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Hurtigtaster")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(names.first).not_to_be_focused()


def test_the_address_carries_what_is_looked_at(visit: Visit):
    visitor = visit(360).log_in(CASEWORKER)
    page = visitor.page
    page.get_by_role("navigation", name="Nivåer").get_by_role("link", name="Akutt").click()
    page.get_by_label("Trinn").select_option("F5")
    page.get_by_role("button", name="Vis").click()
    expect(page).to_have_url(visitor.url("/?niva=4&trinn=F5&kvittert=&sak="))
    expect(page.locator("article h3")).to_have_text(["Tapper Vandrestav", "Stø Myrull, Munter Myrull"])
    expect(page.locator("#oppsummering")).to_contain_text(f"Viser 2 av {ALERTS} åpne varsler")
    assert (visitor.overflow, visitor.barriers()) == (0, [])
    page.get_by_role("link", name="Vis alle").click()
    expect(page.locator("article")).to_have_count(ALERTS)
