"""intake's HTTP doors: who is let in, what is refused and how, and what comes back."""

from datetime import date
from itertools import count

import httpx
import pytest
from structlog.testing import capture_logs

from chassis.access import unguarded_routes
from chassis.outputs import Key
from intake.gateway import IdentityVault
from tests.unit.intake.builders import a_file, a_line, a_national_id, a_start
from tests.unit.intake.memory import MemoryStore, an_app, service, token

KARI = a_national_id(date(1980, 5, 17))
PERSON = {"national_id": KARI, "name": "Kari Prøve", "address": "Prøvegata 1", "phone": "+47 99999999"}
APPLICATION = {
    "applicant": {"national_id": KARI, "name": "Kari Prøve"},
    "application_type": "kommunal_bolig",
    "dwelling_type": "gjennomgangsbolig",
    "received_on": "2019-05-02",
    "answers": {"SCOPE": "yes", "GEN-01": "yes", "GB-T1": "unknown", "GB-02x": "no", "GB-18": "no"},
    "household": {"adults": 1, "children": 2},
    "legal_basis": {"kind": "consent", "consent_id": "s-1", "consented_at": "2019-05-02T10:00:00+02:00"},
    "purpose": "KJOP_STARTLAN",
    "grounds": ["BARN_I_HUSSTAND"],
}
CLERK, ACCOUNTANT = token("servicetorg"), token("okonomi")


