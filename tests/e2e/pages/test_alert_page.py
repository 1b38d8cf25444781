"""The alert page as people meet it: a real browser, the running services, the login of the demo."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Response, expect

from demo.pictures.running import ThatMorning
from demo.pictures.street import STREET
from demo.player.services import await_ready
from tests.e2e.browser import Visit, Visitor

pytestmark = pytest.mark.e2e

CASEWORKER, LEADER = "boligansvarlig-3427", "leder-3427"
CHANGED = "Varselet er endret etter at du åpnet siden. Ingenting ble lagret."
FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
SEEN = "all => all.filter(each => each.checkVisibility()).map(each => each.outerHTML)"
FOCUS = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
    return [element.outerHTML, marked && element.checkVisibility()];
}"""


def acknowledged_by(street: ThatMorning, name: str, visitor: Visitor) -> str | None:
    """As the API says of the alert whose card has the name."""
    id = str(visitor.card(name).get_attribute("id")).removeprefix("varsel-")
    headers = {"Authorization": f"Bearer {street.token(LEADER)}"}
    alerts = httpx.get(f"{street.addresses.url('notifications')}/alerts", headers=headers).json()
    found: str | None = next(alert["acknowledged_by"] for alert in alerts if alert["alert_id"] == id)
    return found


def subject(street: ThatMorning, username: str) -> str:
    return next(person.sub for person in street.people if person.username == username)


def answer_to(visitor: Visitor, path: str) -> Response:
    answer = visitor.page.goto(visitor.url(path))
    assert answer
    return answer


def test_a_caseworker_logs_in_by_code_flow_with_pkce_and_comes_back(visit: Visit):
    visitor = visit().log_in(CASEWORKER)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Varsler")
    expect(visitor.page.get_by_text("Testbruker Boligansvarlig (Tynset)")).to_be_visible()
    urls = [urlsplit(request.url) for request in visitor.asked]
    (authorize,) = {url.query for url in urls if url.path.endswith("/authorize")}
    (callback,) = [url.query for url in urls if url.path == "/callback"]
    asked = parse_qs(authorize)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert len(asked["code_challenge"][0]) == 43
    assert {"state", "nonce"} <= asked.keys()
    assert parse_qs(callback).keys() == {"code", "state"}
    assert urlsplit(visitor.page.url).path == "/"


def test_open_alerts_are_shown_with_level_stage_reasons_and_name_and_the_most_urgent_first(visit: Visit):
    page = (visitor := visit().log_in(CASEWORKER)).page
    levels = ["Akutt", "Alvorlig", "Tidlig varsel"]
    assert visitor.texts("#varsler h2") == levels
    assert visitor.texts(".alert__level") == sorted(visitor.texts(".alert__level"), key=levels.index)
    nearest = page.locator("article").first
    assert nearest.inner_text() == visitor.card("Varsom Snøspurv").inner_text()
    expect(nearest).to_contain_text("4 dager igjen av fristen, 7. mai 2019")
    expect(nearest).to_contain_text("A3")
    eviction = visitor.card("Tapper Vandrestav")
    for text in (
        "Akutt",
        "F5 Fravikelse er berammet",
        "Fravikelse om 11 dager, 14. mai 2019",
        "Begjæring om fravikelse mottatt 20. februar 2019.",
        "Leietakeren betaler vanligvis innen 1 dag.",
        "Hva kan endre dette: Betales 44 500 kr",
    ):
        expect(eviction).to_contain_text(text)
    shown = {name for heading in visitor.texts("article h3") for name in heading.split(", ")}
    named = [home for home in STREET if home.owes and home.registered and not home.protected]
    assert {name for home in named for name in (home.name, home.spouse) if name} <= shown
    assert not {home.name for home in STREET if not home.owes} & shown


