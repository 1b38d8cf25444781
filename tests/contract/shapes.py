"""One JSON Schema inside another, by the closed-world rule.

Open models accept anything under a name that they don't know, so that plain inclusion would call a new optional
field a break. What is asked is `closed(writer) ⊆ reader`: whatever the writer can say, the reader takes.

Forms of strings (format, pattern) are left out here: inclusion of regular expressions is not decidable in
general, and a writer keeps ids as plain `str`. They are held by generated instances and by `validate_event`.
"""

from typing import Any

from jsonsubschema import isSubschema

SCALAR_FORMS = frozenset({"format", "pattern", "minLength", "maxLength", "uniqueItems", "minItems", "maxItems"})
ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "default", "examples"})
BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})


def fits(said: dict[str, Any], taken: dict[str, Any], *, bounds: bool) -> bool:
    """Whether all that `said` allows, and nothing undeclared, is taken by `taken`."""
    dropped = SCALAR_FORMS | ANNOTATIONS | (frozenset() if bounds else BOUNDS)
    return bool(isSubschema(closed(bare(said, dropped)), bare(taken, dropped)))


def closed(schema: Any) -> Any:
    """The same with nothing allowed beside the named fields, at every depth."""
    match schema:
        case dict():
            inner = {key: closed(value) for key, value in schema.items()}
            return {**inner, "additionalProperties": False} if "properties" in schema else inner
        case list():
            return [closed(value) for value in schema]
        case _:
            return schema


def bare(schema: Any, dropped: frozenset[str]) -> Any:
    """The same without the keywords in `dropped`; names of fields are no keywords."""
    match schema:
        case dict():
            return {
                key: {name: bare(field, dropped) for name, field in value.items()}
                if key in {"properties", "$defs"}
                else bare(value, dropped)
                for key, value in schema.items()
                if key not in dropped
            }
        case list():
            return [bare(value, dropped) for value in schema]
        case _:
            return schema
