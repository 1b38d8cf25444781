"""Where each line came from: kept when the file is accepted, told at the door for services."""

import hashlib
from datetime import date
from uuid import UUID

import httpx
import pytest

from chassis.outputs import Key
from intake.domain.ledger.entry import Import
from intake.projection import project
from tests.unit.intake.builders import LATER, a_file, a_line, a_start
from tests.unit.intake.memory import MemoryStore, an_app, service, token
from tests.unit.intake.test_imports import accept

TENANCY = "6f1a3c9e-0000-4000-8000-00000000a001"
LINE = "6f1a3c9e-0000-5000-8000-00000000b001"
EVENT = "6f1a3c9e-0000-5000-8000-00000000c001"
IMPORT = "6f1a3c9e-0000-5000-8000-00000000d001"


def the_import(decided, id: str = "import-1") -> Import:
    found = decided.states[Key("import", id)]
    assert isinstance(found, Import)
    return found


def numbers(decided) -> dict[str, list[int]]:
    """Where the lines stand, by import."""
    found: dict[str, list[int]] = {}
    for key, state in decided.states.items():
        if key.kind == "ledger_line" and state and state.number:
            found.setdefault(state.import_id, []).append(state.number)
    return {id: sorted(each) for id, each in found.items()}


def test_an_import_keeps_the_files_hash_and_where_each_new_line_stands_in_it():
    raw = a_file(a_start(), a_line())
    decided = accept(raw)
    kept = the_import(decided)

    assert kept.digest == hashlib.sha256(raw).hexdigest()
    assert numbers(decided) == {"import-1": [2, 3]}
    assert kept.end == 4
    assert kept.accepted_at == LATER
    assert UUID(kept.command)


def test_a_line_that_was_booked_before_stays_with_the_file_that_brought_it():
    first = accept(a_file(a_start(), a_line()))
    second = accept(a_file(a_start(), a_line("payment.registered", "B-1")), first.states, id="import-2")

    assert numbers(second) == {"import-1": [2, 3], "import-2": [3]}


def test_each_line_is_a_row_that_names_its_file():
    states = accept(a_file(a_start())).states
    (line,) = [key for key, state in states.items() if key.kind == "ledger_line" and state and state.number]

    assert project(line, "3427", states[line])["ledger_lines"] == [
        {"line_id": line.id, "kommunenummer": "3427", "import": "import-1", "line_number": 2}
    ]


class Row(dict):
    """Iterates over its values, as a database driver's does."""

    def __iter__(self):
        return iter(self.values())


class Trail(MemoryStore):
    """Answers the door's three questions: calls, events, files."""

    def __init__(self, type: str, cause: str, of: str) -> None:
        super().__init__()
        self.asked: list[tuple[str, tuple]] = []
        self.event = {
            "id": EVENT,
            "type": f"no.boligflyt.{type}.v1",
            "time": "2019-05-02T09:00:00+00:00",
            "cause": cause,
            "correlation": IMPORT,
            "sent": True,
            "data": '{"line_id": "x"}',
        }
        self.file = {"of": of, "line_number": 14, "digest": "ab" * 32, "account": "utleie", "as_of": date(2019, 5, 1)}

    async def rows(self, kommunenummer, sql, *args):
        self.asked.append((kommunenummer, args))
        if kommunenummer != "3427" or "from calls" in sql:
            return []
        return [Row(self.event) if "from outbox" in sql else Row(self.file)]


async def ask(store, tmp_path, who, path=f"/causation/{TENANCY}"):
    transport = httpx.ASGITransport(an_app(store, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        return await client.get(path, headers=who)


@pytest.mark.parametrize(
    ("type", "of", "line"),
    [("invoice.issued", LINE, 14), ("ledger.closed", IMPORT, 14), ("invoice.issued", IMPORT, None)],
)
async def test_an_event_is_told_with_the_line_it_was_made_of_and_a_close_with_the_files_last(tmp_path, type, of, line):
    answer = await ask(Trail(type, LINE, of), tmp_path, service(purpose="causation"))
    (event,) = answer.json()["events"]

    assert (event["id"], event["type"], event["data"]) == (EVENT, type, {"line_id": "x"})
    assert (event["file"] or {}).get("line_number") == line


async def test_only_what_is_asked_for_is_told(tmp_path):
    store = Trail("invoice.issued", LINE, LINE)
    await ask(store, tmp_path, service(), f"/causation/{TENANCY}?id={LINE}&id={EVENT}")

    assert store.asked[1] == ("3427", (TENANCY, [LINE, EVENT], 500))


async def test_a_key_of_another_municipality_is_answered_like_one_that_does_not_exist(tmp_path):
    answer = await ask(Trail("invoice.issued", LINE, LINE), tmp_path, service("5027"))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("role", ["okonomi", "boligansvarlig", "leder"])
async def test_the_door_is_for_services_alone(tmp_path, role):
    assert (await ask(Trail("invoice.issued", LINE, LINE), tmp_path, token(role))).status_code == 403
