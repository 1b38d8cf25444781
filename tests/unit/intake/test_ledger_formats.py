"""The forms that finance systems write: each is read as the same facts, and told apart by its first line."""

import json
from datetime import date

import pytest

from intake.domain.ledger.file import NotALedgerFile
from intake.translation.csv_rows import iso, ore
from intake.translation.formats import banks, mappings, mappings_in, recognized
from intake.translation.receiving import Naming, Receiving, Refused
from intake.translation.splitting import LONGEST
from intake.translation.uploading import listed
from tests.finance_files import FORMS, LEDGER, MUNICIPALITY, Fact, comma, json_lines, latin
from tests.ledger_files import Received, dwelling_id, received
from tests.unit.intake.builders import named, public

RENTS = [Fact("F-1", 1234550, "2019-03-15"), Fact("F-2", 800000, "2019-04-15"), Fact("B-1", 5)]


def read_as(raw: bytes, kommunenummer: str, **more) -> Received:
    return received(raw, kommunenummer, named, public, **more)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_every_form_is_read_as_the_same_facts_however_it_is_cut_on_the_way(form, block):
    whose = MUNICIPALITY[form]
    found = read_as(FORMS[form](RENTS), whose, block=block)

    assert [line.fields for line in found.lines] == [
        {"dated_on": date(2019, 3, 1), "amount_ore": 1234550, "due_on": date(2019, 3, 15)},
        {"dated_on": date(2019, 3, 1), "amount_ore": 800000, "due_on": date(2019, 4, 15)},
        {"dated_on": date(2019, 3, 1), "amount_ore": 5},
    ]
    assert (found.bad, found.file.ore, found.file.lines) == ([], 2034555, 3)
    assert (found.file.account, found.file.as_of) == (LEDGER[whose], date(2019, 5, 1))


@pytest.mark.parametrize("form", ["latin", "json"])
def test_a_line_is_the_same_fact_in_another_form_so_that_it_is_booked_once(form):
    own, other = read_as(FORMS["own"](RENTS), "3427"), read_as(FORMS[form](RENTS), "3427")

    assert [(line.id, line.mark) for line in own.lines] == [(line.id, line.mark) for line in other.lines]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12 345,50", "1234550"),
        ("12\u00a0345,5", "1234550"),
        ("12.345", "1234500"),
        ("12345,05", "1234505"),
        ("0,05", "5"),
        ("1.234.567,89", "123456789"),
        *((text, text) for text in ("-5,00", "1.23", "12.34,00", "1,234", "8000.50", "８,00", "kr 5", "1 2345,00", "")),
    ],
)
def test_kroner_are_read_to_the_ore_and_what_is_no_such_amount_is_left_to_be_named(written, meant):
    assert ore(written) == meant


@pytest.mark.parametrize(
    ("written", "form", "meant"),
    [
        ("01.03.2019", "%d.%m.%Y", "2019-03-01"),
        ("1.3.2019", "%d.%m.%Y", "2019-03-01"),
        ("01.03.19", "%d.%m.%y", "2019-03-01"),
        ("29.02.2019", "%d.%m.%Y", "29.02.2019"),
        ("03/01/2019", "%d.%m.%Y", "03/01/2019"),
    ],
)
def test_a_norwegian_date_is_read_and_a_day_that_is_not_there_is_left_to_be_named(written, form, meant):
    assert iso(written, form) == meant


def test_a_bad_amount_and_date_are_named_on_their_line_and_the_others_are_read():
    raw = latin(RENTS).replace(b"12\xa0345,50;15.03.2019", b"12.34,50;31.02.2019")
    found = read_as(raw, "3427")

    assert [(fault.line, fault.field) for fault in found.faults] == [(2, "amount_ore"), (2, "due")]
    assert len(found.lines) == 2


