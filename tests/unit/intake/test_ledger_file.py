"""The file's form: what each kind of line must hold, and that every fault is named by line and field."""

from dataclasses import replace
from datetime import date

import pytest

from intake.domain.ledger.columns import READ, Unfit
from intake.domain.ledger.file import NotALedgerFile
from intake.domain.ledger.kinds import KINDS
from intake.translation.receiving import Refused
from tests.ledger_files import received
from tests.unit.intake.builders import HEADER, a_file, a_line, a_start, changed, faults_of, named, public, read, widened


def test_a_line_becomes_the_fields_of_its_event():
    (line,) = read(a_file(a_line("invoice.issued", "F-1", kid="10000016"))).lines

    assert line.tenancy == "tenancy K-1"
    assert line.fields == {
        "dated_on": date(2019, 3, 1),
        "amount_ore": 800000,
        "due_on": date(2019, 3, 15),
        "kid": "10000016",
    }


def test_an_amendment_names_the_amended_line_by_its_id():
    invoice, credit = read(a_file(a_line(), a_line("invoice.credited", "C-1"))).lines

    assert credit.fields["amends"] == credit.amends == invoice.id


def test_the_same_line_has_the_same_id_in_every_file_and_another_in_each_municipality():
    (line,), (again,) = read(a_file(a_line())).lines, read(a_file(a_line(), as_of="2019-06-01")).lines
    elsewhere = received(a_file(a_line()), "5027", named, public)

    assert line.id == again.id != elsewhere.lines[0].id


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_line_can_be_written(kind):
    (line,) = read(a_file(a_line(kind, "X-1"))).lines

    assert line.kind == kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", HEADER.split(";"))
def test_a_column_is_required_optional_or_empty_as_its_kind_says(kind, column):
    use, line = KINDS[kind].use(column), a_line(kind, "X-1")
    filled = {"kid": "10000016", "amount_ore": "5", "due": "2019-04-01", "until": "2019-04-01", "amends": "F-1"}

    if (kind, column) == ("payment.registered", "tenancy"):
        assert (2, column) in faults_of(a_file(changed(line, column, "")))
        assert read(a_file(changed(changed(line, column, ""), "kid", "10000016"))).bad == []
    elif use == "required":
        assert (2, column) in faults_of(a_file(changed(line, column, "")))
    elif use == "optional":
        assert read(a_file(changed(line, column, filled[column])))
    else:
        assert faults_of(a_file(changed(line, column, filled[column]))) == [(2, column)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("column", "text"), [("dated", "2019-02-28"), ("received", "2019-03-04"), ("code", "deduction")]
)
def test_a_wide_files_columns_are_optional_or_empty_as_their_kind_says(kind, column, text):
    file = widened(a_file(a_line(kind, "X-1")), **{column: text})

    if KINDS[kind].use(column) == "optional":
        (line,) = read(file).lines
        assert text in map(str, line.fields.values())
    else:
        assert faults_of(file) == [(2, column)]


def test_a_line_is_the_same_in_a_wide_file_and_another_when_a_wide_column_is_filled():
    file = a_file(a_line("eviction_notice.sent", "V-1"))
    (narrow,), (wide,) = read(file).lines, read(widened(file)).lines
    (filled,) = read(widened(file, received="2019-03-05")).lines

    assert replace(narrow, sealed="") == replace(wide, sealed="")
    assert (filled.id, filled.mark == narrow.mark) == (narrow.id, False)
    assert filled.fields["received_on"] == date(2019, 3, 5)


def test_a_code_is_one_of_its_kinds():
    assert faults_of(widened(a_file(a_line("direct_debit.ended", "D-1")), code="efaktura")) == [(2, "code")]


@pytest.mark.parametrize("cut", [b";dated;received;code", b";code"])
def test_every_line_is_as_wide_as_the_header(cut):
    header, rest = widened(a_file(a_line())).split(b"\n", 1)

    if cut == b";code":
        with pytest.raises(NotALedgerFile):
            read(header.removesuffix(cut) + b"\n" + rest)
    else:
        assert faults_of(header.removesuffix(cut) + b"\n" + rest) == [(2, ""), (3, "kind")]


