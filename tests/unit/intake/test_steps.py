"""Legal steps and agreements entered by hand: the same lines in the same books as those of a file."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import httpx
import pytest

from chassis.outputs import Key, Message, Tell
from chassis.testing import SOME_CAUSE, SOME_TIME
from intake.domain.ledger.kinds import STEPS
from intake.domain.ledger.words import KIND_NAMES
from intake.domain.tenancies import Step, Tenancy, forget
from intake.handlers.booking import book_line
from intake.messages import BookLine
from intake.pages.steps import _cells, _fields, _instalments, _page
from intake.projection import project
from intake.translation.steps import Entry, lines_of
from tests.unit.intake.builders import ACCOUNT, a_file, a_line, a_start, read
from tests.unit.intake.memory import NOW, MemoryStore, an_app, token

CONTRACT = "K-1"
NOTICE = {
    "kind": "eviction_notice.sent",
    "date": "2019-11-04",
    "dated": "2019-11-01",
    "received": "2019-11-06",
    "until": "2019-11-20",
    "amount_ore": 1_600_000,
}
PLAN = {
    "kind": "payment_plan.agreed",
    "date": "2019-11-04",
    "instalments": [{"amount_ore": 500_000, "due": "2019-12-01"}, {"amount_ore": 300_000, "due": "2020-01-01"}],
}


class Town:
    """One tenancy, on the ledger of one municipality, and who speaks to intake about it."""

    def __init__(self, assets) -> None:
        self.store, self.assets, self.id = MemoryStore(), assets, ""

    async def open(self) -> "Town":
        await self.post("/ledger/imports", content=a_file(a_start(CONTRACT), as_of="2019-02-01"), once="start")
        found = await self.post("/tenancies/lookup", json={"contracts": [CONTRACT]}, once="lookup")
        self.id = found.json()["tenancies"][CONTRACT]
        self.told.clear()
        return self

    @property
    def told(self) -> list:
        return self.store.outputs

    @property
    def lines(self) -> list[BookLine]:
        return [each.message for each in self.told if isinstance(each, Tell) and isinstance(each.message, BookLine)]

    @property
    def tenancy(self) -> Tenancy:
        return self.store.kept[Key("tenancy", self.id)][1]

    async def step(self, body, *, once: str = "once", role: str = "boligansvarlig", id: str = "", **whose):
        return await self.post(f"/tenancies/{id or self.id}/steps", json=body, once=once, role=role, **whose)

    async def post(self, path: str, *, once: str, role: str = "okonomi", kommunenummer: str = "3427", **content):
        headers = token(role, kommunenummer=kommunenummer) | {"Idempotency-Key": once}
        transport = httpx.ASGITransport(an_app(self.store, self.assets))
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            return await client.post(path, headers=headers, **content)


@pytest.fixture
async def town(tmp_path) -> Town:
    return await Town(tmp_path).open()


async def test_a_step_becomes_the_fact_that_a_file_would_have_brought(town):
    answer = await town.step(NOTICE | {"reference": "V-1"})

    line = a_line(
        "eviction_notice.sent", "V-1", date="2019-11-04", until="2019-11-20", amount_ore="1600000", tenancy=CONTRACT
    )
    (of_file,) = read(a_file(line)).lines
    (told,) = town.lines
    assert (answer.status_code, answer.json()) == (201, {"tenancy": town.id, "steps": [of_file.id], "version": 1})
    assert (told.kind, told.line_id) == (of_file.kind, of_file.id)
    assert told.fields == of_file.fields | {"written_on": date(2019, 11, 1), "received_on": date(2019, 11, 6)}


async def test_the_same_question_again_gets_the_same_answer_and_the_same_step_again_changes_nothing(town):
    first = await town.step(NOTICE | {"reference": "V-1"})
    asked_again = await town.step(NOTICE | {"reference": "V-1"})
    said_again = await town.step(NOTICE | {"reference": "V-1"}, once="another")

    assert first.json() == asked_again.json() == said_again.json()
    assert (len(town.lines), len(town.tenancy.steps)) == (1, 1)


async def test_a_step_without_a_reference_has_one_of_its_idempotency_key(town):
    answers = [await town.step(NOTICE, once=once) for once in ("one", "two")]

    assert len({answer.json()["steps"][0] for answer in answers}) == 2


async def test_a_reference_that_was_used_for_something_else_is_refused(town):
    await town.step(NOTICE | {"reference": "V-1"})
    other = await town.step(NOTICE | {"reference": "V-1", "amount_ore": 1}, once="other")

    assert (other.status_code, other.json()["code"]) == (422, "step_refused")
    assert other.json()["detail"] == "Steget kan ikke føres: Referanse er bokført før med et annet innhold."


async def test_a_plan_is_entered_with_all_its_instalments_and_changed_and_ended_by_its_reference(town):
    agreed = await town.step(PLAN | {"reference": "P-1"})
    change = PLAN | {"kind": "payment_plan.changed", "date": "2019-12-02", "amends": "P-1", "reference": "P-1b"}
    changed = await town.step(change, once="changed")
    ended = await town.step({"kind": "payment_plan.ended", "date": "2019-12-09", "amends": "P-1"}, once="ended")
    twice = await town.step({"kind": "payment_plan.ended", "date": "2019-12-10", "amends": "P-1"}, once="twice")

    assert [each.status_code for each in (agreed, changed, ended, twice)] == [201, 201, 201, 422]
    first, second = (line.fields for line in town.lines[:2])
    plan = town.lines[0].line_id
    assert (first, second) == (
        {"dated_on": date(2019, 11, 4), "amount_ore": 500_000, "due_on": date(2019, 12, 1)},
        {"dated_on": date(2019, 11, 4), "amount_ore": 300_000, "due_on": date(2020, 1, 1), "amends": plan},
    )
    assert [line.fields["amends"] for line in town.lines[2:]] == [plan] * 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "payment.registered"}, "kind"),
        ({"kind": "tenancy.ended"}, "kind"),
        ({"date": "1. mai"}, "date"),
        ({"until": "2019-11-03"}, "until"),
        ({"until": ""}, "until"),
        ({"code": "avtalegiro"}, "code"),
        ({"received": "i går"}, "received"),
        ({"reference": "17058012345;"}, "reference"),
    ],
)
async def test_what_a_file_would_be_refused_for_is_refused_by_its_field(town, wrong, field):
    answer = await town.step(NOTICE | wrong)

    assert (answer.status_code, answer.json()["code"]) == (422, "step_refused")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert town.lines == []


async def test_a_plan_without_instalments_is_refused(town):
    answer = await town.step(PLAN | {"instalments": []})

    assert [error["field"] for error in answer.json()["errors"]] == ["amount_ore", "due"]


async def test_a_step_that_points_to_a_plan_that_is_not_there_is_refused(town):
    answer = await town.step({"kind": "payment_plan.ended", "date": "2019-12-09", "amends": "P-9"})

    assert answer.status_code == 422
    assert "Gjelder (referanse) viser til en linje" in answer.json()["detail"]


async def test_who_has_seen_an_older_list_of_steps_is_told_and_nothing_is_booked(town):
    first = await town.step(NOTICE | {"version": 0})
    late = await town.step(NOTICE | {"version": 0}, once="late")
    next_one = await town.step({"kind": "dispute.opened", "date": "2019-11-08", "version": 1}, once="next")

    assert [each.status_code for each in (first, late, next_one)] == [201, 409, 201]
    assert [step.kind for step in town.tenancy.steps] == ["eviction_notice.sent", "dispute.opened"]


async def test_another_municipalitys_tenancy_and_one_that_is_not_there_are_the_same(town):
    unknown = await town.step(NOTICE, id="00000000-0000-4000-8000-000000000000")
    strange = await town.step(NOTICE, kommunenummer="5027")

    assert [(each.status_code, each.json()["code"]) for each in (unknown, strange)] == [(404, "not_found")] * 2


@pytest.mark.parametrize("role", ["servicetorg", "boligutvalg", "vedtakskontor", "leder"])
async def test_other_roles_enter_no_steps(town, role):
    assert (await town.step(NOTICE, role=role)).status_code == 403


async def test_a_step_by_hand_settles_the_bad_line_that_it_was_meant_by_and_the_day_is_closed(town):
    bad = a_line("reminder.sent", "P-7", date="1. mai", tenancy=CONTRACT)
    await town.post("/ledger/imports", content=a_file(bad, as_of="2019-05-01"), once="bad")
    await town.step({"kind": "reminder.sent", "date": "2019-05-01", "reference": "P-7"})

    (entry,) = [state for key, (_, state) in town.store.kept.items() if key.kind == "bad_line"]
    closes = [each for each in town.told if isinstance(each, Tell) and each.message.type == "tell.close_ledger"]
    assert (entry.status, len(closes)) == ("came_later", 1)


def test_a_step_of_a_file_is_listed_once_it_is_booked_and_one_by_hand_is_not_listed_twice():
    fields = {"dated_on": "2019-03-01", "deadline_on": "2019-03-15"}
    told = BookLine(kind="reminder.sent", line_id="1", fields=fields, reference="P-1")
    message = Message(SOME_CAUSE, told.type, "t", "3427", SOME_TIME, told)
    known = Tenancy(account=ACCOUNT)
    booked, (event,) = book_line(known, message, None)

    step = Step("1", "reminder.sent", date(2019, 3, 1), "P-1", until=date(2019, 3, 15))
    assert (booked.steps, event.data.type) == ((step,), "reminder.sent")
    by_hand = replace(known, steps=(replace(step, by="kari"),))
    assert book_line(by_hand, message, None)[0].steps == by_hand.steps


def test_steps_go_with_the_last_tenant_and_stay_for_another():
    tenancy = Tenancy(ACCOUNT, tenants=("a", "b"), steps=(Step("1", "dispute.opened", date(2019, 3, 1)),))
    left = forget(tenancy, "a")

    assert (left.steps, forget(left, "b").steps) == (tenancy.steps, ())


def test_the_ledgers_sums_have_the_steps_that_no_file_holds():
    by_file = Step("1", "reminder.sent", date(2019, 3, 1))
    by_hand = Step("2", "eviction_notice.sent", date(2019, 3, 20), amount_ore=5, by="kari", entered_on=NOW.date())
    rows = project(Key("tenancy", "t"), "3427", Tenancy(ACCOUNT, steps=(by_file, by_hand)))["steps_by_hand"]

    assert rows == [
        {
            "line_id": "2",
            "kommunenummer": "3427",
            "account": ACCOUNT,
            "kind": "eviction_notice.sent",
            "dated_on": date(2019, 3, 20),
            "amount_ore": 5,
        }
    ]


@pytest.mark.parametrize("kind", STEPS)
def test_the_form_of_every_step_has_its_own_fields_and_what_is_filled_in_can_be_booked(kind):
    fields = _fields(kind, {"P-1": "1. mai"})
    filled = {"kroner": "8 000,00", "amends": "P-1", "code": "avtalegiro", "kroner-1": "1,50", "due-1": "2019-12-01"}
    days = dict.fromkeys(("date", "dated", "received", "until"), "2019-11-04")
    asked = {field["name"] for field in fields} | {"kroner-1", "due-1"}
    written = {name: text for name, text in (filled | days).items() if name in asked}
    lines, faults = lines_of(Entry(kind, "R", _cells(kind, written), _instalments(written)), "3427", ACCOUNT, "t")

    assert (faults, [line.kind for line in lines]) == ([], [kind])
    assert kind in KIND_NAMES


async def test_the_page_lists_the_steps_newest_first_with_a_form_of_the_version_that_it_shows(tmp_path):
    steps = (
        Step("1", "payment_plan.agreed", date(2019, 3, 1), "P-1", amount_ore=150_000, due_on=date(2019, 4, 1)),
        Step("2", "direct_debit.ended", date(2019, 3, 20), arrangement="avtalegiro", by="kari", entered_on=NOW.date()),
    )
    store = MemoryStore()
    store.kept[Key("tenancy", "abcdefgh")] = "3427", Tenancy(ACCOUNT, steps=steps)
    app = an_app(store, tmp_path)

    class AtThePage:
        principal = SimpleNamespace(kommunenummer="3427", subject="kari", roles={"okonomi"}, name="Kari")
        request = SimpleNamespace(app=app)

        async def states(self, kind, ids):
            return await store.states("3427", kind, ids)

    text = (await _page(AtThePage(), "abcdefgh", "payment_plan.ended")).body.decode()  # type: ignore[arg-type]

    assert text.index("AvtaleGiro eller trekk stanset, 20. mars 2019") < text.index("Betalingsavtale: avdrag, 1. mars")
    assert 'name="version" value="2"' in text
    assert '<option value="P-1">01.03.2019</option>' in text
