"""The staff register: read of a file in whole or not at all, written so that no spreadsheet runs it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chassis.errors import Reject
from chassis.testing import SOME_TIME, decide
from notifications import messages as m
from notifications.domain.staff import Absence, Member, Register, register_id
from notifications.handlers import HANDLERS
from notifications.translation import member_of, read_staff, write_staff
from tests.unit.chassis.fake_issuer import bearer
from tests.unit.chassis.web import SAME_SITE
from tests.unit.notifications.given import KEY, STAFF, TENANCY, Story
from tests.unit.notifications.staffed import (
    ALERT,
    KARI,
    LISE,
    OLA,
    REGISTER,
    away,
    early,
    events,
    in_digests,
    on_alert,
    receivers,
    serious,
)
from tests.unit.notifications.test_pages import Alerts, browser, intake, logged_in, people, store

__all__ = ["browser", "intake", "people", "store"]

HEAD = "Bruker-id;Navn;E-post;Roller;Område;Vikar;Fravær"
TOR = Member("tor", "Tor Prøve", "tor@kommune.example", ("servicetorg",))
GOOD = "kari;Kari Prøve;kari@kommune.example;boligansvarlig;nord;;"


def a_file(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines, ""]).encode()


def read(*lines: str, head: str = HEAD) -> tuple[Member, ...]:
    members, bad = read_staff(a_file(*lines, head=head))
    assert bad == []
    return tuple(map(member_of, members))


def faults(*lines: str, head: str = HEAD) -> list[tuple[int, str]]:
    _, bad = read_staff(a_file(*lines, head=head))
    return [(each.number, each.sentence) for each in bad]


def test_what_is_written_is_read_again_as_it_was():
    absent = away(KARI, "2019-07-01", "2019-07-21")
    odd = Member(
        "ola",
        "=HYPERLINK(1)",
        "o@x.example",
        ("boligansvarlig", "leder"),
        "-øst",
        "",
        (Absence(*[date(2019, 5, 2)] * 2),),
    )
    register = Register((replace(absent, substitute="ola"), odd))
    content = write_staff(register)
    assert "'=HYPERLINK(1)" in content
    assert "'-øst" in content
    assert "01.07.2019 til 21.07.2019" in content
    members, bad = read_staff(content.encode())
    assert (tuple(map(member_of, members)), bad) == (register.members, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
def test_the_file_may_come_in_any_encoding_that_a_spreadsheet_saves_in(encoding):
    content = "\n".join([HEAD, "ø1;Åse Ærlig;ase@kommune.example;økonomi;Øvre;;".replace("ø1", "o1")]).encode(encoding)
    (member,), bad = read_staff(content)
    assert (member.name, member.area, member.roles, bad) == ("Åse Ærlig", "Øvre", ("okonomi",), [])


def test_columns_may_stand_in_any_order_and_those_that_may_be_empty_be_left_out():
    (member,) = read("Leder, boligansvarlig;kari@kommune.example;kari;Kari", head="ROLLER;e-post;Bruker-ID;navn")
    assert member == Member("kari", "Kari", "kari@kommune.example", ("leder", "boligansvarlig"))


@pytest.mark.parametrize(
    ("text", "absences"),
    [
        ("01.07.2019 til 21.07.2019", [("2019-07-01", "2019-07-21")]),
        ("2019-07-01–2019-07-21, 24.12.2019", [("2019-07-01", "2019-07-21"), ("2019-12-24", "2019-12-24")]),
        ("1.7.2019-2.7.2019", [("2019-07-01", "2019-07-02")]),
    ],
)
def test_absences_are_days_or_from_and_to(text, absences):
    (member,) = read(f"{GOOD}{text}")
    assert [(str(each.first), str(each.last)) for each in member.absences] == absences


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("to ord;Kari;k@x.example;;;;", "Bruker-id mangler, eller har tegn som ikke kan brukes."),
        (";Kari;k@x.example;;;;", "Bruker-id mangler, eller har tegn som ikke kan brukes."),
        ("ola;;k@x.example;;;;", "Navnet mangler, eller er lengre enn 80 tegn."),
        ("ola;Ola;ikke en adresse;;;;", "E-postadressen er ikke gyldig."),
        ("ola;Ola;o@x.example;vaktmester;;;", "Rollene er av servicetorg,"),
        (f"ola;Ola;o@x.example;;{'x' * 61};;", "Området er høyst 60 tegn, uten komma."),
        ("ola;Ola;o@x.example;;;;i sommer", "Fravær skrives som «01.07.2019 til 21.07.2019»"),
        ("ola;Ola;o@x.example;;;;31.02.2019", "Fravær skrives som «01.07.2019 til 21.07.2019»"),
        ("ola;Ola;o@x.example;;;;;for mye", "Linjen har flere felt"),
        ("ola;Ola;o@x.example;;;borte;", "Vikaren borte for ola står ikke i registeret."),
        ("ola;Ola;o@x.example;;;ola;", "ola kan ikke være sin egen vikar."),
        ("ola;Ola;o@x.example;;;;21.07.2019 til 01.07.2019", "Et fravær for ola slutter før det begynner."),
        (GOOD, "kari står flere ganger."),
        ('"uten slutt', "Linjen kan ikke leses"),
        ("ola;O\x00la;o@x.example;;;;", ""),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_what_is_wrong_with_it(line, sentence):
    found = faults(GOOD, line)
    assert [(number, text[: len(sentence)]) for number, text in found] == [(3, sentence)]


def test_all_that_is_wrong_is_told_at_once():
    found = faults(";;x;;;;", GOOD, "ola;Ola;o@x.example;;;borte;")
    assert [number for number, _ in found] == [2, 2, 2, 4]


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("Bruker-id;Navn;E-post", "Kolonner mangler: Roller."),
        ("Bruker-id;Navn;Navn;E-post;Roller", "Første linje skal ha kolonnene"),
        ("Bruker-id;Navn;E-post;Roller;Lønn", "Første linje skal ha kolonnene"),
        ("", "Første linje skal ha kolonnene"),
    ],
)
def test_a_file_without_its_columns_is_refused_by_its_first_line(head, sentence):
    ((_, found), *more) = faults(head=head)
    assert (found[: len(sentence)], more) == (sentence, [])


@pytest.mark.parametrize(
    "content", [b"", HEAD.encode(), b"\xff\xfe\x00", b"\x00" * 100, b'"', b"%PDF-1.4\n%\xe2\xe3", b"a" * 200_000]
)
def test_what_is_no_such_file_is_refused_in_words(content):
    members, bad = read_staff(content)
    assert members == ()
    assert bad


# -- whose a tenancy is ------------------------------------------------------------------------------------------


def given_to(story: Story, **command: str) -> dict[str, Any]:
    decided = decide(
        HANDLERS, {KEY: story.state, STAFF: story.register}, TENANCY, m.AssignTenancy(**command), now=SOME_TIME
    )
    story.state, story.outputs = decided.states[KEY], [*story.outputs, *decided.outputs]
    return {"caseworker": story.tenancy.caseworker, "area": story.tenancy.area}


def test_a_tenancy_is_given_to_another_and_its_open_alert_goes_along():
    story = early("2019-05-03 09:00").step()
    was = {"was_caseworker": "kari", "was_area": "nord"}
    assert given_to(story, caseworker="ola", area="sør", **was) == {"caseworker": "ola", "area": "sør"}
    assert (story.alert.care.owner, story.alert.care.basis) == ("ola", "tenancy")
    assert events(story, m.AlertAssigned)[-1] == m.AlertAssigned(alert_id=ALERT, assigned_to="ola", basis="tenancy")


def test_the_alerts_new_owner_hears_of_it_but_not_of_what_they_did_themselves():
    was = {"was_caseworker": "kari", "was_area": "nord"}
    told, silent, at_once = (
        early("2019-05-03 09:00").step(),
        early("2019-05-03 09:00").step(),
        serious("2019-05-03 09:00"),
    )
    before = len(receivers(at_once.step()))
    given_to(told, caseworker="ola", by="kari", **was)
    given_to(silent, caseworker="ola", by="ola", **was)
    given_to(at_once, caseworker="ola", by="kari", **was)

    assert ("fresh", "ola") in in_digests(told)
    assert ("fresh", "ola") not in in_digests(silent)
    assert receivers(at_once)[before:] == [(f"assigned-{at_once.alert.care.assignments}", "ola")]


def test_an_alert_is_never_owned_by_someone_who_is_not_let_in_to_it():
    register = replace(REGISTER, members=(replace(KARI, roles=("servicetorg",)), OLA, LISE))
    story = early("2019-05-03 09:00", register).step()

    assert (story.alert.care.owner, story.alert.care.basis) == ("fallback", "fallback")


def test_an_alert_that_a_person_gave_to_somebody_stays_theirs():
    story = early("2019-05-03 09:00").step()
    story.tell(on_alert(story, m.AssignAlert, to="lise"))
    given_to(story, caseworker="ola", was_caseworker="kari", was_area="nord")
    assert (story.alert.care.owner, story.alert.care.basis) == ("lise", "person")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"caseworker": "ola", "was_caseworker": "", "was_area": "nord"}, "changed_meanwhile"),
        ({"caseworker": "ola", "was_caseworker": "kari", "was_area": ""}, "changed_meanwhile"),
        ({"caseworker": "borte", "was_caseworker": "kari", "was_area": "nord"}, "no_such_owner"),
        ({"caseworker": "tor", "was_caseworker": "kari", "was_area": "nord"}, "no_such_owner"),
    ],
)
def test_a_tenancy_is_not_given_over_what_another_did_meanwhile_nor_to_a_stranger(command, code):
    with pytest.raises(Reject) as refused:
        given_to(early("2019-05-03 09:00", replace(REGISTER, members=(*REGISTER.members, TOR))), **command)
    assert refused.value.code == code


def test_a_tenancy_that_nobody_has_heard_of_is_given_to_nobody():
    with pytest.raises(Reject) as refused:
        given_to(Story(register=REGISTER), caseworker="kari")
    assert (refused.value.code, refused.value.status) == ("no_such_tenancy", 404)


# -- page and API ------------------------------------------------------------------------------------------------


@pytest.fixture
def staffed(store: Alerts) -> Alerts:
    store.register, store.staff = replace(REGISTER, version=7), REGISTER.members
    return store


@pytest.fixture
def leader(browser, staffed):
    return logged_in(browser, "leder")


def stored(store: Alerts) -> m.StoreStaff:
    ((message, _),) = store.commands
    assert message.subject == register_id("3427")
    return message.data


async def test_the_page_shows_who_is_there_and_who_is_away(leader, staffed):
    staffed.register = Register((replace(away(KARI, "2000-01-01", "2999-12-31")), OLA, LISE), version=7)
    page = (await leader.get("/ansatte")).text
    for text in ("3 ansatte", "Kari Prøve", "Borte i dag", "01.01.2000 til 31.12.2999", "nord", "Ola Prøve", "Leder"):
        assert text in page
    assert page.count('name="version" value="7"') == 5


async def test_an_empty_register_says_where_alerts_go(leader, staffed):
    staffed.register = None
    assert "Registeret er tomt" in (await leader.get("/ansatte")).text


async def test_a_file_takes_the_place_of_the_register_and_the_addresses_stay(leader, staffed):
    sent = {"file": ("ansatte.csv", a_file(GOOD), "text/csv")}
    form = {"version": "7", "idempotency_key": "k"}
    answer = await leader.post("/ansatte/fil", data=form, files=sent, headers=SAME_SITE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ansatte")
    command = stored(staffed)
    assert (command.version, [each.subject for each in command.members]) == (7, ["kari"])
    assert (command.fallback_mail, command.operator_mail) == (REGISTER.fallback_mail, REGISTER.operator_mail)


@pytest.mark.parametrize(
    ("content", "status", "sentences"),
    [
        (a_file(GOOD, "ola;Ola;x;;;;"), 422, ["Filen har 1 feil, og ingenting av den er lagret.", "Linje 3: E-post"]),
        (b"", 422, ["Velg en fil først."]),
        (b"x" * 1_000_001, 413, ["Filen er større enn 1 MB."]),
    ],
)
async def test_a_file_with_a_bad_line_stores_nothing_and_is_reported(leader, staffed, content, status, sentences):
    sent = {"file": ("ansatte.csv", content, "text/csv")}
    form = {"version": "7", "idempotency_key": "k"}
    answer = await leader.post("/ansatte/fil", data=form, files=sent, headers=SAME_SITE)
    assert (answer.status_code, staffed.commands) == (status, [])
    assert all(sentence in answer.text for sentence in sentences)


async def test_who_was_overtaken_is_told_and_sees_the_register_as_it_is(leader, staffed):
    staffed.fails = Reject("changed_meanwhile", "Registeret er endret etter at du åpnet det. Ingenting ble lagret.")
    form = {"version": "6", "idempotency_key": "k", "fallback_mail": "ny@kommune.example", "operator_mail": ""}
    answer = await leader.post("/ansatte/adresser", data=form, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "Registeret er endret etter at du åpnet det." in answer.text


async def test_what_the_register_refuses_comes_back_in_the_form(leader, staffed):
    staffed.fails = Reject("bad_register", "Et fravær for kari slutter før det begynner.", status=422)
    form = {"version": "7", "idempotency_key": "k", "subject": "kari", "absences": "02.07.2019 til 01.07.2019"}
    answer = await leader.post("/ansatte/ansatt", data=form, headers=SAME_SITE)
    assert answer.status_code == 422
    assert "Et fravær for kari slutter før det begynner." in answer.text
    assert 'value="02.07.2019 til 01.07.2019"' in answer.text


async def test_one_members_absence_substitute_and_area_are_changed_and_nobody_elses(leader, staffed):
    form = {"version": "7", "idempotency_key": "k", "subject": "kari", "absences": "01.07.2019", "substitute": "lise"}
    answer = await leader.post("/ansatte/ansatt", data=form | {"area": "sør"}, headers=SAME_SITE)
    assert answer.headers["location"] == "/ansatte#kari"
    changed = replace(away(KARI, "2019-07-01", "2019-07-01"), substitute="lise", area="sør")
    assert tuple(map(member_of, stored(staffed).members)) == (changed, OLA, LISE)


async def test_an_absence_that_cant_be_read_is_told_and_kept_in_the_form(leader, staffed):
    form = {"version": "7", "idempotency_key": "k", "subject": "kari", "absences": "hele juli"}
    answer = await leader.post("/ansatte/ansatt", data=form, headers=SAME_SITE)
    assert (answer.status_code, staffed.commands) == (422, [])
    assert "Fravær skrives som" in answer.text
    assert 'value="hele juli"' in answer.text


async def test_an_address_that_is_none_is_refused_and_kept_in_the_form(leader, staffed):
    form = {"version": "7", "idempotency_key": "k", "fallback_mail": "felles", "operator_mail": ""}
    answer = await leader.post("/ansatte/adresser", data=form, headers=SAME_SITE)
    assert (answer.status_code, staffed.commands) == (422, [])
    assert 'value="felles"' in answer.text


async def test_the_file_that_is_loaded_down_can_be_sent_in_again(leader, staffed):
    answer = await leader.get("/ansatte.csv")
    assert "attachment" in answer.headers["content-disposition"]
    members, bad = read_staff(answer.content)
    assert (tuple(map(member_of, members)), bad) == (REGISTER.members, [])


@pytest.mark.parametrize("role", ["boligansvarlig", "okonomi", "boligutvalg"])
async def test_the_register_is_the_leaders_alone(browser, staffed, role):
    for path in ("/ansatte", "/ansatte.csv"):
        assert (await logged_in(browser, role).get(path)).status_code == 403


async def test_a_tenancys_page_says_whose_it_is_and_lets_it_be_given_to_another(browser, staffed):
    staffed.tenancy = early("2019-05-03 09:00").tenancy
    page = (await browser.get(f"/leieforhold/{TENANCY}")).text
    assert "Kari Prøve, område nord." in page
    assert 'name="was_caseworker" value="kari"' in page
    form = {"idempotency_key": "k", "caseworker": "ola", "area": "sør", "was_caseworker": "kari", "was_area": "nord"}
    answer = await browser.post(f"/leieforhold/{TENANCY}/saksbehandler", data=form, headers=SAME_SITE)
    assert answer.headers["location"] == f"/leieforhold/{TENANCY}#hvem"
    ((message, _),) = staffed.commands
    was = {"was_caseworker": "kari", "was_area": "nord"}
    assert (message.subject, message.data) == (
        TENANCY,
        m.AssignTenancy(by="sub-1", caseworker="ola", area="sør", **was),
    )


async def test_okonomi_sees_whose_a_tenancy_is_and_changes_nothing(browser, staffed):
    staffed.tenancy = early("2019-05-03 09:00").tenancy
    page = (await logged_in(browser, "okonomi").get(f"/leieforhold/{TENANCY}")).text
    assert "Kari Prøve, område nord." in page
    assert "/saksbehandler" not in page


async def test_what_caseworkers_wrote_of_an_alert_is_read_by_caseworkers_alone(browser, staffed):
    story = early("2019-05-03 09:00").step()
    staffed.tenancy = story.tell(on_alert(story, m.NoteContact, code="contact", text="Søsteren betaler.")).tenancy
    for role, shown in (("okonomi", False), ("boligansvarlig", True), ("leder", True)):
        page = (await logged_in(browser, role).get(f"/leieforhold/{TENANCY}")).text
        assert ("Søsteren betaler." in page) is shown


async def test_a_caseworker_who_may_own_no_alert_any_more_is_not_lost_when_the_area_is_changed(browser, staffed):
    staffed.tenancy = replace(early("2019-05-03 09:00").tenancy, caseworker="borte")
    page = (await browser.get(f"/leieforhold/{TENANCY}")).text

    assert '<option value="borte" selected>' in page


async def test_a_tenancy_that_was_given_away_meanwhile_is_shown_as_it_is(browser, staffed):
    staffed.tenancy = early("2019-05-03 09:00").tenancy
    staffed.fails = Reject("changed_meanwhile", "Leieforholdet har fått en annen saksbehandler. Ingenting ble lagret.")
    form = {"idempotency_key": "k", "caseworker": "ola"}
    answer = await browser.post(f"/leieforhold/{TENANCY}/saksbehandler", data=form, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "Leieforholdet har fått en annen saksbehandler." in answer.text


async def test_the_register_can_be_read_and_put_back_by_the_api(browser, staffed):
    token = bearer(roles=["leder"], kommunenummer="3427")
    read = (await browser.get("/staff", headers=token)).json()
    assert (read["version"], read["members"][0]["substitute"]) == (7, "ola")
    answer = await browser.put("/staff", json=read, headers={**token, "Idempotency-Key": "k"})
    assert answer.status_code == 200, answer.text
    assert tuple(map(member_of, stored(staffed).members)) == REGISTER.members


@pytest.mark.parametrize("change", [{"version": -1}, {"members": [{"subject": "x"}]}, {"fallback_mail": "x"}, {"y": 1}])
async def test_a_register_of_another_form_is_refused_by_the_api(browser, staffed, change):
    body = {"version": 7, "members": []} | change
    headers = {**bearer(roles=["leder"], kommunenummer="3427"), "Idempotency-Key": "k"}
    answer = await browser.put("/staff", json=body, headers=headers)
    assert (answer.status_code, staffed.commands) == (422, [])


async def test_a_tenancy_is_given_to_somebody_by_the_api(browser, staffed):
    headers = {**bearer(roles=["boligansvarlig"], kommunenummer="3427"), "Idempotency-Key": "k"}
    answer = await browser.put(f"/tenancies/{TENANCY}/caseworker", json={"caseworker": "ola"}, headers=headers)
    assert answer.status_code == 200
    ((message, _),) = staffed.commands
    assert message.data == m.AssignTenancy(by=message.data.by, caseworker="ola")
    assert message.data.by
