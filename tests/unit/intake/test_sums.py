"""What a file holds by kind and day, and that it comes to what its last line says."""

from datetime import date

from chassis.outputs import Key
from intake.domain.ledger.entry import Import
from intake.domain.ledger.sums import Sum
from intake.domain.tenancies import Tenancy, forget
from intake.projection import project
from tests.unit.intake.builders import a_file, a_line, a_start
from tests.unit.intake.test_imports import accept

START = a_start(amount_ore="700000")
LINES = (
    START,
    a_line(reference="F-1", amount_ore="100"),
    a_line(reference="F-2", amount_ore="250"),
    a_line(reference="F-3", amount_ore="5", date="2019-04-01"),
    a_line("payment.registered", "B-1", amount_ore="40"),
    a_line("payment.reversed", "R-1"),
)


def accepted(decided, id: str = "import-1") -> Import:
    return decided.states[Key("import", id)]


def test_a_files_sums_are_by_kind_and_day():
    assert accepted(accept(a_file(*LINES))).sums == (
        Sum("invoice.issued", date(2019, 3, 1), 2, 350),
        Sum("invoice.issued", date(2019, 4, 1), 1, 5),
        Sum("payment.registered", date(2019, 3, 1), 1, 40),
        Sum("payment.reversed", date(2019, 3, 1), 1, 0),
        Sum("tenancy.started", date(2019, 1, 1), 1, 700_000),
    )


def test_they_come_to_the_number_and_the_amount_of_its_last_line():
    found = accepted(accept(a_file(*LINES)))

    assert found.lines == sum(each.lines for each in found.sums) == len(LINES)
    assert found.ore == sum(each.ore for each in found.sums) == 700_395


def test_a_line_that_stood_in_an_earlier_file_counts_in_that_one_alone():
    first = accept(a_file(*LINES))
    second = accept(a_file(*LINES, a_line(reference="F-9", amount_ore="7")), first.states, id="import-2")

    assert accepted(second, "import-2").sums == (Sum("invoice.issued", date(2019, 3, 1), 1, 7),)
    assert accepted(second, "import-2").ore == 700_402


def test_they_are_projected_with_account_and_last_day():
    rows = project(Key("import", "import-1"), "3427", accepted(accept(a_file(START))))["import_sums"]

    assert rows == [
        {
            "import": "import-1",
            "kommunenummer": "3427",
            "account": "utleie",
            "as_of": date(2019, 5, 1),
            "kind": "tenancy.started",
            "dated_on": date(2019, 1, 1),
            "lines": 1,
            "amount_ore": 700_000,
        }
    ]


def test_the_newest_day_of_an_erased_tenancys_lines_is_projected_and_of_no_other():
    lived_in = Tenancy("utleie", "x", ("p", "q"), "ended", newest_on=date(2013, 5, 31))
    one_left = forget(lived_in, "p")

    def until(tenancy: Tenancy) -> date | None:
        return project(Key("tenancy", "t"), "3427", tenancy)["bookings"][0]["vacant_until"]

    assert (until(lived_in), until(one_left), until(forget(one_left, "q"))) == (None, None, date(2013, 5, 31))