def test_one_bad_json_line_is_named_and_the_others_are_read():
    first, second, *rest = json_lines(RENTS).splitlines(keepends=True)
    found = read_as(b"".join([first, b"{" + second, *rest]), "3427")

    assert [(fault.line, fault.message) for fault in found.faults] == [(2, "er ikke et JSON-objekt")]
    assert len(found.lines) == 2


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"reference":"\\ud800"}', "halvt tegn"),
        (b'{"amount_ore":1,"amount_ore":2}', "to ganger"),
        (b'{"amount_ore":1.5}', "helt tall"),
        (b'{"amount_ore":true}', "helt tall"),
        (b'{"navn":"Kari"}', "noen av navnene"),
        (b"[1]", "JSON-objekt"),
        (b'{"reference":"\xf8"}', "tegnsettet utf-8"),
        (b"[" * 4000, "JSON-objekt"),
        (b"{" + b" " * LONGEST + b"}", "lengre enn"),
    ],
)
def test_a_json_line_that_can_mean_two_things_or_none_is_bad_and_quotes_nothing(line, what):
    _, *rest = json_lines(RENTS).splitlines(keepends=True)
    found = read_as(b"".join([rest[0], line, b"\n", *rest[1:]]), "3427")
    (bad,) = found.bad

    assert [fault.line for fault in bad.faults] == [2]
    assert what in bad.faults[0].message
    assert len(found.lines) == 2


def test_a_value_of_half_a_character_can_be_sealed_as_it_came():
    raw = json_lines(RENTS).replace(b'"F-1"', b'"\\udfff"')
    (bad,) = read_as(raw, "3427").bad

    assert "udfff" in bad.sealed.encode().decode()


@pytest.mark.parametrize("end", range(-3, 4))
def test_a_line_that_is_too_long_is_bad_wherever_it_is_cut_and_whatever_stands_there(end):
    """What is behind the cut isn't known, so what is before it must not be booked, whole as it may look."""
    invoice = b"Faktura;F-9;01.03.2019;K-1;;;5,00;15.03.2019;;"
    padded = invoice + b"x" * (LONGEST + end - len(invoice)) + b"\rmore"
    raw = latin(RENTS).replace(b"SLUTT;3", padded + b"\r\nSLUTT;4")
    found = read_as(raw.replace(b"20\xa0345,55", b"20\xa0350,55"), "3427")

    assert len(found.lines) == 3
    assert [fault.line for fault in found.faults] == [5]


def test_a_long_remark_does_not_hide_that_its_line_was_cut_at_a_return():
    header = b"Bilagsart;Bilagsnr;Bilagsdato;Kontraktsnr;KID;Bel\xf8p;Forfall;Frist;Gjelder bilag;Merknad\n"
    invoice = b"Faktura;F-9;01.03.2019;K-1;;5,00;15.03.2019;;;"
    cut = invoice + b"x" * (LONGEST - len(invoice)) + b"\r;;;\n"
    (bad,) = read_as(header + cut + b"SLUTT;1;01.05.2019;;;5,00;;;;\n", "3427").bad

    assert "lengre enn" in bad.faults[0].message


def test_a_too_long_line_is_called_so_even_where_it_is_cut_within_a_letter():
    raw = comma([Fact("F-1", 500, "2019-03-15", remark="ø" * LONGEST)])
    shifted = comma([Fact("F-10", 500, "2019-03-15", remark="ø" * LONGEST)])

    for each in (raw, shifted):
        assert "lengre enn" in read_as(each, "5027").faults[0].message


def test_a_latin_line_in_a_utf_8_file_is_named_and_the_others_are_read():
    raw = comma(RENTS).replace("Kari Prøve".encode(), "Kari Prøve".encode("latin-1"), 1)

    assert [(fault.line, fault.message) for fault in read_as(raw, "5027").faults] == [
        (2, "er ikke skrevet med tegnsettet utf-8")
    ]


@pytest.mark.parametrize(
    "raw",
    [
        latin(RENTS).decode("latin-1").encode(),
        latin(RENTS).decode("latin-1").encode("utf-16"),
        latin(RENTS).replace(b";Merknad;", b";Bilagsnr;"),
        latin(RENTS).replace(b";Merknad;KID;", b";Merknad;Kid;"),
        b"\r\n \n",
        b"",
    ],
)
def test_a_file_with_another_encoding_a_heading_twice_or_none_at_all_is_refused_whole(raw):
    with pytest.raises(NotALedgerFile):
        read_as(raw, "3427")


def test_a_municipality_without_a_form_of_its_own_has_ours_alone():
    assert len(read_as(FORMS["own"](RENTS), "0301").lines) == 3
    assert len(read_as(json_lines(RENTS), "0301").lines) == 3
    with pytest.raises(NotALedgerFile, match=r"\(boligflyt, boligflyt med alle kolonner, leieregister\)"):
        read_as(latin(RENTS), "0301")