def test_a_protected_tenant_has_no_name_on_any_page(visit: Visit):
    page = visit().log_in(CASEWORKER).page
    protected = [home for home in STREET if home.protected]
    expect(page.get_by_role("link", name="Adressebeskyttet")).to_have_count(len(protected))
    pages = [page.content()]
    page.get_by_role("link", name="Adressebeskyttet").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adressebeskyttet")
    pages.append(page.content())
    assert not [home.name for home in protected for content in pages if home.name in content]


def test_who_acknowledges_sees_it_at_once_and_keeps_their_place(visit: Visit):
    page = (visitor := visit().log_in(CASEWORKER)).page
    card = visitor.card("Varsom Snøspurv")
    card.get_by_role("button", name="Kvitter").focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Kvittert av deg 3. mai 2019 kl. 08.")
    expect(card).to_be_focused()
    expect(card.get_by_role("button", name="Kvitter")).to_have_count(0)
    page.reload()
    expect(card).to_contain_text("Kvittert av deg")


def test_who_acknowledges_keeps_their_place_also_when_the_stream_is_there_before_the_answer(visit: Visit):
    """Never on the next button, which would notify NAV at the next press of a key."""
    page = (visitor := visit().log_in(CASEWORKER)).page
    page.route("**/kvittering", lambda route: (route.fetch(), route.abort()))
    card = visitor.card("Kvikk Røyskatt")
    card.get_by_role("button", name="Kvitter").focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Kvittert av deg 3. mai 2019 kl. 08.")
    expect(card.get_by_role("button", name="Varsle NAV")).to_have_count(1)
    expect(card).to_be_focused()


def test_an_older_form_shows_the_change_and_overwrites_nothing(street: ThatMorning, visit: Visit):
    caseworker, leader = visit().log_in(CASEWORKER), visit()
    leader.page.route("**/strom*", lambda route: route.abort())  # a page that isn't kept up to date
    leader.log_in(LEADER)
    expect(caseworker.acknowledge("Livlig Kantarell")).to_contain_text("Kvittert av deg")
    card = leader.acknowledge("Livlig Kantarell")
    expect(card.get_by_role("alert")).to_contain_text(CHANGED)
    expect(card).to_contain_text("Kvittert av en kollega 3. mai 2019")
    assert acknowledged_by(street, "Livlig Kantarell", leader) == subject(street, CASEWORKER)


def test_it_works_without_javascript_as_well(street: ThatMorning, visit: Visit):
    first, second = (visit(java_script_enabled=False).log_in(who) for who in (LEADER, CASEWORKER))
    first.acknowledge("Sprek Multe")
    expect(first.card("Sprek Multe")).to_contain_text("Kvittert av deg")
    second.acknowledge("Sprek Multe")
    expect(second.page.get_by_role("heading", level=1)).to_contain_text("Varsel BF-")
    expect(second.page.get_by_role("alert")).to_contain_text(CHANGED)
    assert acknowledged_by(street, "Sprek Multe", second) == subject(street, LEADER)


def test_the_leader_sees_the_alerts_and_who_has_seen_them(visit: Visit):
    leader, caseworker = visit().log_in(LEADER), visit().log_in(CASEWORKER)
    expect(caseworker.acknowledge("Rask Furukongle")).to_contain_text("Kvittert av deg")
    leader.page.reload()
    expect(leader.card("Rask Furukongle")).to_contain_text("Kvittert av en kollega")


def test_a_leader_tries_a_threshold_on_the_last_year_and_takes_it_into_use(visit: Visit):
    page = (leader := visit(360).log_in(LEADER, "/terskler")).page
    page.get_by_label("E1: over forfall, minst (dager)").fill("25")
    page.get_by_role("button", name="Prøv på det siste året").click()
    tried = page.locator("#proving")
    expect(tried.get_by_role("button", name="Ta i bruk")).to_be_visible(timeout=30_000)
    expect(tried.get_by_text("E1: over forfall, minst: 8 → 25 dager")).to_be_visible()
    expect(tried.locator("tbody tr").first).to_contain_text(re.compile("Flytter seg|Faller bort"))
    assert (leader.overflow, leader.barriers()) == (0, [])
    tried.get_by_role("button", name="Ta i bruk").click()
    activated = page.get_by_role("region", name="Versjoner").locator("tbody tr").first
    expect(activated).to_contain_text("3427-1")
    expect(activated).to_contain_text("deg")


