"""What intake's door says of an application, as the case keeps it."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eligibility.domain.case import Facts

FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)


class UnreadableFacts(Exception):
    """Names the fields, never what was in them."""


def facts_of(body: Mapping[str, Any]) -> Facts:
    try:
        return FACTS.validate_python(dict(body))
    except ValidationError as error:
        fields = sorted({str(each["loc"][0]) for each in error.errors(include_input=False) if each["loc"]})
        raise UnreadableFacts(", ".join(fields)) from None
