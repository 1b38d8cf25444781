"""Accepting a file: against what is booked, all or nothing, and what is told to whom."""

from datetime import datetime
from uuid import UUID

import pytest

from chassis.errors import Reject
from chassis.outputs import OSLO, Key, Reply, Tell
from chassis.testing import Decided, decide
from intake.domain.ledger import books
from intake.domain.tenancies import Tenancy
from intake.handlers import HANDLERS
from intake.messages import AcceptImport, BookLine, CloseLedger
from tests.unit.intake.builders import LATER, a_file, a_line, a_start, read


def accept(raw: bytes, states=None, *, id: str = "import-1", now: datetime = LATER) -> Decided:
    file = read(raw)
    public_ids = {tenancy: f"public {tenancy}" for tenancy in books.started(file)}
    return decide(HANDLERS, states or {}, id, AcceptImport(file=file, public_ids=public_ids), now=now)


def told(decided: Decided) -> list[tuple[str, str]]:
    return [(tell.key.id, getattr(tell.message, "kind", "close")) for tell in decided.only(Tell)]


def said(decided: Decided) -> dict:
    (reply,) = decided.only(Reply)
    return reply.data


def faults(raw: bytes, states) -> list[tuple[int, str]]:
    """As the door finds them."""
    file, kept = read(raw), {key.id: state for key, state in states.items() if key.kind == "ledger_shard" and state}
    tenancies = {key.id: state.account for key, state in states.items() if key.kind == "tenancy" and state}
    found = books.review(file, states.get(Key("account", file.key)), kept, tenancies)
    return [(fault.line, fault.field) for fault in found.faults]


def test_each_tenancy_is_told_its_lines_in_the_files_order_and_then_the_close():
    lines = (a_start("K-1"), a_start("K-2"), a_line(), a_line("payment.registered", "B-1", tenancy="K-2"))

    assert told(accept(a_file(*lines))) == [
        ("tenancy K-1", "tenancy.started"),
        ("tenancy K-2", "tenancy.started"),
        ("tenancy K-1", "invoice.issued"),
        ("tenancy K-2", "payment.registered"),
        ("tenancy K-1", "close"),
        ("tenancy K-2", "close"),
    ]


def test_a_told_line_goes_by_its_own_id():
    decided = accept(a_file(a_start(), a_line()))

    assert [str(t.id) for t in decided.only(Tell)] == [t.message.line_id for t in decided.only(Tell)]
    assert all(isinstance(t.id, UUID) for t in decided.only(Tell))


def test_a_tenancy_belongs_to_the_account_from_the_moment_its_start_is_accepted():
    decided = accept(a_file(a_start()))

    assert decided.states[Key("tenancy", "tenancy K-1")] == Tenancy("utleie", "public tenancy K-1")


def test_tenants_registered_before_the_tenancy_are_kept():
    before = {Key("tenancy", "tenancy K-1"): Tenancy(tenants=("p",))}

    assert accept(a_file(a_start()), before).states[Key("tenancy", "tenancy K-1")].tenants == ("p",)


def test_the_same_file_again_books_nothing_and_says_so():
    raw = a_file(a_start(), a_line())
    first = accept(raw)
    again = accept(raw, first.states, id="import-2")

    assert again.only(Tell) == []
    assert said(again)["fresh"] == 0
    assert said(again)["already_booked"] == 2
    assert "Ingenting er bokført på nytt" in said(again)["message"]


def test_the_next_file_books_what_is_new_and_closes_every_tenancy_of_the_account():
    first = accept(a_file(a_start("K-1"), a_start("K-2")))
    second = accept(a_file(a_start("K-1"), a_line(), as_of="2019-06-01"), first.states, id="import-2")

    assert told(second) == [("tenancy K-1", "invoice.issued"), ("tenancy K-1", "close"), ("tenancy K-2", "close")]
    assert (said(second)["fresh"], said(second)["already_booked"]) == (1, 1)
    assert {t.message.number for t in second.only(Tell) if isinstance(t.message, CloseLedger)} == {2}


def test_a_day_without_lines_is_closed_all_the_same():
    first = accept(a_file(a_start()))

    assert told(accept(a_file(as_of="2019-05-02"), first.states, id="import-2")) == [("tenancy K-1", "close")]


