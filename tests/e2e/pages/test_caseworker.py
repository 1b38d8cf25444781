"""A caseworker's morning with the inbox open: what comes while they look, and how they get around in it."""

import re
from datetime import date
from math import ceil
from typing import Any

from playwright.sync_api import Page, expect

from demo.pictures.running import ThatMorning
from demo.pictures.street import MORNING
from demo.player.services import await_ready
from tests.e2e.browser import Visit
from tests.e2e.later_files import LaterTenancy

CASEWORKER = "boligansvarlig-3427"
SOON = 20_000  # milliseconds: a file has to be read first
LIVE = "Oppdateres fortløpende"
PLACE = "() => [scrollY > 0, document.activeElement.closest('article')?.id, document.activeElement.textContent]"
CELLS = """rows => rows.map(row => [
    ...[...row.querySelectorAll("time")].map(time => time.dateTime).concat(null).slice(0, 2),
    ...[...row.cells].slice(1).map(cell => cell.textContent.trim()),
])"""
OFFSET = "id => document.getElementById(id).getBoundingClientRect().top"


def live(page: Page) -> int:
    """How many alerts are open on the page, once it is kept up to date."""
    expect(page.locator("#forbindelse")).to_have_text(LIVE)
    return page.locator("article").count()


def unseen(page: Page) -> int:
    found = re.search(r"(\d+) uten kvittering", page.locator("#oppsummering").inner_text())
    assert found
    return int(found[1])


def test_an_alert_arrives_changes_and_goes_on_an_open_page_and_nobody_loses_their_place(
    street: ThatMorning, visit: Visit
):
    visitor, later = visit().log_in(CASEWORKER), LaterTenancy(street)
    page, other = visitor.page, visit().log_in("boligansvarlig-5027").page
    alerts, others = live(page), live(other)
    page.get_by_label("Saksnummer").fill("BF-12")
    reading = visitor.card("Beskjeden Rype")
    reading.get_by_role("button", name="Kvitter").focus()
    page.evaluate("scrollBy(0, 40)")
    id = str(reading.get_attribute("id"))
    place, top = page.evaluate(PLACE), page.evaluate(OFFSET, id)
    assert place[0]

    later.comes()
    new = page.locator("article.alert--new")
    expect(new).to_contain_text("forfalt 10. april 2019 og er 23 dager over forfall.", timeout=SOON)
    expect(page.locator("#nytt")).to_contain_text("Nytt varsel: Sak BF-")
    expect(page.locator("#oppsummering")).to_contain_text(f"{alerts + 1} åpne varsler")
    later.pays(300_000)
    expect(new).to_contain_text("Betales 5\u00a0000 kr, lukkes varselet.", timeout=SOON)
    later.pays(500_000)
    expect(page.locator("article")).to_have_count(alerts, timeout=SOON)
    expect(page.locator("#oppsummering")).to_contain_text(f"{alerts} åpne varsler")

    assert page.evaluate(PLACE) == place
    assert abs(page.evaluate(OFFSET, id) - top) < 2
    assert page.get_by_label("Saksnummer").input_value() == "BF-12"
    assert other.locator("article").count() == others == 0


def test_what_came_while_the_service_was_away_is_there_once_it_is_back(street: ThatMorning, visit: Visit):
    page, later = visit().log_in(CASEWORKER).page, LaterTenancy(street)
    alerts = live(page)
    street.running["notifications"].kill()
    expect(page.locator("#forbindelse")).to_contain_text("forbindelsen er brutt")
    later.comes()
    street.running["notifications"].start()
    await_ready(street)
    expect(page.locator("article")).to_have_count(alerts + 1, timeout=SOON)
    expect(page.locator("#forbindelse")).to_have_text(LIVE)
    later.pays(800_000)
    expect(page.locator("article")).to_have_count(alerts, timeout=SOON)


def test_a_change_of_somebody_elses_is_seen_at_once(visit: Visit):
    mine, theirs = visit().log_in(CASEWORKER), visit().log_in("leder-3427")
    live(mine.page)
    before = unseen(mine.page)
    theirs.acknowledge("Klok Orrhane")
    expect(mine.card("Klok Orrhane")).to_contain_text("Kvittert av en kollega")
    expect(mine.page.locator("#oppsummering")).to_contain_text(f"{before - 1} uten kvittering")


def test_the_inbox_is_gone_through_by_its_keys_and_they_can_be_turned_off(visit: Visit):
    page = visit().log_in(CASEWORKER).page
    names = page.locator("article h3 a")
    for key, nth in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(names.nth(nth)).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("article").nth(1).get_by_role("button", name="Kvitter")).to_be_focused()
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
    alerts = page.locator("article").count()
    page.get_by_role("navigation", name="Nivåer").get_by_role("link", name="Akutt").click()
    page.get_by_label("Trinn").select_option("F5")
    page.get_by_role("button", name="Vis").click()
    expect(page).to_have_url(visitor.url("/?niva=4&slag=&trinn=F5&kvittert=&sak="))
    expect(page.locator("article h3")).to_contain_text(["Tapper Vandrestav", "Stø Myrull"])
    expect(page.locator("#oppsummering")).to_contain_text(f"Viser 2 av {alerts} åpne varsler")
    assert (visitor.overflow, visitor.barriers()) == (0, [])
    page.get_by_role("link", name="Vis alle").click()
    expect(page.locator("article")).to_have_count(alerts)


def figures(page: Page) -> list[dict[str, Any]]:
    """What the drawing's table says, in kroner."""
    page.get_by_text("Tallene i tegningen").first.click()
    return [
        {
            "day": date.fromisoformat(day),
            "from": date.fromisoformat(counted or day),
            "what": what,
            "kroner": int(re.sub(r"\D", "", amount) or 0),
            "owed": int(re.sub(r"\D", "", owed)),
        }
        for day, counted, what, amount, owed, _ in page.locator(".course__table tbody tr").evaluate_all(CELLS)
    ]


def test_a_caseworker_reckons_the_reason_from_the_figures_of_the_drawing(visit: Visit):
    """Days over due and habit from due dates and payments alone: each payment is a whole rent, and pays the oldest."""
    visitor = visit().log_in(CASEWORKER)
    page, card = visitor.page, visitor.card("Beskjeden Rype")
    reason = str(card.locator(".alert__reasons li").first.text_content())
    card.get_by_role("link", name="Beskjeden Rype").click()
    expect(page.get_by_role("img", name="Skyldig husleie over tid")).to_have_count(1)
    rows = figures(page)
    due = [row for row in rows if row["what"].startswith("Forfall")]
    paid = [row for row in rows if row["what"] == "Innbetaling"]
    assert {row["kroner"] for row in paid} == {due[0]["kroner"]}
    unpaid = [row for row in due[len(paid) :] if row["from"] < MORNING.date()]
    late = [max(0, (money["day"] - rent["from"]).days) for rent, money in zip(due, paid, strict=False)][-6:]
    habit = sorted(late)[ceil(0.8 * len(late)) - 1]
    assert f"er {(MORNING.date() - unpaid[0]['from']).days} dager over forfall" in reason
    assert f"betaler vanligvis innen {habit} dag" in reason
    assert sum(row["kroner"] for row in unpaid) == rows[-1]["owed"]
    assert (visitor.overflow, visitor.barriers()) == (0, [])
