"""A tenancy register: what is new in it becomes the lines that a ledger file would have; the rest changes nothing."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from chassis.errors import Reject
from chassis.outputs import OSLO, Key, Tell
from chassis.testing import Decided, decide
from intake.domain.ledger.books import Kid
from intake.domain.ledger.file import NotALedgerFile
from intake.domain.tenancies import Tenancy, forget
from intake.handlers import HANDLERS
from intake.messages import BookLine, CloseLedger, RepairLine
from intake.translation.formats import mappings, mappings_in
from intake.translation.receiving import CUT
from tests.ledger_files import dwelling_id, received
from tests.unit.intake.builders import a_file, a_line, a_national_id, a_start, named, public, read
from tests.unit.intake.test_imports import accept, bad_lines, standing

HEADER = "account;tenancy;kid;rent_ore;start;end;dwelling;lease_start;lease_end;rent_from"
X, Y, Z = "1001015", "1002013", "1003011"  # KIDs


def a_row(tenancy: str = "K-1", **columns: str) -> str:
    cells = {"account": "utleie", "tenancy": tenancy, "rent_ore": "800000", "start": "2019-01-01"} | columns
    return ";".join(cells.get(column, "") for column in HEADER.split(";"))


UNREADABLE = a_row() + ";"  # a cell too many: nobody knows whose it is


def a_register(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def took(*files: bytes, on: str = "2020-01-02", states=None) -> Decided:
    """One after the other, all on that day; what the last of them came to."""
    now = datetime.fromisoformat(f"{on}T09:00").replace(tzinfo=OSLO)
    begun = Decided(dict(states or {}), [])
    for number, raw in enumerate(files):
        begun = accept(raw, begun.states, id=f"import of {on} {number}", now=now)
    return begun


def repair(decided: Decided, row: str) -> Decided:
    """The only bad line, repaired as this row."""
    ((id, bad),) = bad_lines(decided.states).items()
    (line,) = read(a_register(row), import_id=bad.import_id).lines
    public_ids, contracts = {line.tenancy: public(line.tenancy)}, {line.tenancy: "K-1"}
    command = RepairLine(line=line, public_ids=public_ids, contracts=contracts, version=1, by="kari")
    return decide(HANDLERS, decided.states, id, command)


def told(decided: Decided) -> list[tuple[str, str, dict]]:
    """Whose, kind and fields of each line that a tenancy is told."""
    lines = [tell for tell in decided.only(Tell) if isinstance(tell.message, BookLine)]
    return [(tell.key.id.split()[-1], tell.message.kind, dict(tell.message.fields)) for tell in lines]


def faults(decided: Decided) -> list[tuple[int, str]]:
    return [(bad.number, field) for bad in bad_lines(decided.states).values() for field, _ in bad.faults]


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_a_tenancy_that_is_not_known_is_started_with_all_that_the_register_says():
    row = a_row(kid=X, lease_start="2019-01-01", lease_end="2021-12-31", dwelling="B-117", rent_from="2019-07-01")

    assert told(took(a_register(row))) == [
        (
            "K-1",
            "tenancy.started",
            {
                "started_on": day("2019-01-01"),
                "rent_ore": 800000,
                "kid": X,
                "lease_ends_on": day("2021-12-31"),
                "dwelling": dwelling_id("B-117"),
            },
        )
    ]


def test_one_that_ended_long_ago_is_started_and_ended():
    (_, start, _), (_, end, fields) = told(took(a_register(a_row(end="2019-10-31"))))

    assert (start, end, fields) == ("tenancy.started", "tenancy.ended", {"ended_on": day("2019-10-31")})


def test_the_same_register_twice_changes_nothing():
    raw = a_register(a_row(kid=X, lease_end="2021-12-31", dwelling="B-1"), a_row("K-2", end="2019-12-31"))
    again = took(raw, raw)

    assert (told(again), standing(again, "import of 2020-01-02 1").again) == ([], 2)


@pytest.mark.parametrize(
    ("before", "after", "kind", "fields"),
    [
        ({}, {"rent_ore": "810000"}, "tenancy.changed", {"changed_on": "2020-01-02", "rent_ore": 810000}),
        (
            {},
            {"rent_ore": "810000", "rent_from": "2019-12-01"},
            "tenancy.changed",
            {"changed_on": "2019-12-01", "rent_ore": 810000},
        ),
        ({"kid": X}, {"kid": Y}, "tenancy.changed", {"changed_on": "2020-01-02", "kid": Y}),
        ({}, {"dwelling": "B-2"}, "tenancy.changed", {"changed_on": "2020-01-02", "dwelling": dwelling_id("B-2")}),
        ({}, {"start": "2019-02-01"}, "tenancy.changed", {"changed_on": "2020-01-02", "started_on": "2019-02-01"}),
        (
            {"lease_end": "2021-12-31"},
            {"lease_end": "2021-06-30"},
            "tenancy.changed",
            {"changed_on": "2020-01-02", "lease_ends_on": "2021-06-30"},
        ),
        (
            {"lease_end": "2019-12-31"},
            {"lease_end": "2022-12-31", "lease_start": "2020-01-01"},
            "tenancy.renewed",
            {"renewed_on": "2020-01-01", "lease_ends_on": "2022-12-31"},
        ),
        (
            {"lease_end": "2019-12-31"},
            {"lease_end": ""},
            "tenancy.renewed",
            {"renewed_on": "2020-01-02", "lease_ends_on": None},
        ),
        ({}, {"end": "2019-12-31"}, "tenancy.ended", {"ended_on": "2019-12-31"}),
        ({"end": "2019-12-31"}, {"end": "2019-11-30"}, "tenancy.ended", {"ended_on": "2019-11-30"}),
    ],
)
def test_what_is_another_in_the_next_register_is_told_once(before, after, kind, fields):
    first, second = a_register(a_row(**before)), a_register(a_row(**before | after))
    (line,) = told(took(first, second))

    assert line[1] == kind
    assert {name: str(value) for name, value in line[2].items()} == {name: str(value) for name, value in fields.items()}
    assert told(took(first, second, second)) == []


def test_what_was_and_becomes_again_is_told_each_time():
    cheap, dear = a_register(a_row()), a_register(a_row(rent_ore="900000"))
    ids = [tell.id for files in ([cheap, dear], [cheap, dear, cheap, dear]) for tell in took(*files).only(Tell)]

    assert [line[2]["rent_ore"] for line in told(took(cheap, dear, cheap))] == [800000]
    assert len(set(ids)) == 2


def test_a_rent_that_holds_from_a_later_day_is_told_by_the_first_register_of_that_day_or_later():
    before, dear = a_register(a_row()), a_register(a_row(rent_ore="900000", rent_from="2020-02-01"))
    early = took(before, dear)

    assert told(early) == []
    assert told(took(dear, on="2020-02-01", states=early.states)) == [
        ("K-1", "tenancy.changed", {"changed_on": day("2020-02-01"), "rent_ore": 900000})
    ]


def test_an_end_that_is_to_come_is_told_by_the_first_register_of_that_day_or_later():
    leaving = a_register(a_row(end="2020-01-31"))
    early = took(a_register(a_row()), leaving)

    assert told(early) == []
    assert told(took(leaving, on="2020-01-31", states=early.states)) == [
        ("K-1", "tenancy.ended", {"ended_on": day("2020-01-31")})
    ]


def test_a_register_that_says_the_same_as_before_takes_back_nothing_that_the_ledger_has_said_since():
    register = a_register(a_row(kid=X))
    ledger = a_file(a_line("tenancy.changed", "C-1", amount_ore="900000"))

    assert told(took(register, ledger, register)) == []


def test_a_tenancy_that_a_ledger_file_started_is_changed_where_the_register_says_otherwise():
    ledger = a_file(a_start(kid=X, until="2021-12-31"))

    assert told(took(ledger, a_register(a_row(kid=X, lease_end="2021-12-31")))) == []
    assert [fields for _, _, fields in told(took(ledger, a_register(a_row(kid=Y, lease_end="2021-12-31"))))] == [
        {"changed_on": day("2020-01-02"), "kid": Y}
    ]


def test_an_empty_kid_or_dwelling_says_nothing():
    assert told(took(a_register(a_row(kid=X, dwelling="B-1")), a_register(a_row()))) == []


def test_a_register_that_has_no_column_for_the_lease_and_the_end_says_nothing_of_them():
    mapped = mappings_in(
        '[[register]]\nkommunenummer="3427"\nname="x"\naccount="utleie"\nkroner=true\n'
        'columns={tenancy="Kontrakt",date="Fra",amount_ore="Leie"}\n'
    )
    short = "Kontrakt;Navn;Fra;Leie\nK-1;Kari Prøve;2019-01-01;8 000,00\n".encode()
    (line,) = received(short, "3427", named, public, formats=mapped).lines

    assert line.fields == {"started_on": day("2019-01-01"), "rent_ore": 800000}


def test_a_tenancy_that_has_ended_in_the_books_and_stands_in_the_register_is_for_a_person_to_look_at():
    ended = a_file(a_start(), a_line("tenancy.ended", "E-1", date="2019-06-30"))
    decided = took(ended, a_register(a_row()))

    assert (faults(decided), told(decided)) == ([(2, "ended")], [])


def test_one_that_is_not_in_the_register_is_not_ended_and_can_be_found():
    first = took(a_register(a_row("K-1"), a_row("K-2")))
    second = took(a_register(a_row("K-2")), on="2020-01-03", states=first.states)
    listed = {id: second.states[Key("tenancy", f"tenancy {id}")].terms.register for id in ("K-1", "K-2")}

    assert told(second) == []
    assert listed == {"K-1": "import of 2020-01-02 0", "K-2": "import of 2020-01-03 0"}
    assert second.states[Key("tenancy", "tenancy K-1")].terms.contract == "K-1"


def test_a_register_is_not_taken_for_a_bank_day():
    decided = took(a_file(a_start()), a_register(a_row(rent_ore="1")), on="2020-01-02")
    file = standing(decided, "import of 2020-01-02 1")

    assert [tell for tell in decided.only(Tell) if isinstance(tell.message, CloseLedger)] == []
    assert (file.register, file.closing, file.as_of) == (True, False, day("2020-01-02"))
    assert decided.states[Key("account", "3427:utleie")].imports == 1


def test_each_row_that_cannot_be_taken_is_named_and_the_others_go_in():
    rows = [
        a_row("K-1"),
        a_row("K-2", rent_ore="0"),
        a_row("K-3", kid="1001016"),
        a_row("K-4", end="2018-12-31"),
        a_row("K-5", lease_end="31.12.2021"),
        a_row("K-1", rent_ore="1"),
        a_row("K-6", dwelling=a_national_id()),
        a_row("K-7"),
    ]
    decided = took(a_register(*rows))

    assert sorted(faults(decided)) == [
        (3, "amount_ore"),
        (4, "kid"),
        (5, "ended"),
        (6, "until"),
        (7, "tenancy"),
        (8, "dwelling"),
    ]
    assert [whose for whose, _, _ in told(decided)] == ["K-1", "K-7"]


def test_a_tenancy_of_another_account_is_not_taken_over():
    decided = took(a_register(a_row()), a_register(a_row(account="garasje")))

    assert (faults(decided), told(decided)) == ([(2, "tenancy")], [])


def test_a_last_row_that_may_have_been_cut_is_for_a_person_to_look_at():
    whole = a_register(a_row("K-1"), a_row("K-2"))
    found = read(whole[:-1])

    assert [(fault.line, fault.message) for fault in found.faults] == [(3, CUT)]
    assert [line.tenancy for line in found.lines] == ["tenancy K-1"]


@pytest.mark.parametrize("raw", [a_register(), HEADER.encode(), a_register(a_row(account=a_national_id()))])
def test_a_register_without_rows_or_without_an_account_is_refused_whole(raw):
    with pytest.raises(NotALedgerFile):
        read(raw)


def test_a_row_that_comes_right_in_the_next_register_settles_the_bad_one():
    decided = took(a_register(a_row(rent_ore="0")), a_register(a_row()))

    assert [bad.status for bad in bad_lines(decided.states).values()] == ["came_later"]
    assert decided.states[Key("account", "3427:utleie")].bad == {}


def test_a_bad_row_is_repaired_as_the_row_that_it_should_have_been():
    repaired = repair(took(a_register(a_row(rent_ore="0"))), a_row(kid=X))

    assert [(kind, fields["rent_ore"]) for _, kind, fields in told(repaired)] == [("tenancy.started", 800000)]
    assert repaired.states[Key("tenancy", "tenancy K-1")].terms.contract == "K-1"


def test_a_bad_row_of_an_old_register_says_nothing_of_a_tenancy_that_a_newer_one_has():
    november = took(a_register(UNREADABLE, a_row("K-2")), on="2019-11-01")
    december = took(a_register(a_row(rent_ore="900000")), on="2019-12-01", states=november.states)

    with pytest.raises(Reject, match="Et nyere leieregister har leieforholdet") as refused:
        repair(december, a_row())
    assert (refused.value.code, refused.value.status) == ("newer_register", 422)


def test_a_newer_register_of_the_same_day_is_newer_too():
    morning = took(a_register(UNREADABLE, a_row("K-2")), on="2020-01-02")
    evening = accept(a_register(a_row()), morning.states, id="evening", now=datetime(2020, 1, 2, 19, tzinfo=OSLO))

    with pytest.raises(Reject, match="nyere leieregister"):
        repair(evening, a_row())


def test_a_bad_row_of_the_newest_register_is_repaired_where_an_older_one_has_the_tenancy():
    november = took(a_register(a_row()), on="2019-11-01")
    december = took(a_register(UNREADABLE, a_row("K-2")), on="2019-12-01", states=november.states)

    assert [fields["rent_ore"] for _, _, fields in told(repair(december, a_row(rent_ore="900000")))] == [900000]


def test_a_kid_that_moves_to_another_contract_is_that_ones_from_then_on():
    register = took(a_register(a_row("K-1", kid=X), a_row("K-2", kid=Y)), on="2020-01-02")
    moved = took(a_register(a_row("K-1", kid=Z), a_row("K-2", kid=X)), on="2020-02-01", states=register.states)
    paid = [
        a_line("payment.registered", f"B-{on}", tenancy="", kid=X, date=on)
        for on in ("2020-01-15", "2020-02-01", "2020-03-01")
    ]
    decided = took(a_file(*paid, as_of="2020-03-02"), on="2020-03-02", states=moved.states)
    whose = [(who, str(fields["dated_on"])) for who, kind, fields in told(decided) if kind == "payment.registered"]

    assert whose == [("K-2", "2020-02-01"), ("K-2", "2020-03-01")]
    assert [key.kind for key, state in decided.states.items() if state and key.kind == "suspense"] == ["suspense"]


def test_a_kid_that_two_contracts_have_at_once_is_for_a_person_to_place():
    register = took(a_register(a_row("K-1", kid=X), a_row("K-2", kid=X)))
    paid = a_line("payment.registered", "B-1", tenancy="", kid=X, date="2020-01-15")
    decided = took(a_file(paid, as_of="2020-01-16"), on="2020-01-16", states=register.states)

    assert [kind for _, kind, _ in told(decided)] == ["payment.held", "payment.held"]


def test_an_old_kid_that_nobody_else_has_is_still_the_tenancys():
    register = took(a_register(a_row(kid=X)), a_register(a_row(kid=Y)))
    paid = a_line("payment.registered", "B-1", tenancy="", kid=X, date="2020-01-15")

    assert register.states[Key("kid", f"3427:utleie:{X}")] == Kid(("tenancy K-1",), {"tenancy K-1": day("2020-01-02")})
    assert [
        who
        for who, kind, _ in told(took(a_file(paid, as_of="2020-01-16"), on="2020-01-16", states=register.states))
        if kind == "payment.registered"
    ] == ["K-1"]


def test_who_lives_there_stays_as_it_was_registered():
    before = {Key("tenancy", "tenancy K-1"): Tenancy(tenants=("p",))}
    decided = took(a_register(a_row()), a_register(a_row(rent_ore="1")), states=before)

    assert decided.states[Key("tenancy", "tenancy K-1")].tenants == ("p",)


def test_with_the_last_tenant_the_contracts_name_goes():
    tenancy = took(a_register(a_row()), states={Key("tenancy", "tenancy K-1"): Tenancy(tenants=("p",))})
    after = forget(tenancy.states[Key("tenancy", "tenancy K-1")], "p")
    assert (after.vacant, after.terms) == (True, replace(after.terms, contract=""))


def test_a_later_register_brings_back_no_name_of_a_contract_whose_tenants_are_erased():
    before = {Key("tenancy", "tenancy K-1"): Tenancy("utleie", "public tenancy K-1", vacant=True)}
    states = took(a_register(a_row()), states=before).states

    assert states[Key("tenancy", "tenancy K-1")].terms.contract == ""


LATIN = (
    "Kontraktsnr;Leietaker;KID;Månedsleie;Leie fra;Innflytting;Utflytting;Boligkode;Kontrakt fra;Kontrakt til\r\n"
    "K-1;Kari Prøve;1001015;8\u00a0500,00;01.07.2019;01.01.2019;;B-117;01.01.2019;31.12.2021\r\n"
).encode("latin-1")
COMMA = ('Kontrakt,Leietaker,KID,Leie,Fra,Til,Bolig\nK-1,"Prøve, Kari",1001015,"8.500,00",01.01.19,,B-117\n').encode(
    "utf-8-sig"
)


@pytest.mark.parametrize(
    ("kommunenummer", "raw", "account"), [("3427", LATIN, "3427-husleie"), ("5027", COMMA, "kommunale-boliger")]
)
@pytest.mark.parametrize("block", [1, 1 << 20])
def test_each_municipalitys_own_register_is_read_as_its_mapping_says(kommunenummer, raw, account, block):
    found = received(raw, kommunenummer, named, public, block=block)
    (line,) = found.lines

    assert (line.fields["rent_ore"], line.fields["kid"], line.dated_on) == (850000, X, day("2019-01-01"))
    assert line.fields["dwelling"] == dwelling_id("B-117")
    assert (found.file.account, found.file.as_of, found.file.closes) == (account, None, False)


@pytest.mark.parametrize(
    "columns", ['{tenancy="K", date="F"}', '{tenancy="K", date="F", amount_ore="L", due="Forfall"}']
)
def test_a_register_whose_mapping_lacks_what_each_tenancy_has_or_has_what_none_has_is_an_error(columns):
    with pytest.raises(ValueError, match=r"amount_ore|due"):
        mappings_in(f'[[register]]\nname="x"\ncolumns={columns}\n')


def test_a_register_ships_with_every_municipality_that_has_a_ledger_format():
    assert {mapped.kommunenummer for mapped in mappings() if mapped.register} == {"3427", "5027"}


def test_a_row_of_a_register_has_no_place_in_a_ledger_file():
    assert [fault.field for fault in read(a_file(a_line("tenancy.registered", "K-1"))).faults] == ["kind"]