def test_okonomi_is_told_in_norwegian_that_this_is_not_for_them_and_may_log_out(visit: Visit):
    page = (visitor := visit().log_in("okonomi-3427")).page
    assert answer_to(visitor, "/").status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke tilgang")
    expect(page.get_by_text("Rollen din gir ikke tilgang til dette.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "nb")
    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    assert visitor.barriers() == []


def test_another_municipality_sees_none_of_it(visit: Visit):
    caseworker, other = visit().log_in(CASEWORKER), visit().log_in("boligansvarlig-5027")
    expect(other.page.get_by_text("Ingen åpne varsler.")).to_be_visible()
    card = caseworker.card("Tapper Vandrestav")
    alert = str(card.get_attribute("id")).removeprefix("varsel-")
    for path in (str(card.get_by_role("link").first.get_attribute("href")), f"/varsler/{alert}"):
        assert answer_to(other, path).status == 404
        expect(other.page.get_by_role("heading", level=1)).to_contain_text("finnes ikke")


def test_case_references_stand_for_names_while_intake_is_down(street: ThatMorning, visit: Visit):
    visitor = visit().log_in(CASEWORKER)
    before = visitor.page.locator("article").count()
    street.running["intake"].kill()
    try:
        visitor.page.reload()
        headings = visitor.texts("article h3")
    finally:
        street.running["intake"].start()
        await_ready(street)
    assert len(headings) == before >= sum(home.owes > 0 for home in STREET)
    assert not [heading for heading in headings if not heading.startswith("Sak BF-")]
    visitor.page.reload()
    expect(visitor.card("Tapper Vandrestav")).to_be_visible()


def test_who_logs_out_has_to_log_in_again(visit: Visit):
    page = (visitor := visit().log_in(CASEWORKER)).page
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hvem vil du logge inn som?")
    answer_to(visitor, "/")
    assert urlsplit(page.url).path.endswith("/authorize")


def test_the_first_stop_of_the_keyboard_leads_past_the_header(visit: Visit):
    page = visit().log_in(CASEWORKER).page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Hopp til innholdet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "article h3 a"])
def test_every_control_is_reached_by_the_keyboard_and_shows_that_it_is(visit: Visit, path: str):
    page = visit().log_in(CASEWORKER).page
    if path != "/":
        page.locator(path).first.click()
    controls = page.locator(FOCUSABLE).evaluate_all(SEEN)
    page.keyboard.press("Tab")  # to the skip link, which is seen because it has the focus
    stops = []
    for _ in controls[1:]:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    assert stops == [[control, True] for control in controls[1:]]


@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_is_wider_than_its_window_or_bars_anyone(visit: Visit, width: int):
    page = (visitor := visit(width)).page
    answer_to(visitor, "/")
    found = {"login": (visitor.overflow, visitor.barriers())}
    visitor.log_in(LEADER)
    found["inbox"] = (visitor.overflow, visitor.barriers())
    page.locator("article h3 a").first.click()
    found["tenancy"] = (visitor.overflow, visitor.barriers())
    page.locator("main li a").first.click()
    found["alert"] = (visitor.overflow, visitor.barriers())
    for path in ("/oversikt", "/oppstart"):
        answer_to(visitor, path)
        found[path] = (visitor.overflow, visitor.barriers())
    answer_to(visitor, "/varsler/00000000-0000-4000-8000-000000000000")
    found["problem"] = (visitor.overflow, visitor.barriers())
    assert found == dict.fromkeys(found, (0, []))
