"""Accepting a file: against what is booked, part by part, and what is told to whom."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from chassis.errors import Reject
from chassis.outputs import OSLO, Cancel, Key, Later, Reply, Tell
from chassis.testing import Decided, decide
from intake.domain.ledger.entry import Import
from intake.domain.ledger.terms import Terms
from intake.domain.tenancies import Tenancy
from intake.handlers import HANDLERS
from intake.messages import (
    AskForChunk,
    BookLine,
    ChunkNeeded,
    CloseLedger,
    DropChunk,
    KeepChunk,
    PlacePayment,
    RepairLine,
    StrikeLine,
    TakeChunk,
)
from tests.unit.intake.builders import HEADER, LATER, a_file, a_line, a_start, read


def accept(raw: bytes, states=None, *, id: str = "import-1", now: datetime = LATER) -> Decided:
    """Kept in parts, accepted, and entered part by part to its end; its outputs together."""
    found = read(raw, import_id=id)
    states, outputs = dict(states or {}), []
    for number, chunk in enumerate(found.chunks):
        states = decide(HANDLERS, states, f"{found.upload}:{number}", KeepChunk(chunk=chunk), now=now).states
    made = decide(HANDLERS, states, id, found.command, now=now)
    outputs += [output for output in made.outputs if not isinstance(output, Tell)]
    turn = made.only(Tell)
    while turn:
        (tell,) = [each for each in turn if isinstance(each.message, TakeChunk)] or [None]
        outputs += [each for each in turn if not isinstance(each.message, TakeChunk | DropChunk)]
        if tell is None:
            break
        made = decide(HANDLERS, made.states, tell.key.id, tell.message, now=now)
        turn = made.only(Tell)
    return Decided(made.states, outputs)


def told(decided: Decided) -> list[tuple[str, str]]:
    return [(tell.key.id, getattr(tell.message, "kind", "close")) for tell in decided.only(Tell)]


def said(decided: Decided) -> dict:
    (reply,) = decided.only(Reply)
    return reply.data


def standing(decided: Decided, id: str = "import-1"):
    return decided.states[Key("import", id)]


def bad_lines(states) -> dict[str, object]:
    return {key.id: state for key, state in states.items() if key.kind == "bad_line" and state}


def faults(raw: bytes, states=None) -> list[tuple[int, str]]:
    """Of the lines that become bad ones with this file."""
    before = bad_lines(states or {})
    after = bad_lines(accept(raw, states, id="import-9").states)
    return [(bad.number, field) for id, bad in after.items() if id not in before for field, _ in bad.faults]


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

    started = Tenancy("utleie", "public tenancy K-1", terms=Terms(contract="K-1"))
    assert decided.states[Key("tenancy", "tenancy K-1")] == started


def test_tenants_registered_before_the_tenancy_are_kept():
    before = {Key("tenancy", "tenancy K-1"): Tenancy(tenants=("p",))}

    assert accept(a_file(a_start()), before).states[Key("tenancy", "tenancy K-1")].tenants == ("p",)


def test_the_same_file_again_books_nothing_and_says_so():
    raw = a_file(a_start(), a_line())
    first = accept(raw)
    again = accept(raw, first.states, id="import-2")

    assert again.only(Tell) == []
    assert (standing(again, "import-2").fresh, standing(again, "import-2").again) == (0, 2)
    assert standing(again, "import-2").number == standing(first).number == 1


def test_the_next_file_books_what_is_new_and_closes_every_tenancy_of_the_account():
    first = accept(a_file(a_start("K-1"), a_start("K-2")))
    second = accept(a_file(a_start("K-1"), a_line(), as_of="2019-06-01"), first.states, id="import-2")

    assert told(second) == [("tenancy K-1", "invoice.issued"), ("tenancy K-1", "close"), ("tenancy K-2", "close")]
    assert (standing(second, "import-2").fresh, standing(second, "import-2").again) == (1, 1)
    assert {t.message.number for t in second.only(Tell) if isinstance(t.message, CloseLedger)} == {2}


def test_a_day_without_lines_is_closed_all_the_same():
    first = accept(a_file(a_start()))

    assert told(accept(a_file(as_of="2019-05-02"), first.states, id="import-2")) == [("tenancy K-1", "close")]


def test_more_lines_for_a_closed_day_close_it_anew_and_are_news_only_where_they_are():
    first = accept(a_file(a_start("K-1"), a_start("K-2")))
    more = accept(a_file(a_line()), first.states, id="import-2")
    closes = [tell for tell in more.only(Tell) if isinstance(tell.message, CloseLedger)]

    assert [(tell.key.id, tell.message.news) for tell in closes] == [("tenancy K-1", False), ("tenancy K-2", False)]
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


def test_a_ledger_cannot_be_closed_as_of_a_day_to_come():
    with pytest.raises(Reject, match="closed_in_future"):
        accept(a_file(a_start()), now=datetime(2019, 4, 30, 12, tzinfo=OSLO))


def test_a_reference_is_unique_per_account_and_kind():
    assert faults(a_file(a_start(), a_line(), a_line())) == [(4, "reference")]
    assert faults(a_file(a_start(), a_line("invoice.issued", "1"), a_line("payment.registered", "1"))) == []


def test_a_file_of_many_parts_is_entered_as_one_of_a_single_part_would_be():
    lines = [a_start(), *(a_line(reference=f"F-{n}") for n in range(1_200))]
    at_once, bit_by_bit = accept(a_file(*lines)), accept(a_file(*lines[:400]))
    for part in (lines[400:900], lines[900:]):
        bit_by_bit = accept(a_file(*part), bit_by_bit.states, id=f"import-{len(part)}")

    assert standing(at_once).fresh == standing(at_once).taken == 1_201
    entered = [{k for k, v in each.states.items() if k.kind == "ledger_line"} for each in (at_once, bit_by_bit)]
    assert entered[0] == entered[1]


def test_what_is_told_can_be_stored_and_read_back():
    (line,) = [t.message for t in accept(a_file(a_start())).only(Tell) if isinstance(t.message, BookLine)]

    assert BookLine.model_validate_json(line.model_dump_json()).fields["rent_ore"] == 800000


# bad lines

BAD = a_line("payment.registered", "B-1", amount_ore="800,00")
RIGHT = a_line("payment.registered", "B-1")


def a_file_with_a_bad_line(*, as_of: str = "2019-05-01") -> bytes:
    lines = [a_start(), a_line(), BAD]
    return "\n".join([HEADER, *lines, f"utleie;ledger.closed;3;{as_of};;;2400000;;;"]).encode()


def settle(states, body, *, now: datetime = LATER) -> Decided:
    (id,) = [id for id, bad in bad_lines(states).items() if bad.status == "open"]
    return decide(HANDLERS, states, id, body, now=now)


def repair(states, line: str, *, version: int = 1) -> Decided:
    (right,) = read(a_file(line)).lines
    return settle(states, RepairLine(line=right, public_ids={}, version=version, by="kari"))


def strike(states, *, version: int = 1) -> Decided:
    return settle(states, StrikeLine(version=version, by="kari"))


def test_the_good_lines_go_in_and_the_close_waits_for_the_bad_one():
    decided = accept(a_file_with_a_bad_line())

    assert told(decided) == [("tenancy K-1", "tenancy.started"), ("tenancy K-1", "invoice.issued")]
    assert standing(decided).number == 0
    assert [(bad.number, bad.faults[0][0], bad.status) for bad in bad_lines(decided.states).values()] == [
        (4, "amount_ore", "open")
    ]


def test_a_repaired_line_is_booked_before_the_close_that_it_held():
    decided = repair(accept(a_file_with_a_bad_line()).states, RIGHT)

    assert told(decided) == [("tenancy K-1", "payment.registered"), ("tenancy K-1", "close")]
    assert standing(decided).number == 1
    assert sum(each.ore for each in standing(decided).sums) == 2_400_000


def test_a_struck_line_lets_the_close_go_and_what_stood_in_it_is_kept_no_longer():
    decided = strike(accept(a_file_with_a_bad_line()).states)

    assert told(decided) == [("tenancy K-1", "close")]
    assert [(bad.status, bad.sealed) for bad in bad_lines(decided.states).values()] == [("struck", "")]


def test_the_last_bad_line_of_all_files_lets_the_newest_close_go_for_all_of_them():
    states = accept(a_file_with_a_bad_line()).states
    later = accept(a_file(a_line(reference="F-2"), as_of="2019-05-02"), states, id="import-2")

    assert told(later) == [("tenancy K-1", "invoice.issued")]
    (close,) = strike(later.states).only(Tell)
    assert (close.message.as_of, close.message.number) == (date(2019, 5, 2), 1)


def test_the_same_file_again_opens_no_bad_line_that_was_repaired_or_struck():
    states = repair(accept(a_file_with_a_bad_line()).states, RIGHT).states
    again = accept(a_file_with_a_bad_line(), states, id="import-2")

    assert told(again) == []
    assert [bad.status for bad in bad_lines(again.states).values()] == ["repaired"]
    assert standing(again, "import-2").number == 1


def test_the_same_file_again_while_its_bad_line_is_open_waits_for_the_same_one():
    again = accept(a_file_with_a_bad_line(), accept(a_file_with_a_bad_line()).states, id="import-2")
    done = strike(again.states)

    assert (standing(done).number, standing(done, "import-2").number) == (1, 1)


def test_a_repaired_copy_of_the_file_settles_its_bad_line_and_books_nothing_twice():
    states = accept(a_file_with_a_bad_line()).states
    copy = accept(a_file(a_start(), a_line(), RIGHT), states, id="import-2")

    assert told(copy) == [("tenancy K-1", "payment.registered"), ("tenancy K-1", "close")]
    assert [bad.status for bad in bad_lines(copy.states).values()] == ["came_later"]


def test_a_form_made_before_somebody_else_was_there_changes_nothing():
    states = accept(a_file_with_a_bad_line()).states

    with pytest.raises(Reject, match="changed_meanwhile"):
        strike(states, version=2)


def test_a_repair_that_the_books_do_not_take_says_why_and_leaves_the_line():
    states = accept(a_file_with_a_bad_line()).states

    with pytest.raises(Reject, match="Kontrakt er ukjent"):
        repair(states, a_line("payment.registered", "B-1", tenancy="K-9"))


def test_a_part_that_is_lost_is_no_empty_part():
    with pytest.raises(Reject, match="lost_part"):
        decide(HANDLERS, {Key("import", "i"): replace(standing(accept(a_file(a_start()))))}, "i", TakeChunk(number=0))


def test_a_file_whose_first_part_is_gone_is_not_taken():
    with pytest.raises(Reject, match="upload_too_slow"):
        decide(HANDLERS, {}, "i", read(a_file(a_start())).command, now=LATER)


def test_what_was_sent_in_parts_goes_when_no_file_came_to_be_of_it():
    found = read(a_file(a_start()))
    kept = decide(HANDLERS, {}, "u:0", KeepChunk(chunk=found.chunks[0]), now=LATER)
    due = decide(HANDLERS, kept.states, "u:0", kept.only(Later)[0].message, now=LATER)
    (asked,) = due.only(Tell)
    (answered,) = decide(HANDLERS, {}, asked.key.id, asked.message, now=LATER).only(Tell)
    gone = decide(HANDLERS, due.states, "u:0", answered.message, now=LATER)

    assert gone.states[Key("import_chunk", "u:0")] is None
    assert gone.outputs == []


def test_a_part_that_its_file_waits_to_enter_stays_and_is_asked_after_again():
    found = read(a_file(a_start()), import_id="i")
    part = f"{found.upload}:0"
    kept = decide(HANDLERS, {}, part, KeepChunk(chunk=found.chunks[0]), now=LATER)
    accepted = decide(HANDLERS, kept.states, "i", found.command, now=LATER)
    due = decide(HANDLERS, accepted.states, part, kept.only(Later)[0].message, now=LATER)
    (asked,) = due.only(Tell)

    assert asked.key == Key("import", "i")
    (answered,) = decide(HANDLERS, due.states, "i", asked.message, now=LATER).only(Tell)
    kept_on = decide(HANDLERS, due.states, part, answered.message, now=LATER)
    assert kept_on.states[Key("import_chunk", part)] == found.chunks[0]
    assert [later.message for later in kept_on.only(Later)] == [DropChunk()]


def test_a_part_of_an_upload_that_another_one_overtook_is_not_needed():
    found = read(a_file(a_start()), import_id="i")
    accepted = decide(
        HANDLERS, {Key("import_chunk", f"{found.upload}:0"): found.chunks[0]}, "i", found.command, now=LATER
    )
    (answered,) = decide(HANDLERS, accepted.states, "i", AskForChunk(chunk="other:0"), now=LATER).only(Tell)

    assert (answered.key, answered.message) == (Key("import_chunk", "other:0"), ChunkNeeded(needed=False))


def test_whether_a_part_may_go_is_asked_without_waiting_for_its_file():
    """Its file may be parked: were it looked at, each would wait for the other for good."""
    assert next(each for each in HANDLERS if each.on == "timer.drop_chunk").needs is None


def test_a_part_that_is_entered_leaves_no_timer_behind():
    found = read(a_file(a_start()), import_id="i")
    part = f"{found.upload}:0"
    kept = decide(HANDLERS, {}, part, KeepChunk(chunk=found.chunks[0]), now=LATER)
    (abandoned,) = kept.only(Later)
    accepted = decide(HANDLERS, kept.states, "i", found.command, now=LATER)
    entered = decide(HANDLERS, accepted.states, "i", TakeChunk(number=0), now=LATER)
    (told_of_it,) = [tell for tell in entered.only(Tell) if tell.key == Key("import_chunk", part)]

    assert decide(HANDLERS, entered.states, part, told_of_it.message, now=LATER).outputs == [Cancel(abandoned.name)]


# payments without tenancy

KID = "10000016"


def of_kid(reference: str = "B-1", **columns: str) -> str:
    return a_line("payment.registered", reference, **({"tenancy": "", "kid": KID} | columns))


def test_a_payment_goes_to_the_tenancy_that_has_its_kid():
    assert told(accept(a_file(a_start("K-1"), a_start("K-2", kid=KID), of_kid())))[2] == (
        "tenancy K-2",
        "payment.registered",
    )


def test_a_kid_that_an_invoice_carries_is_its_tenancys():
    states = accept(a_file(a_start(), a_line(kid=KID))).states

    assert told(accept(a_file(of_kid(), as_of="2019-05-02"), states, id="import-2"))[0] == (
        "tenancy K-1",
        "payment.registered",
    )


def test_a_kid_that_went_over_to_another_tenancy_is_that_ones():
    ended = a_line("tenancy.ended", "E-1", date="2019-02-01")
    states = accept(a_file(a_start("K-1", kid=KID), ended, a_start("K-2", kid=KID))).states

    assert told(accept(a_file(of_kid(), as_of="2019-05-02"), states, id="import-2"))[0][0] == "tenancy K-2"


def suspended(states):
    return [state for key, state in states.items() if key.kind == "suspense" and state]


def test_a_payment_with_a_kid_that_fits_no_tenancy_waits_for_a_person_and_holds_no_close():
    decided = accept(a_file(a_start("K-1"), a_start("K-2", amount_ore="5"), of_kid()))
    (held,) = suspended(decided.states)

    assert [kind for _, kind in told(decided)] == [
        "tenancy.started",
        "tenancy.started",
        "payment.held",
        "close",
        "close",
    ]
    assert (held.status, held.candidates) == ("open", ("tenancy K-1",))


def test_a_payment_that_is_placed_is_booked_once_with_its_own_date():
    states = accept(a_file(a_start(), of_kid())).states
    (held,) = suspended(states)
    placed = decide(
        HANDLERS, states, held.line.id, PlacePayment(tenancy="tenancy K-1", version=1, by="kari"), now=LATER
    )
    again = accept(a_file(a_start(), of_kid()), placed.states, id="import-2")

    tell, release = placed.only(Tell)
    assert (tell.key.id, tell.message.fields["dated_on"]) == ("tenancy K-1", date(2019, 3, 1))
    assert release.message.kind == "payment.released"
    assert [kind for _, kind in told(again)] == ["close"]
    assert standing(again, "import-2").fresh == 0


def test_each_tenancy_that_a_payment_may_be_for_is_told_so_until_it_is_known():
    decided = accept(a_file(a_start("K-1"), a_start("K-2"), of_kid()))
    (held,) = suspended(decided.states)
    holds = {
        t.key.id: t.message.line_id for t in decided.only(Tell) if getattr(t.message, "kind", "") == "payment.held"
    }
    back = decide(HANDLERS, decided.states, held.line.id, PlacePayment(tenancy=None, version=1, by="kari"), now=LATER)

    assert holds.keys() == {"tenancy K-1", "tenancy K-2"}
    assert {t.key.id: t.message.fields["amends"] for t in back.only(Tell)} == holds
    assert sum(each.lines for each in standing(back).sums if each.kind.startswith("payment.")) == 4


def test_a_placed_payment_can_be_reversed_on_the_tenancy_that_it_went_to():
    states = accept(a_file(a_start(), of_kid())).states
    (held,) = suspended(states)
    body = PlacePayment(tenancy="tenancy K-1", version=1, by="kari")
    states = decide(HANDLERS, states, held.line.id, body, now=LATER).states

    assert faults(a_file(a_line("payment.reversed", "R-1"), as_of="2019-05-02"), states) == []


def test_a_payment_is_placed_on_a_tenancy_of_its_account_alone():
    states = accept(a_file(a_start(), of_kid())).states
    (held,) = suspended(states)

    with pytest.raises(Reject, match="unknown_tenancy"):
        decide(HANDLERS, states, held.line.id, PlacePayment(tenancy="x", version=1, by="kari"), now=LATER)


def test_an_import_of_before_is_read_as_taken_whole():
    old = {"format": 1, "account": "utleie", "lines": 3, "fresh": 2, "numbers": {"a": 2}}

    assert Import.upcast(old, 1) == {"account": "utleie", "lines": 3, "fresh": 2, "taken": 3, "again": 1}
