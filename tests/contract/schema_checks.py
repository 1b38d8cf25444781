"""What must hold of `schemas/` by itself, as checks that each say what is wrong, in words. Empty means kept.

They take the tree, so that tests/guards can feed each a violation.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from tests.contract.outputs import problems
from tests.contract.tree import ENVELOPE, FAMILY, Tree
from tests.contract.wiring import PACKAGES

TYPE = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*")
TOPIC = re.compile(r"[a-z]+(-[a-z]+)*(\.\{kommunenummer\})?\.v[1-9][0-9]*")
BIGINT = 2**63 - 1
PERSONAL = frozenset(
    "name names surname firstname lastname address street postcode phone mobile email mail birth born birthday age "
    "ssn fnr fodselsnummer dnummer national nationality sex gender note notes text comment comments remark message "
    "description reason explanation health diagnosis illness disability addiction prison family child children "
    "income wealth benefit iban".split()
)


def orphans_and_gaps(tree: Tree) -> list[str]:
    """A schema, example or type that nothing leads to, or that leads nowhere."""
    wanted = tree.types | {ENVELOPE}
    return [
        *(f"{name}: no schema" for name in sorted(wanted - set(tree.schemas))),
        *(f"{name}: a schema of no topic" for name in sorted(set(tree.schemas) - wanted)),
        *(f"{name}: fewer than two examples" for name in sorted(wanted) if len(tree.examples.get(name, {})) < 2),
        *(f"{name}: examples of no topic" for name in sorted(set(tree.examples) - wanted)),
        *(f"{path}: a file of no known kind" for path in tree.stray),
    ]


def malformed_names(tree: Tree) -> list[str]:
    return [
        *(f"{name}: not <nouns>.v<major>" for name in tree.topics if not TOPIC.fullmatch(name)),
        *(f"{name}: not <noun>.<past tense>.v<major>" for name in sorted(tree.types) if not TYPE.fullmatch(name)),
        *(
            f"{name}: $id or title is another's"
            for name, schema in tree.schemas.items()
            if (schema.get("$id"), schema.get("title")) != (f"urn:boligflyt:schema:{name}", name)
        ),
    ]


def loose_schemas(tree: Tree) -> list[str]:
    """A schema that isn't one, is closed to its readers, tells too little, or leaves room for free text."""
    return [f"{name}: {what}" for name, schema in tree.schemas.items() for what in _loose(schema)]


def _loose(schema: dict[str, Any]) -> Iterator[str]:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield error.message
        return
    if schema.get("type") != "object" or not schema.get("description"):
        yield "not a described object"
    for field, found in schema["properties"].items():
        if not found.get("description"):
            yield f"{field}: no description"
    for found in _nodes(schema):
        kinds = {found["type"]} if isinstance(found.get("type"), str) else set(found.get("type", ()))
        if "additionalProperties" in found:
            yield "closed: readers ignore unknown fields, and writers may add them"
        if "string" in kinds and not {"format", "enum", "pattern"} & set(found):
            yield "a string of any form: room for free text"
        if "integer" in kinds and not _bounded(found):
            yield "an integer without bounds that PostgreSQL's bigint holds"
        if kinds & {"number", "object"} and found is not schema:
            yield "a fraction or a nested object: events are flat, money is whole øre"


def _bounded(integer: dict[str, Any]) -> bool:
    least, most = integer.get("minimum"), integer.get("maximum")
    return least is not None and most is not None and -BIGINT <= least <= most <= BIGINT


def _nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield from _nodes(inner)


def personal_fields(tree: Tree) -> list[str]:
    return [
        f"{name}.{field}: sounds personal"
        for name, schema in tree.schemas.items()
        for field in schema["properties"]
        if set(re.split(r"[_-]", field)) & PERSONAL
    ]


def bad_examples(tree: Tree) -> list[str]:
    return [
        f"{name}/{file}: {what}"
        for name, files in tree.examples.items()
        if name in tree.schemas
        for file, data in files.items()
        for what in problems(tree.schemas[name], data)
    ]


def bad_topics(tree: Tree) -> list[str]:
    """Writers, homes of types, subscribers and figures."""
    homes = Counter((writer, name) for t in tree.topics.values() for writer in t["writers"] for name in t["types"])
    return [
        *(f"{name}: on {count} topics of {writer}" for (writer, name), count in homes.items() if count > 1),
        *(f"{name}: {what}" for name, topic in tree.topics.items() for what in _bad_topic(name, topic)),
        *(f"{s['principal']}: {what}" for s in tree.subscribers for what in _bad_subscriber(tree, s)),
    ]


def _bad_topic(name: str, topic: dict[str, Any]) -> Iterator[str]:
    opened = topic["classification"] == "open"
    if FAMILY not in name and len(topic["writers"]) != 1:
        yield "more or fewer than one writer"
    if opened != (FAMILY in name) or topic["classification"] not in {"open", "internal"}:
        yield "what is open is a family, and the other way round"
    if unknown := {*topic["writers"], *topic["readers"]} - set(PACKAGES):
        yield f"no such service: {', '.join(sorted(unknown))}"
    if not 1 <= topic["partitions"] <= 64 or not 7 <= topic["retention_days"] <= 30:
        yield "partitions not 1–64 or retention not 7–30 days"


def _bad_subscriber(tree: Tree, subscriber: dict[str, str]) -> Iterator[str]:
    opened = {
        name.replace(FAMILY, municipality)
        for name, topic in tree.topics.items()
        for municipality in tree.municipalities
        if topic["classification"] == "open"
    }
    if subscriber["topic"] not in opened:
        yield f"{subscriber['topic']} is not open"
    others = [s["principal"] for s in tree.subscribers if s is not subscriber]
    if subscriber["principal"] in {*PACKAGES, *others}:
        yield "the principal of another"
    if not subscriber["group_prefix"].startswith(f"{subscriber['principal']}."):
        yield "its groups could be another's"
