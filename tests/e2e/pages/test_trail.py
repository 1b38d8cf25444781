"""One trace, and one page, from what came in to what came of it: real services, real Kafka, a collector of spans."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import expect

from demo.pictures import books
from demo.pictures.running import ThatMorning
from tests.collector import Collector, Span
from tests.e2e.browser import Visit
from tests.e2e.leak_scan import Scan
from tests.e2e.system import until

pytestmark = pytest.mark.e2e

CASEWORKER, READER = "boligansvarlig-3427", "boligansvarlig-5027"
TRACED = ("intake", "eligibility", "nav-bridge", "notifications")


@pytest.fixture(scope="module")
def written() -> Iterator[Path]:
    """The input as it was posted."""
    with tempfile.TemporaryDirectory() as folder:
        yield books.write(Path(folder))


def query(street: ThatMorning, service: str, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    with psycopg.connect(street.urls[service].runners, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(sql, arguments).fetchall()


LAST_OF_ITS_ALERT = """
not exists (select from outbox later where later.key = outbox.key and later.id > outbox.id
            and later.headers->>'ce_type' in ('no.boligflyt.alert.raised.v1', 'no.boligflyt.alert.resolved.v1'))
"""


def traceparent_of(street: ThatMorning, service: str, type: str, where: str = "true") -> str:
    """The trace in which the first such event was written, as its header tells."""
    sql = f"""select headers->>'ce_traceparent' as it from outbox
        where headers->>'ce_type' = %s and {where} order by id limit 1"""
    return str(query(street, service, sql, f"no.boligflyt.{type}.v1")[0]["it"]).split("-")[1]


def spans_of(collector: Collector, trace: str, *last: tuple[str, str]) -> list[Span]:
    """All spans of a trace, once those that end it have come and every span's parent with them."""

    def found() -> list[Span]:
        return [span for span in collector.spans if span.trace == trace]

    until(lambda: {(s.service, s.name) for s in found()} >= set(last) and not parentless(found())[1:], f"{last}")
    return found()


def parentless(spans: list[Span]) -> list[Span]:
    """The first of the trace, and any whose parent is unknown."""
    ids = {span.id for span in spans}
    return [span for span in spans if span.above not in ids]


def path_down(spans: list[Span], to: Span) -> list[tuple[str, str]]:
    """Service and name from the first span down to one."""
    by_id, path = {span.id: span for span in spans}, [to]
    while above := by_id.get(path[-1].above):
        path.append(above)
    return [(span.service, span.name) for span in reversed(path)]


# The street's one referral: others' tests hand notices and referrals of another municipality in.
REFERRED = "headers->>'ce_kommunenummer' = '5027'"


def only(spans: list[Span], service: str, name: str) -> Span:
    return next(span for span in spans if (span.service, span.name) == (service, name))


def place(link: str) -> tuple[int, int]:
    """«Fil 2, linje 14»."""
    file, line = link.removeprefix("Fil ").split(", linje ")
    return int(file), int(line)


# By what NAV's receipt comes, whichever is there first.
ANSWERED = ("nav-bridge", "handle answered:nav")
TOLD = [("nav-bridge", "POST /nav/callbacks"), ("nav-bridge", "handle command.take_standing")]


def test_one_trace_leads_from_the_application_to_navs_receipt(street, collector):
    trace = traceparent_of(street, "nav-bridge", "delivery.received", REFERRED)
    received = ("eligibility", "handle delivery.received")
    closed = ("eligibility", "handle delivery.outcome")
    spans = spans_of(collector, trace, received, closed, ("nav-bridge", "send deliveries.v1"))
    assert [(span.service, span.name) for span in parentless(spans)] == [("intake", "POST /applications")]
    path = path_down(spans, only(spans, *received))
    assert path[:7] == [
        ("intake", "POST /applications"),
        ("intake", "handle command.register_application"),
        ("eligibility", "handle application.registered"),
        ("eligibility", "call intake-facts"),
        ("eligibility", "handle answered:intake-facts"),
        ("nav-bridge", "handle referral.requested"),
        ("nav-bridge", "call nav"),
    ]
    assert path[7:] in ([ANSWERED, received], [*TOLD, received])
    assert {span.name for span in spans} >= {
        *("send applications.v1", "send referrals.v1", "send deliveries.v1"),
        *("GET /applications/{id}/facts", "GET /referrals/{referral_id}", "POST /persons/lookup"),
        "handle delivery.outcome",
    }
    by_what = path_down(spans, only(spans, *closed))[-2]
    assert by_what in {("nav-bridge", "handle answered:nav-outcome"), TOLD[-1]}


