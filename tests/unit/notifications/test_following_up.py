"""A person follows an alert up: gives it to somebody, notes what was done, lets it rest, closes it."""

from datetime import date

import pytest

from chassis.errors import Reject
from notifications import messages as m
from notifications.domain.tenancy import Tenancy
from notifications.pages.boards import Board
from notifications.pages.care import Staff, care_line
from notifications.projection import project
from tests.unit.chassis.fake_issuer import bearer
from tests.unit.chassis.web import SAME_SITE
from tests.unit.notifications.given import KEY, TENANCY, closed, payment
from tests.unit.notifications.staffed import KARI, LISE, OLA, acute, early, on_alert, serious
from tests.unit.notifications.test_pages import ALERT, FORM, Alerts, browser, intake, logged_in, people, store

__all__ = ["browser", "intake", "people", "store"]

PAGE = f"/varsler/{ALERT}"
HTMX = {**SAME_SITE, "HX-Request": "true"}
MEANWHILE = "Varselet er endret etter at du åpnet siden. Ingenting ble lagret."
PROMISE = {"reason": "promise", "until_on": "2019-05-15", "promised_on": "2019-05-14"}


def promised() -> Tenancy:
    """By Kari, on 3 May: 5 000 kr by the 14th."""
    story = early("2019-05-03 09:00")
    promise = {"reason": "promise", "until_on": date(2019, 5, 15), "promised_on": date(2019, 5, 14)}
    return story.tell(on_alert(story, m.SnoozeAlert, **promise, promised_ore=500_000)).tenancy


@pytest.fixture
def cared(store: Alerts) -> Alerts:
    store.staff, store.tenancy = (KARI, OLA, LISE), early("2019-05-03 09:00").step().tenancy
    return store