def test_a_plans_instalments_name_its_first_line():
    first, second = read(
        a_file(a_line("payment_plan.agreed", "A-1"), a_line("payment_plan.agreed", "A-2", amends="A-1"))
    ).lines

    assert (first.amends, "amends" in first.fields) == ("", False)
    assert second.fields["amends"] == first.id


def test_a_change_of_nothing_is_refused():
    assert faults_of(a_file(a_line("tenancy.changed", "X-1", amount_ore=""))) == [(2, "amount_ore"), (2, "kid")]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("date", "2019-02-29"),
        ("date", "20190301"),
        ("date", "1989-12-31"),
        ("date", "2101-01-01"),
        ("amount_ore", "0"),
        ("amount_ore", "-5"),
        ("amount_ore", "800,50"),
        ("amount_ore", "007"),
        ("amount_ore", "1000000000001"),
        ("amount_ore", "８"),
        ("kid", "10000018"),
        ("kid", "1"),
        ("kid", "1" * 26),
        ("kid", "A0000016"),
        ("reference", " F-1"),
        ("reference", "x" * 65),
        ("reference", "F\x001"),
        ("tenancy", "K-1 "),
        ("due", "15.03.2019"),
    ],
)
def test_what_does_not_fit_its_column_is_named(column, text):
    raw = a_file(a_line()).decode().replace(a_line(), changed(a_line(), column, text)).encode()

    assert (2, column) in faults_of(raw)


@pytest.mark.parametrize("digits", ["1", "6", "999", "1000001", "31415926535", "271828182845904523536028"])
def test_a_kid_ends_in_a_check_digit_by_mod_10_or_mod_11_and_in_no_other(digits):
    for last in "0123456789-":
        if last in _right(digits):
            assert READ["kid"](digits + last)
        else:
            with pytest.raises(Unfit):
                READ["kid"](digits + last)


def _right(digits: str) -> set[str]:
    """Both check digits by the textbook: Luhn's doubled digits; weights 2–7 from the right, 10 written `-`."""
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(digits[::-1])]
    luhn = (10 - sum(sum(map(int, str(n))) for n in doubled) % 10) % 10
    weighed = (11 - sum(int(d) * (2, 3, 4, 5, 6, 7)[i % 6] for i, d in enumerate(digits[::-1])) % 11) % 11
    return {str(luhn), "-" if weighed == 10 else str(weighed)}


@pytest.mark.parametrize("column", ["reference", "tenancy", "kid", "amends"])
def test_a_birth_number_is_refused_wherever_it_hides_and_never_quoted(column):
    line = a_line("invoice.credited" if column == "amends" else "invoice.issued")
    found = read(a_file(changed(line, column, "20914695016")))

    assert found.lines == []
    assert (2, column) in [(f.line, f.field) for f in found.faults]
    assert not any("20914695016" in f.message for f in found.faults)


def test_an_account_that_is_a_birth_number_is_refused():
    raw = a_file(a_line(account="20914695016"), account="20914695016")

    assert (2, "account") in faults_of(raw)


def test_every_fault_of_every_line_is_named_in_one_go():
    raw = a_file(a_line(due="", kid="7"), a_line("coffee.served", "X"), a_line(reference="F-2", amends="F-1"))

    assert faults_of(raw) == [(2, "kid"), (2, "due"), (3, "kind"), (4, "amends")]


def test_a_deadline_before_its_notice_is_refused():
    assert faults_of(a_file(a_line("eviction_notice.sent", "V-1", until="2019-02-01"))) == [(2, "until")]


def test_all_lines_are_of_the_account_that_is_closed():
    assert faults_of(a_file(a_line(), a_line(reference="F-2", account="annen"))) == [(3, "account")]
    assert faults_of(a_file(a_line(account="annen"))) == [(3, "account")]


