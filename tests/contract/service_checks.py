"""What must hold between `schemas/` and the services' message classes: the checks that ask both.

They take tree and services, so that tests/guards can feed each a violation.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from tests.contract.shapes import fits
from tests.contract.tree import Tree
from tests.contract.wiring import Service, named


def wiring_differs(tree: Tree, services: Sequence[Service]) -> list[str]:
    """Between READS and WRITES in the code and topics.yaml, both ways."""
    return [
        *_differences("reads", {(s.name, topic) for s in services for topic in s.reads}, tree, "readers"),
        *_differences("writes", {(s.name, topic) for s in services for topic in s.writes}, tree, "writers"),
        *(
            f"{service.name}: {named(message)} is not on {topic}"
            for service in services
            for side in (service.reads, service.writes)
            for topic, messages in side.items()
            for message in messages
            if named(message) not in tree.topics.get(topic, {"types": []})["types"]
        ),
        *(
            f"{topic}: nobody writes {name}"
            for topic, declared in tree.topics.items()
            for name in sorted(set(declared["types"]) - _written(services, topic))
        ),
    ]


def _differences(verb: str, wired: set[tuple[str, str]], tree: Tree, side: str) -> list[str]:
    declared = {(name, topic) for topic, found in tree.topics.items() for name in found[side]}
    return [
        *(f"{name} {verb} {topic}, which topics.yaml doesn't say" for name, topic in sorted(wired - declared)),
        *(f"topics.yaml says that {name} {verb} {topic}, which it doesn't" for name, topic in sorted(declared - wired)),
    ]


def _written(services: Iterable[Service], topic: str) -> set[str]:
    return {named(message) for service in services for message in service.writes.get(topic, ())}


def readers_at_odds(tree: Tree, services: Sequence[Service]) -> list[str]:
    """A reader that would refuse what the schema allows, or one of its examples."""
    return [
        f"{service.name} reads {named(message)}: {what}"
        for service in services
        for messages in service.reads.values()
        for message in messages
        for what in _reader_at_odds(tree, message)
    ]


def _reader_at_odds(tree: Tree, message: Any) -> Iterator[str]:
    schema = tree.schemas.get(named(message), {"properties": {}})
    if unknown := set(message.model_fields) - set(schema["properties"]):
        yield f"the schema has no {', '.join(sorted(unknown))}"
    elif not fits(schema, message.model_json_schema(mode="validation"), bounds=True):
        yield "it refuses some of what the schema allows"
    yield from _unparsed(tree, message)


def writers_at_odds(tree: Tree, services: Sequence[Service]) -> list[str]:
    """A writer that could say what the schema doesn't allow, or less than it promises."""
    return [
        f"{service.name} writes {named(message)}: {what}"
        for service in services
        for messages in service.writes.values()
        for message in messages
        for what in _writer_at_odds(tree, message)
    ]


def _writer_at_odds(tree: Tree, message: Any) -> Iterator[str]:
    schema = tree.schemas.get(named(message), {"properties": {}})
    if odd := set(message.model_fields) ^ set(schema["properties"]):
        yield f"{', '.join(sorted(odd))} on one side alone"
    elif not fits(_in_full(message), schema, bounds=False):
        yield "it could say what the schema doesn't allow"


def _in_full(message: Any) -> dict[str, Any]:
    """What a writer's class says: the codec dumps every field, also those with a default."""
    return {**message.model_json_schema(mode="serialization"), "required": list(message.model_fields)}


def _unparsed(tree: Tree, message: Any) -> Iterator[str]:
    for file, data in tree.examples.get(named(message), {}).items():
        try:
            message.model_validate(data)
        except ValidationError as error:
            yield f"{file}: {error.error_count()} fields don't parse"


def unwritten_values(tree: Tree, services: Sequence[Service]) -> list[str]:
    """A value of an enumeration that no writer can send, or an example that no writer's class takes."""
    found = []
    for name in sorted(tree.types & set(tree.schemas)):
        writers = [m for s in services for messages in s.writes.values() for m in messages if named(m) == name]
        for field, schema in tree.schemas[name]["properties"].items():
            sent = {value for message in writers for value in _values(message.model_json_schema(), field)}
            if left := {value for value in schema.get("enum", ()) if value is not None} - sent:
                found.append(f"{name}.{field}: nobody sends {', '.join(sorted(left))}")
        for file, data in tree.examples.get(name, {}).items():
            if all(list(_unparsed_one(message, data)) for message in writers):
                found.append(f"{name}/{file}: no writer could have sent it")
    return found


def _unparsed_one(message: Any, data: dict[str, Any]) -> Iterator[str]:
    try:
        message.model_validate(data)
    except ValidationError as error:
        yield str(error.error_count())


def _values(schema: dict[str, Any], field: str) -> set[Any]:
    """Every value that a field of a writer's schema names, wherever it stands."""

    def walk(node: Any) -> Iterator[Any]:
        match node:
            case {"$ref": str() as ref}:
                yield from walk(schema["$defs"][ref.rsplit("/", 1)[-1]])
            case dict():
                yield from node.get("enum", [node["const"]] if "const" in node else [])
                for inner in node.get("anyOf", []):
                    yield from walk(inner)

    return set(walk(schema["properties"].get(field, {})))
