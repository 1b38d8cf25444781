"""The ledger's pages in a real browser, by keyboard alone, 360 px wide: a file, its bad lines, suspense, steps."""

import pytest
from playwright.sync_api import Page, expect

from demo.pictures.running import ThatMorning
from tests.e2e.browser import Visit
from tests.e2e.keyboard import barrier_free, press, reach, write
from tests.e2e.later_files import LaterTenancy
from tests.e2e.system import until

pytestmark = pytest.mark.e2e

NARROW = 360
FILE = """\
account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends
garasje;tenancy.started;S-1;2019-01-01;G-1;26;50000;;;
garasje;tenancy.started;S-2;2019-01-01;G-2;34;60000;;;
garasje;invoice.issued;F-1;2019-03-15;G-1;26;50000;2019-04-01;;
garasje;payment.registered;B-1;2019-04-01;G-1;;500,00;;;
garasje;payment.registered;B-2;1. april;G-2;;60000;;;
garasje;payment.registered;B-3;2019-04-02;;42;60000;;;
garasje;payment.registered;B-4;2019-04-03;;59;12300;;;
garasje;ledger.closed;7;2019-05-02;;;342300;;;
"""
HEADINGS = "account;tenancy;kid;rent_ore;start;end;dwelling;lease_start;lease_end;rent_from"
FIRST_REGISTER = f"""\
{HEADINGS}
bod;B-1;26;50000;2019-01-01;;R-1;;;
bod;B-2;34;60000;2019-01-01;;R-2;;;
bod;B-3;42;0;2019-01-01;;R-3;;;
"""
SECOND_REGISTER = f"""\
{HEADINGS}
bod;B-1;26;55000;2019-01-01;;R-1;;;2019-04-01
"""


def send(page: Page, name: str, content: str) -> None:
    with page.expect_file_chooser() as chooser:
        press(page, page.get_by_label("Send inn en fil"))
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content.encode()})
    press(page, page.get_by_role("button", name="Send inn", exact=True))


def test_an_accountant_sends_a_file_repairs_one_line_strikes_another_and_places_what_nobody_owns(visit: Visit):
    accountant = visit(NARROW).log_in("okonomi-3427", "/reskontro", "intake")
    page, found = accountant.page, dict[str, object]()
    barrier_free(accountant, "Reskontro", found)
    send(page, "mai.csv", FILE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Konto garasje, per 2. mai 2019")
    expect(page.locator("#fremdrift")).to_contain_text("Venter på retting")
    barrier_free(accountant, "Konto garasje", found)

    press(page, page.get_by_role("link", name="Linje 5"))
    barrier_free(accountant, "Linje 5", found)
    write(page, "Beløp", "åtte hundre")
    press(page, page.get_by_role("button", name="Rett og bokfør"))
    expect(page.get_by_text("må være et beløp i kroner")).to_be_visible()
    barrier_free(accountant, "Linje 5", found)
    write(page, "Beløp", "500,00")
    press(page, page.get_by_role("button", name="Rett og bokfør"))
    expect(page.locator("#fremdrift")).to_contain_text("2, 1 åpne")
    press(page, page.get_by_role("link", name="Linje 6"))
    press(page, page.get_by_role("button", name="Stryk linjen"))
    expect(page.locator("#fremdrift")).to_contain_text("Bokført")
    barrier_free(accountant, "Konto garasje", found)

    press(page, page.get_by_role("link", name="Innbetalinger uten leieforhold"))
    barrier_free(accountant, "Innbetalinger uten leieforhold", found)
    mine = page.locator(".payment").filter(has_text="konto garasje")
    expect(mine).to_have_count(2)
    first, last = mine.filter(has_text="600"), mine.filter(has_text="123")
    reach(page, first.get_by_label("Eller en annen kontrakt"))
    page.keyboard.type("G-2")
    press(page, first.get_by_role("button", name="Plasser"))
    expect(mine).to_have_count(1)
    press(page, last.get_by_label("Ingen her"), "Space")
    press(page, last.get_by_role("button", name="Plasser"))
    expect(mine).to_have_count(0)
    assert found == dict.fromkeys(found, (0, []))


def test_an_accountant_sends_the_tenancy_register_and_sees_what_changed_what_is_bad_and_who_is_not_in_it(visit: Visit):
    accountant = visit(NARROW).log_in("okonomi-3427", "/reskontro", "intake")
    page, found = accountant.page, dict[str, object]()
    press(page, page.get_by_text("Slik ser et leieregister ut"))
    expect(page.get_by_label("Eksempel på et leieregister")).to_contain_text(HEADINGS)
    barrier_free(accountant, "Reskontro", found)
    send(page, "register.csv", FIRST_REGISTER)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Leieregister for konto bod, mottatt")
    expect(page.locator("#fremdrift")).to_contain_text("3 av 3 linjer")
    press(page, page.get_by_role("link", name="Linje 4"))
    expect(page.get_by_role("listitem").filter(has_text="Husleie per måned")).to_be_visible()
    barrier_free(accountant, "Linje 4", found)
    write(page, "Husleie per måned", "700,00")
    press(page, page.get_by_role("button", name="Rett og bokfør"))
    expect(page.locator("#fremdrift")).to_contain_text("1, 0 åpne")

    press(page, page.get_by_role("link", name="Filer"))
    send(page, "register.csv", SECOND_REGISTER)
    absent = page.get_by_role("list").filter(has_text="B-2")
    expect(absent.get_by_role("listitem")).to_have_text(["B-2", "B-3"])
    barrier_free(accountant, "Leieregister for konto bod", found)
    press(page, page.get_by_role("link", name="Filer"))
    expect(page.locator(".file").first).to_contain_text("2 leieforhold står ikke i fila")
    assert found == dict.fromkeys(found, (0, []))


def test_a_caseworker_enters_a_notice_and_what_is_wrong_is_said_beside_what_was_written(
    street: ThatMorning, visit: Visit
):
    later = LaterTenancy(street)
    later.comes()
    until(lambda: later.is_known, "the tenancy is known")
    visitor = visit(NARROW).log_in("boligansvarlig-3427", "/reskontro/leieforhold", "intake")
    page, found = visitor.page, dict[str, object]()
    barrier_free(visitor, "Leieforhold", found)
    write(page, "Kontrakt", "ingen slik")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Kontrakten finnes ikke")
    write(page, "Kontrakt", later.lease.contract)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ført på leieforholdet")).to_be_visible()
    page.get_by_label("Hva har skjedd?").select_option("eviction_notice.sent")
    press(page, page.get_by_role("button", name="Velg"))
    barrier_free(visitor, "Varsel etter", found)
    page.get_by_label("Fristen i varselet").fill("2019-04-01")
    page.get_by_label("Sendt", exact=True).fill("2019-05-02")
    write(page, "Kravet i varselet", "16 000,00")
    press(page, page.get_by_role("button", name="Før", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("Fristen i varselet er før datoen")
    expect(page.get_by_label("Kravet i varselet")).to_have_value("16 000,00")
    barrier_free(visitor, "Varsel etter", found)
    page.get_by_label("Fristen i varselet").fill("2019-05-16")
    press(page, page.get_by_role("button", name="Før", exact=True))
    newest = page.locator(".file").first
    expect(newest).to_contain_text("Varsel etter tvangsfullbyrdelsesloven § 4-18 sendt, 2. mai 2019")
    expect(newest).to_contain_text("16\u00a0000\u00a0kr")
    barrier_free(visitor, "Ført på leieforholdet", found)
    assert found == dict.fromkeys(found, (0, []))
