from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
import pytest
from asyncpg.exceptions import InterfaceError
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from chassis.errors import NotYours, Reject, Unreadable
from chassis.http import Problem
from chassis.http.problems import SENTENCES, as_problem, field_name

BIRTH_NUMBER = "01010112345"


class ClientSideData(InterfaceError, ValueError):
    """As asyncpg's own, which is raised for an argument that doesn't fit its type."""


def luhn(value: str) -> str:
    raise PydanticCustomError("kid_check_digit", "Kontrollsifferet i KID stemmer ikke.")


def quoting(value: str) -> str:
    raise ValueError(f"{value} is not for us")


class Line(BaseModel):
    amount_ore: int = Field(ge=0)


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["invoice", "payment"]
    due: date
    line: UUID
    lines: list[Line] = Field(min_length=1)
    short: str = Field(default="", max_length=3)
    kid: Annotated[str, AfterValidator(luhn)] = ""
    other: Annotated[str, AfterValidator(quoting)] = ""


def problem_of(**given) -> dict[str, str]:
    with pytest.raises(ValidationError) as found:
        Form.model_validate(given)
    errors = [each | {"loc": ("body", *each["loc"])} for each in found.value.errors()]
    document = as_problem(RequestValidationError(errors)).document()
    assert BIRTH_NUMBER not in str(document)
    return {error["field"]: error["message"] for error in document["errors"]}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Reject("already_decided", "Saken er avgjort."), 409, "already_decided"),
        (Reject("gone", "Borte.", status=410), 410, "gone"),
        (NotYours("x"), 404, "not_found"),
        (HTTPException(405), 405, "http_405"),
        (Unreadable("bad_utf8", "x"), 500, "unexpected"),
        (asyncpg.UntranslatableCharacterError("x"), 422, "refused_by_database"),
        (asyncpg.NumericValueOutOfRangeError("x"), 422, "refused_by_database"),
        (asyncpg.CheckViolationError("x"), 422, "refused_by_database"),
        (asyncpg.ProgramLimitExceededError("x"), 422, "refused_by_database"),
        (ClientSideData("x"), 422, "refused_by_database"),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"), 422, "refused_by_database"),
        (asyncpg.ConnectionDoesNotExistError("x"), 503, "unavailable"),
        (asyncpg.DeadlockDetectedError("x"), 503, "unavailable"),
        (asyncpg.SerializationError("x"), 503, "unavailable"),
        (asyncpg.AdminShutdownError("x"), 503, "unavailable"),
        (asyncpg.TooManyConnectionsError("x"), 503, "unavailable"),
        (InterfaceError("connection is closed"), 503, "unavailable"),
        (ConnectionRefusedError("x"), 503, "unavailable"),
        (TimeoutError("x"), 503, "unavailable"),
        (asyncpg.UndefinedTableError("x"), 500, "unexpected"),
        (ValueError("x"), 500, "unexpected"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_each_failure_has_its_answer(error, status, code):
    problem = as_problem(error)

    assert (problem.status, problem.code) == (status, code)
    assert ("Retry-After" in (problem.headers or {})) == (status == 503)


def test_a_problem_is_answered_as_it_is():
    problem = Problem(400, "bad_file", "Filen kan ikke leses", "Linje 3 er feil.", [{"field": "date", "line": 3}])

    assert as_problem(problem) is problem
    assert problem.document() == {
        "type": "urn:boligflyt:problem:bad_file",
        "title": "Filen kan ikke leses",
        "status": 400,
        "detail": "Linje 3 er feil.",
        "code": "bad_file",
        "errors": [{"field": "date", "line": 3}],
    }


def test_a_refusal_shows_the_deciders_own_sentence():
    assert as_problem(Reject("already_decided", "Saken er avgjort.")).detail == "Saken er avgjort."


def test_every_field_that_is_wrong_is_named_in_norwegian():
    assert problem_of(
        kind="rent", due="tomorrow", line=BIRTH_NUMBER, lines=[{"amount_ore": -1}], short=BIRTH_NUMBER
    ) == {
        "kind": "Verdien må være en av 'invoice' or 'payment'.",
        "due": "Verdien må være en dato på formen ÅÅÅÅ-MM-DD.",
        "line": "Verdien må være en UUID.",
        "lines[0].amount_ore": "Tallet må være minst 0.",
        "short": "Teksten kan ha høyst 3 tegn.",
    }


def test_missing_and_unknown_fields_are_named():
    named = problem_of(extra=BIRTH_NUMBER)

    assert named["kind"] == "Feltet mangler."
    assert named["extra"] == "Feltet er ukjent."


def test_a_field_named_like_a_person_is_not_echoed():
    assert BIRTH_NUMBER not in str(problem_of(**{BIRTH_NUMBER: 1}))


def test_a_check_of_our_own_brings_its_sentence_and_any_other_error_none():
    named = problem_of(kid="1", other=BIRTH_NUMBER)

    assert named["kid"] == "Kontrollsifferet i KID stemmer ikke."
    assert named["other"] == "Verdien kan ikke brukes."


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (("body",), ""),
        (("body", "lines", 3, "due"), "lines[3].due"),
        (("query", "<b>navn</b>"), "bnavnb"),
        (("body", "x" * 500), "x" * 99),
    ],
)
def test_a_field_is_named_by_its_path(place, name):
    assert field_name(place) == name


def test_every_sentence_has_an_end():
    assert all(sentence.endswith(".") for sentence in SENTENCES["fields"].values())