def test_nav_is_given_the_traceparent_of_the_span_of_the_call(street, collector):
    """NAV's own record of what it was asked, and by whom."""
    trace = traceparent_of(street, "nav-bridge", "delivery.received", REFERRED)
    call = only(spans_of(collector, trace, ("nav-bridge", "call nav")), "nav-bridge", "call nav")
    record = [json.loads(line) for line in (street.folder / "nav.jsonl").read_text(encoding="utf-8").splitlines()]
    key = call.facts["boligflyt.call"]
    (accepted,) = [fact for fact in record if (fact["what"], fact["key"]) == ("accepted", key)]
    assert accepted["traceparent"].startswith(f"00-{call.trace}-{call.id}-")


@pytest.mark.parametrize("line", ["eviction_notice.sent", "ledger.closed"])
def test_one_trace_leads_from_a_ledger_line_to_the_alert_and_its_mail(street, collector, line):
    """A notice is judged at once; other lines when the file's last line closes the books.

    Of an alert that has risen further, or is closed, before anybody was told, nobody is told by that line.
    """
    caused_by = "select event_id::text from outbox where headers->>'ce_type' = %s"
    causes = [row["event_id"] for row in query(street, "intake", caused_by, f"no.boligflyt.{line}.v1")]
    quoted = ", ".join(f"'{cause}'" for cause in causes)
    trace = traceparent_of(
        street, "notifications", "alert.raised", f"headers->>'ce_causationid' in ({quoted}) and {LAST_OF_ITS_ALERT}"
    )
    told = "tell.close_ledger" if line == "ledger.closed" else "tell.book_line"
    spans = spans_of(collector, trace, ("notifications", "send risks.v1"), ("notifications", "handle answered:mail"))
    (first,) = parentless(spans)
    assert (first.service, first.name) == ("intake", f"begin {told}")
    assert path_down(spans, only(spans, "notifications", "handle answered:mail")) == [
        ("intake", f"begin {told}"),
        ("intake", f"handle {told}"),
        ("notifications", f"handle {line}"),
        ("notifications", "handle timer.care_due"),  # somebody is found to own it
        ("notifications", "handle timer.care_due"),  # and told
        ("notifications", "call mail"),
        ("notifications", "handle answered:mail"),
    ]
    (imported,) = first.linked
    begun = [span for span in collector.spans if span.trace == imported]
    assert [(span.service, span.name) for span in parentless(begun)] == [("intake", "POST /ledger/imports")]