@pytest.mark.parametrize(
    ("form", "written", "command"),
    [
        ("ansvarlig", {"to": "ola"}, m.AssignAlert(alert_id=ALERT, version=1, by="sub-1", to="ola")),
        ("ansvarlig", {"to": "fallback"}, m.AssignAlert(alert_id=ALERT, version=1, by="sub-1", to="fallback")),
        (
            "notat",
            {"code": "plan", "text": " Betaler to ganger\r\ni uken. "},
            m.NoteContact(alert_id=ALERT, version=1, by="sub-1", code="plan", text="Betaler to ganger i uken."),
        ),
        ("notat", {"code": "nav"}, m.NoteContact(alert_id=ALERT, version=1, by="sub-1", code="nav")),
        (
            "utsettelse",
            PROMISE | {"promised": "5 000,50 kr"},
            m.SnoozeAlert(
                alert_id=ALERT,
                version=1,
                by="sub-1",
                reason="promise",
                until_on=date(2019, 5, 15),
                promised_on=date(2019, 5, 14),
                promised_ore=500_050,
            ),
        ),
        (
            "utsettelse",
            {"reason": "dispute", "until_on": "2019-05-15", "promised_on": "", "promised": "det er i et skjult felt"},
            m.SnoozeAlert(alert_id=ALERT, version=1, by="sub-1", reason="dispute", until_on=date(2019, 5, 15)),
        ),
        (
            "lukking",
            {"because": "wrong_basis"},
            m.ResolveAlert(alert_id=ALERT, version=1, by="sub-1", because="wrong_basis"),
        ),
    ],
)
async def test_what_a_form_says_is_decided_on(browser, cared, form, written, command):
    answer = await browser.post(f"{PAGE}/{form}", data=FORM | written, headers=SAME_SITE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    ((message, _),) = cared.commands
    assert (message.subject, message.data) == (TENANCY, command)


@pytest.mark.parametrize(
    ("form", "written", "sentence"),
    [
        ("ansvarlig", {"to": ""}, "Velg hvem som skal ha varselet."),
        ("ansvarlig", {}, "Velg hvem som skal ha varselet."),
        ("notat", {"code": "", "text": "Snakket i gangen."}, "Velg hva som er gjort."),
        ("notat", {"code": "contact", "text": "x" * 301}, "Skriv én setning på høyst 300 tegn."),
        ("notat", {"code": "contact", "text": "a\x00b"}, "Skriv én setning på høyst 300 tegn."),
        ("utsettelse", {"reason": "", "until_on": "2019-05-15"}, "Velg hvorfor varselet kan vente."),
        ("utsettelse", {"reason": "other", "until_on": "i morgen"}, "Velg en dag."),
        ("utsettelse", PROMISE | {"promised_on": ""}, "Velg en dag."),
        ("utsettelse", PROMISE | {"promised": "-5"}, "Skriv et beløp i kroner, for eksempel 5 000 eller 5 000,50."),
        ("lukking", {"because": "fordi"}, "Velg hvorfor varselet kan lukkes."),
    ],
)
async def test_a_form_that_is_filled_in_wrong_says_what_and_where_and_keeps_what_was_written(
    browser, cared, form, written, sentence
):
    answer = await browser.post(f"{PAGE}/{form}", data=FORM | written, headers=SAME_SITE)
    assert (answer.status_code, cared.commands) == (422, [])
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert all(text in answer.text for name, text in written.items() if name == "text" and text.isprintable())


@pytest.mark.parametrize(
    ("form", "written", "refusal"),
    [
        ("utsettelse", PROMISE, Reject("bad_snooze_end", "Velg en dag etter i dag.", status=422)),
        ("utsettelse", PROMISE, Reject("bad_promise", "Si hvilken dag det er lovet.", status=422)),
        ("utsettelse", PROMISE, Reject("bad_promised_sum", "Skriv et beløp over 0 kr.", status=422)),
        ("ansvarlig", {"to": "borte"}, Reject("no_such_owner", "Velg en boligansvarlig eller leder.", status=422)),
    ],
)
async def test_what_the_alert_doesnt_allow_stands_at_its_field(browser, cared, form, written, refusal):
    cared.fails = refusal
    for headers, status in ((SAME_SITE, 422), (HTMX, 200)):
        answer = await browser.post(f"{PAGE}/{form}", data=FORM | written, headers=headers)
        assert answer.status_code == status
        assert f'id="feil-{ALERT}">{refusal.sentence}</p>' in answer.text
        assert answer.text.count("autofocus") == 1


async def test_who_was_overtaken_keeps_what_they_wrote_beside_the_alert_as_it_is_now(browser, cared):
    cared.fails = Reject("changed_meanwhile", MEANWHILE)
    written = {"code": "contact", "text": "Snakket i gangen."}
    answer = await browser.post(f"{PAGE}/notat", data=FORM | written, headers=SAME_SITE)
    assert answer.status_code == 409
    assert MEANWHILE in answer.text
    assert ">Snakket i gangen.</textarea>" in answer.text
    assert '<option value="contact" selected>' in answer.text


async def test_htmx_gets_the_card_alone_and_it_has_the_focus(browser, cared):
    answer = await browser.post(f"{PAGE}/notat", data=FORM | {"code": "nav"}, headers=HTMX)
    assert answer.status_code == 200
    assert (answer.text.count("<article"), answer.text.count("autofocus")) == (1, 1)
    assert "<html" not in answer.text


async def test_the_card_says_whose_it_is_and_what_comes_next(browser, cared):
    page = (await browser.get("/")).text
    for text in ("Kari Prøve", "har leieforholdet", "Melding til den ansvarlige"):
        assert text in page
    cared.tenancy = early("2019-05-03 09:00", register=None).step().tenancy
    assert "Kommunens felles adresse" in (await browser.get("/")).text


async def test_only_who_may_own_an_alert_is_there_to_choose(browser, cared):
    cared.staff = (KARI, LISE)
    page = (await browser.get("/")).text
    assert '<option value="lise">Lise Prøve</option>' in page
    assert 'value="ola"' not in page
    cared.staff = ()
    assert f'action="{PAGE}/ansvarlig"' not in (await browser.get("/")).text


async def test_what_was_done_is_shown_by_whom_and_the_newest_first(browser, cared):
    story = early("2019-05-03 09:00")
    story.tell(on_alert(story, m.NoteContact, code="not_reached", text="Ringte to ganger."))
    story.at("2019-05-06 10:00").tell(on_alert(story, m.NoteContact, code="plan", by="ukjent"))
    cared.tenancy = story.tenancy
    for path in ("/", PAGE, f"/leieforhold/{TENANCY}"):
        page = (await browser.get(path)).text
        assert "Prøvde å nå leietakeren, uten svar</strong>: Ringte to ganger." in page
        assert page.index("Ble enige om nedbetaling</strong>") < page.index(
            "Prøvde å nå leietakeren, uten svar</strong>"
        )
        assert "3. mai 2019 kl. 09.00, av Kari Prøve" in page
        assert "6. mai 2019 kl. 10.00, av en kollega" in page


def test_nobody_promises_to_pay_nothing():
    story = early("2019-05-03 09:00").step()
    promise = {"reason": "promise", "until_on": date(2019, 5, 15), "promised_on": date(2019, 5, 14)}
    with pytest.raises(Reject, match="bad_promised_sum"):
        story.tell(on_alert(story, m.SnoozeAlert, **promise, promised_ore=0))


async def test_a_snoozed_alert_says_until_when_and_what_was_promised(browser, cared):
    cared.tenancy = promised()
    rests = "Utsatt til 15. mai 2019: leietakeren har lovet å betale 5\u00a0000 kr innen 14. mai 2019."
    page = (await browser.get("/")).text
    assert rests in page
    assert "Åpnes igjen" in page


async def test_an_alert_whose_promise_was_broken_says_so_when_it_is_back(browser, cared):
    story = early("2019-05-03 09:00")
    promise = {"reason": "promise", "until_on": date(2019, 5, 15), "promised_on": date(2019, 5, 14)}
    story.tell(on_alert(story, m.SnoozeAlert, **promise, promised_ore=500_000))
    cared.tenancy = story.at("2019-05-15 07:00").tell(payment("p", "2019-05-10", 499_999), closed("2019-05-14")).tenancy
    page = (await browser.get("/")).text
    assert "Åpnet igjen: løftet om 5\u00a0000 kr innen 14. mai 2019 ble ikke holdt." in page
    assert "Kvitter<" in page
    story.tell(on_alert(story, m.AcknowledgeAlert))
    cared.tenancy = story.tenancy
    assert "Åpnet igjen" not in (await browser.get("/")).text


async def test_an_alert_that_a_person_closed_says_who_and_why_and_has_no_forms(browser, cared):
    story = early("2019-05-03 09:00")
    story.tell(on_alert(story, m.NoteContact, code="contact", text="Alt er ordnet."))
    cared.tenancy = story.tell(on_alert(story, m.ResolveAlert, because="settled_otherwise")).tenancy
    page = (await browser.get(PAGE)).text
    for text in ("Lukket av Kari Prøve: ordnet på annen måte.", "Alt er ordnet.", "Snakket med leietakeren"):
        assert text in page
    assert f'action="{PAGE}/notat"' not in page


@pytest.mark.parametrize(
    ("story", "last_day"), [(early, date(2019, 6, 1)), (serious, date(2019, 6, 1)), (acute, date(2019, 5, 6))]
)
def test_the_form_knows_how_long_the_level_lets_it_rest(story, last_day):
    """From Thursday 2 May: 30 days, or two working days."""
    (row,) = project(KEY, "3427", story("2019-05-02 09:00").tenancy)["alerts"]
    shown = row | {"contact_log": "[]"}
    assert care_line(shown, Staff({}, {}), date(2019, 5, 2), "sub-1").last_day == last_day


def test_who_looks_is_the_likeliest_next_owner_where_they_may_be_one():
    (row,) = project(KEY, "3427", early("2019-05-02 09:00").step().tenancy)["alerts"]
    shown, people = row | {"contact_log": "[]"}, Staff({}, {"kari": "Kari Prøve", "ola": "Ola Prøve"})
    chosen = {me: care_line(shown, people, date(2019, 5, 2), me).chosen for me in ("ola", "kari", "ukjent")}
    assert chosen == {"ola": "ola", "kari": "kari", "ukjent": "kari"}


@pytest.mark.parametrize("form", ["ansvarlig", "notat", "utsettelse", "lukking"])
async def test_what_belongs_to_another_municipality_is_followed_up_by_nobody_else(browser, cared, form):
    cared.fails = Reject("no_such_alert", "Varselet finnes ikke.", status=404)
    written = FORM | {"to": "ola", "code": "nav", "because": "wrong_basis"} | PROMISE
    other = logged_in(browser, "leder", kommunenummer="5027")
    assert (await other.post(f"{PAGE}/{form}", data=written, headers=SAME_SITE)).status_code == 404


@pytest.mark.parametrize(
    ("door", "body", "command"),
    [
        ("assignment", {"to": "ola"}, m.AssignAlert),
        ("notes", {"code": "nav", "text": "Sendte skjema."}, m.NoteContact),
        ("snooze", PROMISE | {"promised_ore": 500_000}, m.SnoozeAlert),
        ("resolution", {"because": "not_relevant"}, m.ResolveAlert),
    ],
)
async def test_the_same_can_be_done_by_the_api(browser, cared, door, body, command):
    sent = {"alert_id": ALERT, "version": 1, **body}
    token = bearer(roles=["boligansvarlig"], kommunenummer="3427")
    answer = await browser.post(f"/alerts/{TENANCY}/{door}", json=sent, headers={**token, "Idempotency-Key": "k"})
    assert answer.status_code == 201, answer.text
    ((message, _),) = cared.commands
    assert isinstance(message.data, command)
    assert message.data.model_dump(mode="json", include=sent.keys()) == sent


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("assignment", {"to": "to ord"}),
        ("notes", {"code": "nav", "text": "x" * 301}),
        ("notes", {"code": "nav", "note": "feil felt"}),
        ("snooze", {"reason": "promise"}),
        ("resolution", {"because": "fordi"}),
    ],
)
async def test_a_command_of_another_form_is_refused_by_the_api(browser, cared, door, body):
    token = bearer(roles=["leder"], kommunenummer="3427")
    sent = {"alert_id": ALERT, "version": 1, **body}
    answer = await browser.post(f"/alerts/{TENANCY}/{door}", json=sent, headers={**token, "Idempotency-Key": "k"})
    assert (answer.status_code, cared.commands) == (422, [])


async def test_who_joins_the_staff_is_there_to_choose_on_a_page_that_stays_open(cared):
    board = Board("3427")
    await board.read(cared, None, notes=True)
    assert [row["subject"] for row in board.staff] == ["kari", "ola", "lise"]
    cared.staff = (KARI,)
    await board.read(cared, (), notes=True)
    assert [row["subject"] for row in board.staff] == ["kari"]


async def test_a_debt_that_is_paid_while_it_rests_closes_the_alert(browser, cared):
    story = early("2019-05-03 09:00")
    promise = {"reason": "promise", "until_on": date(2019, 5, 15), "promised_on": date(2019, 5, 14)}
    story.tell(on_alert(story, m.SnoozeAlert, **promise))
    cared.tenancy = story.tell(payment("p", "2019-05-06"), closed("2019-05-07")).tenancy
    page = (await browser.get(PAGE)).text
    assert "løst ved betaling" in page
    assert "Utsatt til" not in page