def test_more_lines_for_a_closed_day_close_it_anew_where_they_are():
    first = accept(a_file(a_start("K-1"), a_start("K-2")))
    more = accept(a_file(a_line()), first.states, id="import-2")
    closes = [tell for tell in more.only(Tell) if isinstance(tell.message, CloseLedger)]

    assert [(tell.key.id, tell.message.news) for tell in closes] == [("tenancy K-1", True), ("tenancy K-2", False)]
    assert not {tell.id for tell in closes} & {tell.id for tell in first.only(Tell)}


def test_a_reference_that_is_booked_with_other_content_is_named():
    states = accept(a_file(a_start(), a_line())).states

    assert faults(a_file(a_line(amount_ore="1")), states) == [(2, "reference")]
    assert faults(a_file(a_start("K-2"), a_line(tenancy="K-2")), states) == [(3, "reference")]


def test_a_line_of_an_unknown_tenancy_is_named():
    assert faults(a_file(a_line()), {}) == [(2, "tenancy")]
    assert faults(a_file(a_line(), a_start()), {}) == [(2, "tenancy")]


def test_a_tenancy_starts_once_and_ends_once_and_not_before_it_starts():
    states = accept(a_file(a_start())).states
    end = a_line("tenancy.ended", "E-1")

    assert faults(a_file(a_line("tenancy.started", "S-2")), states) == [(2, "tenancy")]
    assert faults(a_file(end, a_line("tenancy.ended", "E-2")), states) == [(3, "tenancy")]
    assert faults(a_file(a_line("tenancy.ended", "E-1", date="2018-12-31")), states) == [(2, "date")]
    assert faults(a_file(end), states) == []


def test_a_tenancy_of_another_account_cannot_be_started_again():
    states = accept(a_file(a_start())).states
    raw = a_file(a_start().replace("utleie", "annen"), account="annen")

    assert faults(raw, states) == [(2, "tenancy")]


def test_an_amended_line_must_be_booked_or_stand_above_on_the_same_tenancy():
    states = accept(a_file(a_start("K-1"), a_start("K-2"), a_line())).states

    assert faults(a_file(a_line("invoice.credited", "C-1")), states) == []
    assert faults(a_file(a_line("invoice.credited", "C-1", amends="F-9")), states) == [(2, "amends")]
    assert faults(a_file(a_line("invoice.credited", "C-1", tenancy="K-2")), states) == [(2, "amends")]
    assert faults(a_file(a_line("payment.reversed", "R-1", amends="F-1")), states) == [(2, "amends")]
    assert faults(a_file(a_line("payment.reversed", "R-1"), a_line("payment.registered", "B-1")), states) == [
        (2, "amends")
    ]


def test_a_payment_is_reversed_once_but_an_invoice_may_be_credited_again():
    states = accept(a_file(a_start(), a_line(), a_line("payment.registered", "B-1"))).states
    reversals = (a_line("payment.reversed", "R-1"), a_line("payment.reversed", "R-2"))
    credits = (a_line("invoice.credited", "C-1"), a_line("invoice.credited", "C-2"))

    assert faults(a_file(*reversals), states) == [(3, "amends")]
    assert faults(a_file(*credits), states) == []


def test_a_file_that_another_overtook_is_refused_whole():
    states = accept(a_file(a_start(), a_line())).states

    with pytest.raises(Reject, match="ledger_moved_on"):
        accept(a_file(a_line(amount_ore="1")), states, id="import-2")


def test_a_ledger_cannot_be_closed_as_of_a_day_to_come():
    with pytest.raises(Reject, match="closed_in_future"):
        accept(a_file(a_start()), now=datetime(2019, 4, 30, 12, tzinfo=OSLO))


def test_only_new_lines_are_kept_in_mind_and_in_few_places():
    raw = a_file(a_start(), *(a_line(reference=f"F-{n}") for n in range(300)))
    shards = [state for key, state in accept(raw).states.items() if key.kind == "ledger_shard" and state]

    assert sum(len(shard.lines) for shard in shards) == 301 + len(["the close"])


def test_what_is_told_can_be_stored_and_read_back():
    (line,) = [t.message for t in accept(a_file(a_start())).only(Tell) if isinstance(t.message, BookLine)]

    assert BookLine.model_validate_json(line.model_dump_json()).fields["rent_ore"] == 800000