def test_no_municipality_reads_another_ones_form():
    with pytest.raises(NotALedgerFile):
        read_as(comma(RENTS), "3427")
    with pytest.raises(NotALedgerFile):
        read_as(latin(RENTS), "5027")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_without_its_end_record_is_refused_whole(form):
    cut = b"".join(FORMS[form](RENTS).splitlines(keepends=True)[:-1])

    with pytest.raises(Refused):
        read_as(cut, MUNICIPALITY[form])


def test_the_mappings_that_ship_fit_their_own_files():
    assert {mapped.kommunenummer for mapped in mappings()} == {"3427", "5027"}


@pytest.mark.parametrize(
    "entry",
    [
        'name = "x"\ncolumns = {kid = "KID", iban = "IBAN"}',
        'name = "x"\ncolumns = {kid = "KID"}\nkinds = {Faktura = "invoice.isued"}',
        'name = "x"\ncolumns = {kid = "KID"}\ntegnsett = "utf-8"',
        'name = "x"\ncolumns = {kid = "KID"}\nencoding = "latin-en"',
        'columns = {kid = "KID"}',
    ],
)
def test_a_mapping_with_an_unknown_column_kind_key_or_encoding_is_an_error(entry):
    with pytest.raises((ValueError, LookupError)):
        mappings_in(f"[[format]]\n{entry}\n")


@pytest.mark.parametrize("said", ["closes = true", "closes = false", 'end = "SLUTT"', "register = false"])
def test_a_register_that_says_how_it_closes_a_day_is_an_error(said):
    with pytest.raises(ValueError, match=said.partition(" ")[0]):
        mappings_in(f'[[register]]\nname = "x"\n{said}\ncolumns = {{tenancy = "K", date = "F", amount_ore = "L"}}\n')


def test_a_register_that_gives_kinds_is_an_error():
    with pytest.raises(ValueError, match="x: kinds kan ikke stå i et leieregister"):
        mappings_in(
            '[[register]]\nname = "x"\ncolumns = {tenancy = "K", date = "F", amount_ore = "L"}\n'
            'kinds = {Faktura = "invoice.issued"}\n'
        )


@pytest.mark.parametrize("said", ["true", "false"])
def test_a_register_that_is_written_as_a_form_of_the_ledger_is_an_error(said):
    columns = 'columns = {tenancy = "K", date = "F", amount_ore = "L"}'
    with pytest.raises(ValueError, match=r"\[\[register\]\]"):
        mappings_in(f'[[format]]\nname = "x"\nregister = {said}\n{columns}\n')


def test_a_json_value_is_what_a_cell_of_separated_text_would_be():
    (line,) = read_as(json_lines(RENTS[:1]).replace(b"1234550", json.dumps("1234550").encode(), 1), "3427").lines

    assert line.fields["amount_ore"] == 1234550


@pytest.mark.parametrize(("form", "headings"), [("latin", ["Beløp"]), ("comma", ["Sum"]), ("own", []), ("json", [])])
def test_what_is_wrong_is_told_with_what_the_file_calls_its_column(form, headings):
    whose = MUNICIPALITY[form]
    found = Receiving(
        whose,
        "i",
        Naming(named, dwelling_id, public, seal=str),
        lambda first: recognized(first, mappings(), banks(), whose),
    )
    list(found.take(FORMS[form]([Fact("F-1", 0, "2019-03-15")])))
    found.finish()
    told = listed([fault for bad in found.bad for fault in bad.faults], found.headings)

    assert [(each["line"], each["field"]) for each in told] == [(1 if form == "json" else 2, "amount_ore")]
    assert [each["heading"] for each in told if "heading" in each] == headings


def test_a_file_that_is_refused_whole_is_told_with_its_own_headings_too():
    with pytest.raises(Refused) as refused:
        read_as(latin(RENTS).replace(b"SLUTT;3", b"SLUTT;4"), "3427")

    assert [(each["field"], each["heading"]) for each in listed(refused.value.faults, refused.value.headings)] == [
        ("reference", "Bilagsnr")
    ]
