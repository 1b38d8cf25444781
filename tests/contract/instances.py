"""Values that a JSON Schema allows, for the part of JSON Schema that our messages use."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FIRST_DAY = date(1990, 1, 1)
FIRST_SECOND = 631_152_000  # of that day, since 1970
FORMATS: dict[str, SearchStrategy[str]] = {
    "uuid": st.uuids().map(str),
    "date": st.dates(min_value=FIRST_DAY).map(str),
    "date-time": st.integers(FIRST_SECOND, 2**32).map(lambda second: datetime.fromtimestamp(second, UTC).isoformat()),
}


def instances(schema: dict[str, Any]) -> SearchStrategy[Any]:
    """A strategy for it. A keyword that isn't known here is an error, not a silent gap."""
    match schema:
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": list(kinds)}:
            return st.one_of(*(instances({**schema, "type": kind}) for kind in kinds))
        case {"type": "object", "properties": fields, "required": required}:
            drawn = {name: instances(field) for name, field in fields.items()}
            optional = {name: drawn.pop(name) for name in set(fields) - set(required)}
            return st.fixed_dictionaries(drawn, optional=optional)
        case {"type": "array", "items": items}:
            unique = str if schema.get("uniqueItems") else None
            return st.lists(instances(items), min_size=schema.get("minItems", 0), max_size=4, unique_by=unique)
    return _scalars(schema)


def _scalars(schema: dict[str, Any]) -> SearchStrategy[Any]:
    match schema:
        case {"type": "null"}:
            return st.none()
        case {"type": "integer", "minimum": least, "maximum": most}:
            return st.integers(least, most)
        case {"type": "string", "format": known}:
            return FORMATS[known]
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern.removeprefix("^").removesuffix("$"), fullmatch=True)
    raise TypeError(f"a form of schema that no values are made for: {schema}")