def test_no_span_holds_anything_personal(street, collector, written):
    people = [json.loads(line) for line in (written / "persons.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = (written / "applications.jsonl").read_text(encoding="utf-8").splitlines()
    people += [json.loads(line)["applicant"] for line in lines]
    assert {span.service for span in collector.spans} == set(TRACED)
    scan = Scan.of(people)
    assert scan.found("spans", f"{people[0]['name']}".encode())
    assert scan.found("spans", b"\x1e".join(collector.bodies)) == set()


def test_from_an_alert_the_page_leads_to_the_rule_its_figures_and_the_file_line_and_hash(street, visit: Visit, written):
    visitor = visit().log_in(CASEWORKER)
    visitor.card("Varsom Snøspurv").get_by_role("link", name="Slik ble varselet til").click()
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Slik ble varsel BF-")
    serious = page.locator(".trail__step").filter(has_text="Varslet: Alvorlig")
    notice = serious.filter(has=page.get_by_role("heading", name="Regel S4"))
    expect(notice).to_contain_text("Vurdert fordi: Varsel etter § 4-18 sendt")
    expect(notice).to_contain_text("Fristen i varselet7. mai 2019")
    link = notice.get_by_role("link").first
    number, line = place(link.inner_text())
    digest = page.locator(f"#fil-{number} code").inner_text()
    (file,) = [
        each for each in (written / "ledger").glob("*.csv") if hashlib.sha256(each.read_bytes()).hexdigest() == digest
    ]
    assert file.read_text(encoding="utf-8").splitlines()[line - 1].split(";")[1] == "eviction_notice.sent"
    expect(page.get_by_text("E-postvarselet er tatt imot av e-posttjeneren.").first).to_be_visible()


def test_the_lines_that_a_rule_rests_on_are_the_unpaid_invoices_of_the_file(street, visit: Visit, written):
    visitor = visit().log_in(CASEWORKER)
    visitor.card("Livlig Kantarell").get_by_role("link", name="Slik ble varselet til").click()
    page = visitor.page
    expect(page.locator(".trail__step li").first).to_be_visible()
    digests = {
        int(each.get_attribute("id")[4:]): each.locator("code").inner_text()
        for each in page.locator("[id^=fil-]").all()
    }
    files = {hashlib.sha256(each.read_bytes()).hexdigest(): each for each in (written / "ledger").glob("*.csv")}
    rows = page.locator(".trail__step li")
    assert rows.count() >= 2
    for row in rows.all():
        number, line = (
            int(word) for word in row.get_by_role("link").inner_text().replace("Fil ", "").split(", linje ")
        )
        cells = files[digests[number]].read_text(encoding="utf-8").splitlines()[line - 1].split(";")
        assert cells[1] == "invoice.issued"
        assert f"{int(cells[6]) // 100 // 1000}\u00a0{int(cells[6]) // 100 % 1000:03}" in row.inner_text()


def test_from_a_referral_the_page_leads_to_navs_receipt(street, visit: Visit):
    page = visit().log_in(READER, "/saker", "eligibility").page
    page.locator("tbody tr").filter(has_text="Startlån").get_by_role("link").first.click()
    page.get_by_role("link", name="Slik har saken gått").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Slik har sak")
    steps = [text.split(". ", 1)[1] for text in page.locator(".trail h2").all_inner_texts()]
    assert steps[:6] == [
        "Søknaden er registrert",
        "Opplysningene i søknaden hentet fra mottaket",
        "Henvisning til NAV",
        "Henvisningen overlevert NAV",
        "Henvisningen er levert",
        "Kvittering fra NAV",
    ]
    receipt = page.locator(".trail__step").filter(has=page.get_by_role("heading", name="Kvittering fra NAV"))
    expect(receipt).to_contain_text("Mottatt hos NAV")
    expect(receipt.get_by_role("link", name="steg 4")).to_be_visible()
    (delivery,) = query(
        street,
        "nav-bridge",
        "select proof_hash from deliveries where kommunenummer = '5027' and proof_hash is not null",
    )
    expect(page.locator(".trail__step").nth(3)).to_contain_text(delivery["proof_hash"])


@pytest.mark.parametrize("width", [1280, 360])
def test_no_walk_is_too_wide_or_bars_anyone(visit: Visit, width: int, tmp_path):
    visitor = visit(width).log_in(CASEWORKER)
    visitor.card("Tapper Vandrestav").get_by_role("link", name="Slik ble varselet til").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Slik ble varsel")
    found = {"alert": (visitor.overflow, visitor.barriers())}
    other = visit(width).log_in(READER, "/saker", "eligibility")
    other.page.locator("tbody tr").filter(has_text="Startlån").get_by_role("link").first.click()
    other.page.get_by_role("link", name="Slik har saken gått").click()
    expect(other.page.get_by_role("heading", level=1)).to_contain_text("Slik har sak")
    found["case"] = (other.overflow, other.barriers())
    assert found == dict.fromkeys(found, (0, []))


def test_while_the_other_services_are_away_the_page_shows_its_own_part_and_says_so(street, visit: Visit):
    visitor = visit().log_in(CASEWORKER)
    street.running["intake"].pause()
    try:
        id = query(street, "notifications", "select alert_id from alerts limit 1")[0]["alert_id"]
        visitor.page.goto(visitor.url(f"/varsler/{id}/spor"))
        expect(visitor.page.get_by_text("Mottaket svarer ikke akkurat nå.")).to_be_visible()
        expect(visitor.page.get_by_text("Varslet per").first).to_be_visible()
    finally:
        street.running["intake"].resume()


def test_who_may_see_no_alert_may_not_walk_from_it_either(street, visit: Visit):
    (alert,) = query(street, "notifications", "select alert_id from alerts limit 1")
    page = visit().log_in("okonomi-3427", f"/varsler/{alert['alert_id']}/spor").page
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke tilgang")
    url = street.addresses.url("intake") + "/causation/" + alert["alert_id"]
    headers = {"Authorization": f"Bearer {street.token('leder-3427')}"}
    assert httpx.get(url, headers=headers).status_code == 403
