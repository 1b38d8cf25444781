"""Each check of the schemas is fed a spoiled copy of the folder, and must say what is wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract import schema_checks, tree
from tests.guards import copies

pytestmark = pytest.mark.guard

Spoil = Callable[[Path], None]


def edited(name: str, **changes: Any) -> Spoil:
    """A schema or example with other values at the top."""

    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


def field(name: str, **schema: Any) -> Spoil:
    """`payment.registered` with a field of that name and schema."""

    def spoil(folder: Path) -> None:
        path = folder / "payment.registered.v1.schema.json"
        found = json.loads(path.read_text())
        found["properties"][name] = {"description": "…", **schema}
        path.write_text(json.dumps(found))

    return spoil


def topics(change: Callable[[dict[str, Any]], object]) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / "topics.yaml"
        declared = yaml.safe_load(path.read_text())
        change(declared)
        path.write_text(yaml.safe_dump(declared))

    return spoil


def copied(source: str, to: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / source, folder / to)

    return spoil


def removed(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


PAYMENT, EXAMPLE = "payment.registered.v1.schema.json", "examples/payment.registered/v1/with-kid.json"
SUBSCRIBER = {"principal": "tynset-arkiv", "topic": "housing-events.3427.v1", "group_prefix": "tynset-arkiv."}

VIOLATIONS: list[tuple[str, Spoil, str]] = [
    ("orphans_and_gaps", copied(PAYMENT, "payment.forgotten.v1.schema.json"), "a schema of no topic"),
    ("orphans_and_gaps", copied(EXAMPLE, "examples/payment.forgotten/v1/one.json"), "examples of no topic"),
    ("orphans_and_gaps", copied(EXAMPLE, "examples/notes.txt"), "a file of no known kind"),
    ("orphans_and_gaps", removed(PAYMENT), "no schema"),
    ("orphans_and_gaps", removed(EXAMPLE), "fewer than two examples"),
    (
        "orphans_and_gaps",
        topics(lambda t: t["topics"]["arrears.v1"]["types"].append("payment.mislaid.v1")),
        "payment.mislaid.v1: no schema",
    ),
    (
        "malformed_names",
        topics(lambda t: t["topics"]["arrears.v1"]["types"].append("RegisterPayment")),
        "RegisterPayment: not <noun>",
    ),
    ("malformed_names", topics(lambda t: t["topics"].update({"Arrears": t["topics"]["arrears.v1"]})), "not <nouns>"),
    ("malformed_names", edited(PAYMENT, title="payment.received.v1"), "another's"),
    ("loose_schemas", edited(PAYMENT, additionalProperties=False), "closed"),
    ("loose_schemas", edited(PAYMENT, type="objekt"), "objekt"),
    ("loose_schemas", edited(PAYMENT, description=""), "not a described object"),
    ("loose_schemas", field("memo", type="string"), "free text"),
    ("loose_schemas", field("fee_ore", type="integer", minimum=0), "bigint"),
    ("loose_schemas", field("fee", type="number"), "fraction"),
    ("loose_schemas", field("fee_ore", type="integer", minimum=0, maximum=9, description=""), "no description"),
    ("personal_fields", field("payer_name", type="string", pattern="^[a-z]+$"), "payment.registered.v1.payer_name"),
    ("personal_fields", field("birth_date", type="string", format="date"), "payment.registered.v1.birth_date"),
    ("bad_examples", edited(EXAMPLE, amount_ore="765000"), "with-kid.json: amount_ore"),
    ("bad_examples", edited(EXAMPLE, dated_on="2. januar"), "with-kid.json: dated_on"),
    ("bad_examples", edited(EXAMPLE, channel="AvtaleGiro"), "with-kid.json: channel: undeclared"),
    ("bad_topics", topics(lambda t: t["topics"]["arrears.v1"]["writers"].append("eligibility")), "one writer"),
    ("bad_topics", topics(lambda t: t["topics"]["arrears.v1"]["writers"].clear()), "one writer"),
    ("bad_topics", topics(lambda t: t["topics"]["arrears.v1"].update(writers=["ledger"])), "no such service: ledger"),
    ("bad_topics", topics(lambda t: t["topics"]["arrears.v1"].update(classification="open")), "what is open"),
    ("bad_topics", topics(lambda t: t["topics"]["arrears.v1"].update(retention_days=3650)), "retention"),
    (
        "bad_topics",
        topics(lambda t: t["topics"]["tenancies.v1"]["types"].append("payment.registered.v1")),
        "payment.registered.v1: on 2 topics of intake",
    ),
    (
        "bad_topics",
        topics(lambda t: t["subscribers"].append(SUBSCRIBER | {"topic": "arrears.v1"})),
        "arrears.v1 is not open",
    ),
    (
        "bad_topics",
        topics(lambda t: t["subscribers"].append(SUBSCRIBER | {"topic": "housing-events.0301.v1"})),
        "housing-events.0301.v1 is not open",
    ),
    (
        "bad_topics",
        topics(lambda t: t["subscribers"].append(SUBSCRIBER | {"principal": "intake", "group_prefix": "intake."})),
        "the principal of another",
    ),
    (
        "bad_topics",
        topics(lambda t: t["subscribers"].append(SUBSCRIBER | {"group_prefix": "notifications"})),
        "its groups could be another's",
    ),
]


@pytest.mark.parametrize(("check", "spoil", "said"), VIOLATIONS, ids=[f"{c}-{said}" for c, _, said in VIOLATIONS])
def test_a_check_rejects_its_violation(tmp_path, check, spoil, said):
    folder = copies.schemas(tmp_path)
    spoil(folder)

    assert any(said in problem for problem in getattr(schema_checks, check)(tree.read(folder)))


def test_no_check_is_without_a_violation():
    checks = {name for name, found in vars(schema_checks).items() if _is_a_check(name, found)}

    assert {check for check, _, _ in VIOLATIONS} == checks


def _is_a_check(name: str, found: object) -> bool:
    return not name.startswith("_") and getattr(found, "__module__", "") == schema_checks.__name__
