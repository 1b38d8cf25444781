"""A caseworker follows alerts up from the inbox that stays open: what is done, what rests, what is closed."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from demo.pictures.running import ThatMorning
from demo.pictures.street import MORNING
from tests.e2e.browser import Visit, Visitor
from tests.e2e.later_files import LaterTenancy

pytestmark = pytest.mark.e2e

CASEWORKER, LEADER = "boligansvarlig-3427", "leder-3427"
TODAY = MORNING.date()
LATE, CLOSED = "Sein Solsikke", "Travel Trost"
SOON = 20_000  # milliseconds: a file has to be read first
LIVE = "Oppdateres fortløpende"
# NAV may have gone on to the tenant before anybody has looked.
NAV_HAS_IT = re.compile(
    r"NAV har (kvittert for|tatt kontakt med leietakeren etter) meldingen om 8\s000 kr per 2\. mai 2019"
)
CHANGED = "Varselet er endret etter at du åpnet siden. Ingenting ble lagret."


def opened(visitor: Visitor, name: str) -> Locator:
    """The card, with what can be done about it."""
    card = visitor.card(name)
    card.locator("summary").click()
    return card


def typed(visitor: Visitor, *keys: str) -> None:
    for key in keys:
        visitor.page.keyboard.press(key)


def test_what_was_done_is_noted_by_keyboard_alone_in_a_narrow_window(visit: Visit):
    visitor = visit(360).log_in(CASEWORKER)
    card = visitor.card("Glad Løvmeis")
    card.get_by_role("link", name="Glad Løvmeis").focus()
    typed(visitor, "a")
    expect(card.get_by_role("button", name="Kvitter")).to_be_focused()
    card.locator("summary").focus()
    typed(visitor, "Enter", "Tab")
    expect(card.get_by_label("Hva?")).to_be_focused()
    visitor.page.keyboard.type("Ble enige")
    typed(visitor, "Tab")
    visitor.page.keyboard.type("Betaler halvparten 10. mai.")
    assert (visitor.overflow, visitor.barriers()) == (0, [])
    typed(visitor, "Tab", "Enter")
    expect(card).to_contain_text("Ble enige om nedbetaling: Betaler halvparten 10. mai. 3. mai 2019, av deg")
    expect(card).to_contain_text("Kvittert av deg")
    expect(card).to_be_focused()
    assert (visitor.overflow, visitor.barriers()) == (0, [])


def test_who_is_on_the_alerts_page_does_the_same_without_javascript(visit: Visit):
    visitor = visit(java_script_enabled=False).log_in(CASEWORKER)
    opened(visitor, "Nøysom Reinrose").get_by_role("link", name="Til varselets egen side").click()
    card = visitor.card("Nøysom Reinrose")
    card.get_by_label("Hva?").select_option("bostotte")
    card.get_by_role("button", name="Lagre notat").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Varsel BF-")
    expect(visitor.page.get_by_role("list", name="Hva som er gjort")).to_contain_text("Hjalp med bostøtte")
    card = visitor.card("Nøysom Reinrose")
    card.get_by_label("Hvorfor kan det vente?").select_option("promise")
    card.get_by_label("Åpnes igjen").fill(str(TODAY + timedelta(days=12)))
    card.get_by_role("button", name="Utsett").click()
    expect(card.get_by_label("Lovet betalt innen")).to_have_attribute("aria-invalid", "true")
    expect(card).to_contain_text("Velg en dag.")
    card.get_by_label("Lovet betalt innen").fill(str(TODAY + timedelta(days=11)))
    card.get_by_label("Lovet beløp (kr)").fill("9 300")
    card.get_by_role("button", name="Utsett").click()
    rests = "Utsatt til 15. mai 2019: leietakeren har lovet å betale 9\u00a0300 kr innen 14. mai 2019."
    expect(visitor.card("Nøysom Reinrose")).to_contain_text(rests)


@pytest.fixture
def snoozing(visit: Visit) -> Iterator[tuple[Visitor, Locator]]:
    visitor = visit().log_in(CASEWORKER)
    card = opened(visitor, "Våken Jerv")
    expect(card.get_by_label("Lovet betalt innen")).to_be_hidden()
    card.get_by_label("Hvorfor kan det vente?").select_option("promise")
    return visitor, card


def test_a_promise_is_asked_for_its_day_and_what_is_wrong_stands_at_the_field(snoozing: tuple[Visitor, Locator]):
    visitor, card = snoozing
    card.get_by_label("Lovet betalt innen").fill(str(TODAY + timedelta(days=9)))
    card.get_by_label("Åpnes igjen").fill(str(TODAY + timedelta(days=4)))
    card.get_by_role("button", name="Utsett").click()
    promise = card.get_by_label("Lovet betalt innen")
    expect(promise).to_be_focused()
    expect(promise).to_have_accessible_description(
        "Si hvilken dag det er lovet betaling, senest når utsettelsen slutter."
    )
    assert visitor.barriers() == []
    card.get_by_label("Åpnes igjen").fill(str(TODAY + timedelta(days=10)))
    card.get_by_role("button", name="Utsett").click()
    expect(card).to_contain_text("Utsatt til 13. mai 2019: leietakeren har lovet å betale")
    expect(card).to_be_focused()
    level = visitor.page.locator("section", has=card)
    visitor.page.reload()
    expect(level.locator("article").last).to_contain_text("Våken Jerv")


def test_who_is_overtaken_keeps_their_sentence_and_may_send_it_once_they_have_seen_the_change(visit: Visit):
    mine, theirs = visit().log_in(CASEWORKER), visit().log_in(LEADER)
    expect(mine.page.locator("#forbindelse")).to_have_text(LIVE)
    card = opened(mine, "Treg Blåveis")
    card.get_by_label("Hva?").select_option("contact")
    card.get_by_label("Én setning, uten navn og fødselsnummer (kan stå tom)").fill("Snakket i trappen.")
    there = opened(theirs, "Treg Blåveis")
    there.get_by_label("Hva?").select_option("nav")
    there.get_by_role("button", name="Lagre notat").click()
    expect(card.get_by_role("alert")).to_contain_text("Varselet ble endret mens du skrev.")
    expect(card).to_contain_text("Var i kontakt med NAV")
    card.get_by_role("button", name="Lagre notat").click()
    expect(card.get_by_role("alert")).to_contain_text(CHANGED)
    expect(card.get_by_label("Én setning, uten navn og fødselsnummer (kan stå tom)")).to_have_value(
        "Snakket i trappen."
    )
    card.get_by_role("button", name="Lagre notat").click()
    expect(card).to_contain_text("Snakket med leietakeren: Snakket i trappen.")
    expect(card.get_by_role("alert")).to_have_count(0)


def test_from_an_alert_that_comes_to_a_promise_that_is_broken(street: ThatMorning, visit: Visit):
    """By keyboard in a narrow window: NAV is told and answers, the alert rests, and is back with the reason why."""
    visitor, later = visit(360).log_in(CASEWORKER), LaterTenancy(street)
    page, card = visitor.page, visitor.card(LATE)
    expect(page.locator("#forbindelse")).to_have_text(LIVE)
    later.lives_there(LATE)
    later.comes(TODAY - timedelta(days=1))
    expect(card).to_contain_text("Tidlig varsel", timeout=SOON)
    expect(card).to_contain_text("forfalt 10. april 2019 og er 22 dager over forfall.")

    card.get_by_role("link", name=LATE).focus()
    typed(visitor, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(LATE)
    expect(page.get_by_role("img", name="Skyldig husleie over tid")).to_have_count(1)
    page.go_back()

    card.get_by_role("button", name="Varsle NAV").focus()
    typed(visitor, "Enter")
    expect(card).to_contain_text(NAV_HAS_IT, timeout=SOON)
    card.locator("summary").focus()
    typed(visitor, "Enter")
    card.get_by_label("Hvorfor kan det vente?").select_option("promise")
    card.get_by_label("Lovet betalt innen").fill(str(TODAY))
    card.get_by_label("Åpnes igjen").fill(str(TODAY + timedelta(days=10)))
    card.get_by_role("button", name="Utsett").focus()
    typed(visitor, "Enter")
    rests = "Utsatt til 13. mai 2019: leietakeren har lovet å betale 8\u00a0000 kr innen 3. mai 2019."
    expect(card).to_contain_text(rests)
    expect(card.get_by_role("button", name="Kvitter")).to_have_count(0)

    later.pays(100_000)
    broken = "Åpnet igjen: løftet om 8\u00a0000 kr innen 3. mai 2019 ble ikke holdt."
    expect(card).to_contain_text(broken, timeout=SOON)
    expect(card.get_by_role("button", name="Kvitter")).to_have_count(1)
    assert (visitor.overflow, visitor.barriers()) == (0, [])


def test_an_alert_that_is_closed_leaves_the_inbox_and_the_next_one_has_the_focus(street: ThatMorning, visit: Visit):
    visitor, later = visit().log_in(CASEWORKER), LaterTenancy(street)
    later.lives_there(CLOSED)
    later.comes()
    expect(visitor.card(CLOSED)).to_contain_text("Tidlig varsel", timeout=SOON)
    visitor.page.reload()
    expect(visitor.page.locator("#forbindelse")).to_have_text(LIVE)
    names = visitor.texts("article h3 a")
    after = names[names.index(CLOSED) + 1]
    card = opened(visitor, CLOSED)
    card.get_by_label("Hvorfor?").select_option("not_relevant")
    card.get_by_role("button", name="Lukk varselet").click()
    expect(card).to_have_count(0)
    expect(visitor.page.get_by_role("link", name=after, exact=True)).to_be_focused()
    expect(visitor.page.locator("#nytt")).to_have_text("Varselet du sto på, er lukket.")