class Caller:
    """Posts with a new Idempotency-Key each time, unless given one."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self._numbers = client, count()

    async def post(self, path, who, body, *, key=None):
        headers = {**who, "Idempotency-Key": key or f"key-{next(self._numbers)}"}
        how = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self.client.post(path, headers=headers, **how)

    async def get(self, path, who):
        return await self.client.get(path, headers=who)


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
async def intake(store, tmp_path):
    transport = httpx.ASGITransport(an_app(store, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        yield Caller(client)


def test_every_route_has_a_door(store, tmp_path):
    assert unguarded_routes(an_app(store, tmp_path)) == []


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/persons", ("okonomi", "vedtakskontor", "leder", "boligutvalg", "tjeneste")),
        ("/applications", ("okonomi", "vedtakskontor", "leder", "boligutvalg", "tjeneste")),
        ("/ledger/imports", ("servicetorg", "boligansvarlig", "leder", "tjeneste")),
    ],
)
async def test_a_door_is_shut_to_the_wrong_roles(intake, path, roles):
    for role in roles:
        who = service() if role == "tjeneste" else token(role)
        assert (await intake.post(path, who, {})).status_code == 403


async def test_facts_are_for_services_alone(intake):
    assert (await intake.get("/applications/a/facts", token("boligansvarlig"))).status_code == 403


async def test_a_person_is_the_same_pseudonym_each_time_and_another_in_the_next_municipality(intake):
    first = await intake.post("/persons", CLERK, PERSON)
    again = await intake.post("/persons", CLERK, PERSON | {"name": "Kari P. Prøve"})
    elsewhere = await intake.post("/persons", token("servicetorg", kommunenummer="5027"), PERSON)

    assert (first.status_code, elsewhere.status_code) == (201, 201)
    assert first.json() == again.json() != elsewhere.json()


async def test_no_state_and_no_event_shows_who_it_is(intake, store):
    await intake.post("/persons", CLERK, PERSON | {"tenancies": ["K-1"]})
    await intake.post("/applications", CLERK, APPLICATION)
    kept = repr(store.kept) + repr(store.outputs)

    assert not any(word in kept for word in (KARI, "Kari", "Prøvegata", "99999999", "K-1"))


@pytest.mark.parametrize(
    ("mode", "number", "code"),
    [
        ("test", a_national_id(month=0), "real_person_in_test"),
        ("test", "200205705502", "real_person_in_test"),
        ("production", KARI, "synthetic_person_in_production"),
        ("test", "12345678901", "national_id_invalid"),
    ],
)
async def test_only_the_people_of_the_mode_are_let_in(store, tmp_path, mode, number, code):
    transport = httpx.ASGITransport(an_app(store, tmp_path, mode=mode))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        answer = await Caller(client).post("/persons", CLERK, PERSON | {"national_id": number})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == "national_id"
    assert number not in answer.text


async def test_a_misspelt_field_is_refused_so_that_protection_is_never_lost(intake):
    answer = await intake.post("/persons", CLERK, PERSON | {"protectd": True})

    assert answer.json()["errors"] == [{"field": "protectd", "message": "Feltet er ukjent."}]


async def test_a_look_up_shows_who_it_is_and_is_logged_without_saying_so(intake):
    id = (await intake.post("/persons", CLERK, PERSON)).json()["person"]
    with capture_logs() as logs:
        answer = await intake.post("/persons/lookup", service(), {"ids": [id]})

    shown = {"status": "found", "name": "Kari Prøve", "address": "Prøvegata 1", "phone": "+47 99999999", "email": None}
    assert answer.json() == {"persons": {id: shown}}
    (entry,) = [log for log in logs if log["event"] == "person.looked_up"]
    assert (entry["acting_user"], entry["purpose"], entry["count"]) == ("system", "alert_page", 1)
    assert "Kari" not in repr(logs)


async def test_the_birth_number_goes_to_the_hand_off_to_nav_alone(intake):
    id = (await intake.post("/persons", CLERK, PERSON)).json()["person"]

    async def shown(name, purpose):
        answer = await intake.post("/persons/lookup", service(name=name, purpose=purpose), {"ids": [id]})
        return answer.json()["persons"][id]

    assert (await shown("nav-bridge", "nav_referral"))["national_id"] == KARI
    assert "national_id" not in await shown("notifications", "nav_referral")
    assert "national_id" not in await shown("nav-bridge", "alert_page")


async def test_a_protected_person_is_only_said_to_be_so(intake):
    id = (await intake.post("/persons", CLERK, PERSON | {"protected": True})).json()["person"]

    assert (await intake.post("/persons/lookup", service(), {"ids": [id]})).json() == {
        "persons": {id: {"status": "protected"}}
    }


async def test_a_person_of_another_municipality_is_unknown(intake):
    id = (await intake.post("/persons", CLERK, PERSON)).json()["person"]

    assert (await intake.post("/persons/lookup", service("5027"), {"ids": [id]})).json()["persons"][id] == {
        "status": "unknown"
    }


async def test_a_thousand_may_be_looked_up_at_a_time(intake):
    ids = [f"00000000-0000-4000-8000-{n:012}" for n in range(1001)]

    assert (await intake.post("/persons/lookup", service(), {"ids": ids[:1000]})).status_code == 200
    assert (await intake.post("/persons/lookup", service(), {"ids": ids})).status_code == 422


async def test_an_application_is_registered_once_however_often_it_is_sent(intake, store):
    first = await intake.post("/applications", CLERK, APPLICATION, key="one")
    again = await intake.post("/applications", CLERK, APPLICATION, key="one")
    other = await intake.post("/applications", CLERK, APPLICATION | {"purpose": None}, key="one")

    assert (first.status_code, first.json()) == (201, again.json())
    assert set(first.json()) == {"application", "public_id", "case_number"}
    assert other.status_code == 422
    assert len([key for key in store.kept if key.kind == "application"]) == 1


async def test_a_creating_call_needs_its_key(intake):
    answer = await intake.client.post("/applications", headers=CLERK, json=APPLICATION)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_two_applications_have_two_public_ids(intake):
    first = await intake.post("/applications", CLERK, APPLICATION)
    second = await intake.post("/applications", CLERK, APPLICATION)

    assert first.json()["public_id"] != second.json()["public_id"]


async def test_an_application_is_withdrawn_by_those_who_register_it(intake):
    id = (await intake.post("/applications", CLERK, APPLICATION)).json()["application"]

    answer = await intake.post(f"/applications/{id}/withdrawal", CLERK, {})

    assert (answer.status_code, answer.json()["status"]) == (201, "withdrawn")
    assert (await intake.get(f"/applications/{id}", CLERK)).json()["status"] == "withdrawn"
    assert (await intake.post(f"/applications/{id}/withdrawal", CLERK, {})).status_code == 409
    assert (await intake.post(f"/applications/{id}/withdrawal", ACCOUNTANT, {})).status_code == 403


async def test_facts_are_what_the_assessment_needs_and_no_name_or_number(intake):
    id = (await intake.post("/applications", CLERK, APPLICATION)).json()["application"]
    facts = (await intake.get(f"/applications/{id}/facts", service())).json()

    assert facts["age_on_received"] == 38
    assert facts["answers"] == APPLICATION["answers"]
    assert facts["household"] == {"adults": 1, "children": 2}
    assert facts["legal_basis"]["kind"] == "consent"
    assert (facts["purpose"], facts["grounds"]) == ("KJOP_STARTLAN", ["BARN_I_HUSSTAND"])
    assert KARI not in str(facts)
    assert "Kari" not in str(facts)


async def test_a_stated_birth_date_wins_over_the_numbers(intake):
    id = (await intake.post("/applications", CLERK, APPLICATION | {"birth_date": "2002-01-01"})).json()["application"]

    assert (await intake.get(f"/applications/{id}/facts", service())).json()["age_on_received"] == 17


async def test_the_age_of_a_registered_applicant_is_known_from_the_sealed_number(intake):
    person = (await intake.post("/persons", CLERK, PERSON)).json()["person"]
    answer = await intake.post("/applications", CLERK, APPLICATION | {"applicant": {"person": person}})
    facts = (await intake.get(f"/applications/{answer.json()['application']}/facts", service())).json()

    assert (facts["applicant"], facts["age_on_received"]) == (person, 38)


async def test_nobody_applies_before_being_born(intake):
    answer = await intake.post("/applications", CLERK, APPLICATION | {"birth_date": "2019-05-03"})

    assert answer.json()["code"] == "born_after_receipt"


async def test_who_what_and_when_is_enough(intake):
    needed = {name: APPLICATION[name] for name in ("applicant", "application_type", "received_on")}

    assert (await intake.post("/applications", CLERK, needed)).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"applicant": {}},
        {"applicant": {"national_id": KARI, "person": "00000000-0000-4000-8000-000000000000"}},
        {"answers": {"gb-03": "yes"}},
        {"answers": {"GB-03": "maybe"}},
        {"application_type": "bostotte"},
        {"received_on": "2019-02-30"},
        {"purpose": "vil gjerne kjøpe hus"},
        {"legal_basis": {"kind": "consent", "consented_at": "2019-05-02T10:00:00"}},
    ],
)
async def test_a_malformed_application_is_refused_by_field_and_never_quoted(intake, change):
    answer = await intake.post("/applications", CLERK, APPLICATION | change)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert KARI not in answer.text


async def test_an_application_of_another_municipality_does_not_exist(intake):
    id = (await intake.post("/applications", CLERK, APPLICATION)).json()["application"]

    assert (await intake.get(f"/applications/{id}", CLERK)).json()["status"] == "registered"
    assert (await intake.get(f"/applications/{id}", token("servicetorg", kommunenummer="5027"))).status_code == 404
    assert (await intake.get(f"/applications/{id}/facts", service("5027"))).status_code == 404


async def test_a_good_file_is_accepted_and_the_same_again_books_nothing(intake, store):
    raw = a_file(a_start(), a_line())
    first, again = (
        await intake.post("/ledger/imports", ACCOUNTANT, raw),
        await intake.post("/ledger/imports", ACCOUNTANT, raw),
    )

    assert (first.status_code, first.json()["lines"], first.json()["bad"]) == (202, 2, 0)
    assert first.json()["import"] != again.json()["import"]
    assert [state.fresh for key, (_, state) in store.kept.items() if key.kind == "import"] == [2, 0]


async def test_a_file_is_kept_in_parts_and_no_part_is_left_when_it_is_entered(intake, store):
    await intake.post(
        "/ledger/imports", ACCOUNTANT, a_file(a_start(), *(a_line(reference=f"{n}") for n in range(1500)))
    )
    parts = [state for key, (_, state) in store.kept.items() if key.kind == "import_chunk"]

    assert parts == [None, None]


async def test_a_file_above_the_limit_is_too_large_however_it_comes(intake, store):
    raw = a_file(a_start(), *(a_line(reference=f"F-{n}") for n in range(20_000)))
    streamed = await intake.post("/ledger/imports", ACCOUNTANT, raw)
    headers = {**ACCOUNTANT, "Idempotency-Key": "form"}
    form = await intake.client.post("/ledger/imports", headers=headers, files={"file": ("mai.csv", raw)})

    assert [(answer.status_code, answer.json()["code"]) for answer in (streamed, form)] == [
        (413, "ledger_too_large"),
        (413, "ledger_too_large"),
    ]
    assert streamed.json()["detail"] == "Filen er større enn 1 MB."
    assert not [key for key in store.kept if key.kind == "import"]


async def test_a_file_may_come_as_a_form(intake):
    headers = {**ACCOUNTANT, "Idempotency-Key": "form"}
    answer = await intake.client.post(
        "/ledger/imports", headers=headers, files={"file": ("mai.csv", a_file(a_start()))}
    )

    assert answer.status_code == 202
    assert (await intake.client.post("/ledger/imports", headers=headers, files={"fil": ("x", b"")})).status_code == 400


async def test_each_bad_line_is_named_and_the_others_go_in(intake, store):
    answer = await intake.post(
        "/ledger/imports", ACCOUNTANT, a_file(a_start(), a_line(due=""), a_line("payment.made", "B"))
    )

    assert (answer.status_code, answer.json()["bad"]) == (202, 2)
    assert [(e["line"], e["field"]) for e in answer.json()["errors"]] == [(3, "due"), (4, "kind")]
    assert [state.account for key, (_, state) in store.kept.items() if key.kind == "tenancy"] == ["utleie"]


async def test_a_file_whose_sum_is_not_that_of_its_end_record_is_refused_whole(intake, store):
    answer = await intake.post(
        "/ledger/imports", ACCOUNTANT, a_file(a_start(), a_line()).replace(b"1600000", b"1600001")
    )

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [(e["line"], e["field"]) for e in answer.json()["errors"]] == [(4, "amount_ore")]
    assert answer.json()["detail"] == "Filen har 1 feil, og ingenting av den er bokført."
    assert not [key for key in store.kept if key.kind != "import_chunk"]


async def test_what_stands_in_a_bad_line_is_sealed(intake, store):
    await intake.post("/ledger/imports", ACCOUNTANT, a_file(a_start(), a_line(kid=KARI)))
    (bad,) = [state for key, (_, state) in store.kept.items() if key.kind == "bad_line"]

    assert KARI not in repr(store.kept)
    assert KARI in IdentityVault(b"a secret of at least thirty-two bytes").unseal_text(bad.sealed)


async def test_what_is_no_ledger_file_is_a_bad_request(intake):
    answer = await intake.post("/ledger/imports", ACCOUNTANT, b"hei")

    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_ledger_file")


async def test_the_same_contract_in_two_municipalities_is_two_tenancies(intake, store):
    for kommunenummer in ("3427", "5027"):
        who = token("okonomi", kommunenummer=kommunenummer)
        assert (await intake.post("/ledger/imports", who, a_file(a_start()))).status_code == 202

    assert len([key for key in store.kept if key.kind == "tenancy"]) == 2


async def test_a_tenant_registered_by_contract_is_the_ledgers_tenant(intake, store):
    person = (await intake.post("/persons", CLERK, PERSON | {"tenancies": ["K-1"]})).json()["person"]
    await intake.post("/ledger/imports", ACCOUNTANT, a_file(a_start("K-1")))
    (tenancy,) = [state for key, (_, state) in store.kept.items() if key.kind == "tenancy"]

    assert (tenancy.account, tenancy.tenants) == ("utleie", (person,))
    assert store.kept[Key("person", person)][1].tenancies


@pytest.mark.parametrize(
    ("account_booked", "closed", "booked", "state"),
    [
        (40, 0, 0, "booking"),
        (47, 1, 7, "booking"),
        (50, 1, 10, "booking"),
        (50, 2, 10, "booked"),
        (60, 2, 10, "booked"),
    ],
)
async def test_an_import_is_booked_when_every_tenancy_is_closed(intake, store, account_booked, closed, booked, state):
    row = {
        "import": "a",
        "account": "utleie",
        "as_of": date(2019, 5, 1),
        "lines": 10,
        "closes": 2,
        "total": 50,
        "taken": 10,
    }
    row |= {"number": 3, "closing": True, "whole": True, "fresh": 10, "again": 0, "bad": 0, "bad_open": 0}
    row |= {"account_bad_open": 0, "unplaced": 0, "register": False, "absent": None}
    store.canned = [row | {"account_booked": account_booked, "closed": closed}]
    standing = (await intake.get("/ledger/imports/a", ACCOUNTANT)).json()

    assert (standing["booked"], standing["lines"], standing["state"]) == (booked, 10, state)


async def test_an_import_whose_account_has_open_bad_lines_is_held(intake, store):
    row = {
        "import": "a",
        "account": "utleie",
        "as_of": date(2019, 5, 1),
        "lines": 10,
        "closes": 0,
        "total": 50,
        "taken": 10,
    }
    row |= {"number": 0, "closing": True, "whole": True, "fresh": 9, "again": 0, "bad": 1, "bad_open": 1}
    row |= {"register": False, "absent": None}
    store.canned = [row | {"account_bad_open": 1, "unplaced": 0, "account_booked": 50, "closed": 0}]

    assert (await intake.get("/ledger/imports/a", ACCOUNTANT)).json()["state"] == "held"


async def test_an_import_that_is_not_there_is_not_found(intake):
    assert (await intake.get("/ledger/imports/a", ACCOUNTANT)).status_code == 404