@pytest.mark.parametrize(
    ("end", "column"),
    [
        ("utleie;ledger.closed;2;2019-05-01;;;800000;;;", "reference"),
        ("utleie;ledger.closed;1;2019-05-01;;;800001;;;", "amount_ore"),
        ("utleie;ledger.closed;1;2019-05-01;;;;;;", "amount_ore"),
        ("utleie;ledger.closed;1;;;;800000;;;", "date"),
        ("utleie;ledger.closed;1;2019-05-01;K-1;;800000;;;", "tenancy"),
        ("ut leie;ledger.closed;1;2019-05-01;;;800000;;;", "account"),
        ("utleie;payment.registered;B-1;2019-05-01;K-1;;800000;;;", "kind"),
    ],
)
def test_a_file_is_whole_only_with_a_right_last_line(end, column):
    assert (3, column) in faults_of(f"{HEADER}\n{a_line()}\n{end}\n".encode())


def test_a_file_cut_off_in_the_middle_is_refused():
    raw = a_file(a_start(), a_line())

    assert faults_of(raw[: raw.rindex(b"utleie;ledger")]) == [(3, "kind")]


def test_a_line_with_too_few_columns_is_named():
    assert faults_of(f"{HEADER}\nutleie;x\nutleie;ledger.closed;1;2019-05-01;;;0;;;\n".encode()) == [(2, "")]


def test_an_empty_line_is_none_at_all():
    assert faults_of(f"{HEADER}\n\n{a_line()}\n \nutleie;ledger.closed;1;2019-05-01;;;800000;;;\n\n".encode()) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        HEADER.encode(),
        a_file(a_line()).replace(b"amends", b"endrer"),
        a_file(a_line()).replace(b";", b","),
    ],
)
def test_what_is_no_ledger_file_at_all_says_so(raw):
    with pytest.raises(NotALedgerFile):
        read(raw)


@pytest.mark.parametrize(
    "line",
    [
        a_line("payment.registered", "æ").encode("latin-1"),
        b'"utleie',
        a_line(reference="F\x00", amount_ore="x").encode(),
        a_line(reference="x" * 5000).encode(),
        b"x" * 1_000_000,
        a_line(reference="=HYPERLINK(1)", amount_ore="=1+1").encode(),
        (HEADER + ";amends").encode(),
    ],
)
def test_a_line_that_cannot_be_read_is_bad_and_the_others_are_not(line):
    end = b"utleie;ledger.closed;3;2019-05-01;;;1600000;;;"
    raw = b"\n".join([HEADER.encode(), a_start().encode(), line, a_line().encode(), end])
    found = read(raw, block=100)

    assert [line.kind for line in found.lines] == ["tenancy.started", "invoice.issued"]
    assert {fault.line for fault in found.faults} == {3}


def test_what_cannot_be_read_may_be_what_the_end_record_counts_more_but_never_less():
    lines = [HEADER, a_line(), a_line(reference="F-2", amount_ore="1,5")]
    more, less = (f"utleie;ledger.closed;2;2019-05-01;;;{total};;;" for total in (900_000, 700_000))

    assert faults_of("\n".join([*lines, more]).encode()) == [(3, "amount_ore")]
    assert (4, "amount_ore") in faults_of("\n".join([*lines, less]).encode())


def test_a_file_where_nearly_nothing_can_be_read_is_refused_whole():
    with pytest.raises(Refused):
        read(a_file(a_start(), *(a_line(reference=f"F-{n}", due="") for n in range(1_001))))


def test_the_parts_are_the_same_however_the_file_streams_in():
    raw = a_file(a_start(), *(a_line(reference=f"F-{n}") for n in range(2_500)))
    whole, dripping = read(raw), read(raw, block=777)

    assert [len(chunk.lines) for chunk in whole.chunks] == [1_000, 1_000, 501]
    assert dripping == whole


def test_a_spreadsheets_mark_and_line_ends_are_taken():
    raw = b"\xef\xbb\xbf" + a_file(a_line()).replace(b"\n", b"\r\n")

    assert len(read(raw).lines) == 1
