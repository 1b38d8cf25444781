"""`python -m intake import`: sends the file, shows what is wrong, follows the booking."""

import json

import httpx
import pytest
import typer

from intake.__main__ import console, fetched_token, follow, send

ACCEPTED = {"import": "i", "lines": 3, "bad": 0, "errors": [], "message": "Filen er tatt imot."}


def an_intake(*answers: httpx.Response) -> tuple[httpx.Client, list[httpx.Request]]:
    """An intake that gives these answers in their order."""
    asked, waiting = [], list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return waiting.pop(0)

    return httpx.Client(base_url="http://intake", transport=httpx.MockTransport(answer)), asked


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mai.csv"
    path.write_bytes(b"account;kind")
    return path


def test_the_file_goes_as_it_is_with_a_key_of_its_own(file):
    intake, asked = an_intake(httpx.Response(202, json=ACCEPTED), httpx.Response(202, json=ACCEPTED))

    assert send(intake, file) == send(intake, file) == ACCEPTED
    assert asked[0].content == b"account;kind"
    assert asked[0].headers["idempotency-key"] != asked[1].headers["idempotency-key"]


def test_what_is_wrong_is_shown_line_by_line(file):
    errors = [
        {"line": 7, "field": "due", "message": "mangler"},
        {"line": 8, "field": "amount_ore", "heading": "Beløp", "message": "er tom"},
    ]
    problem = json.dumps({"detail": "Filen har 1 feil.", "errors": errors}).encode()
    intake, _ = an_intake(httpx.Response(422, content=problem, headers={"content-type": "application/problem+json"}))

    with console.capture() as shown, pytest.raises(typer.Exit) as left:
        send(intake, file)
    assert left.value.exit_code == 1
    assert all(word in shown.get() for word in ("Filen har 1 feil.", "7", "due", "mangler", "Beløp"))
    assert "amount_ore" not in shown.get()


def test_an_answer_that_is_no_problem_document_is_no_verdict_on_the_file(file):
    intake, _ = an_intake(httpx.Response(502))

    with pytest.raises(httpx.HTTPStatusError):
        send(intake, file)


def test_the_booking_is_followed_until_it_is_done():
    intake, asked = an_intake(httpx.Response(200, json=standing(unplaced=2)))

    with console.capture() as shown:
        follow(intake, ACCEPTED, until=0)
    assert "3 linjer er bokført" in shown.get()
    assert "2 innbetalinger har en KID som ikke passer" in " ".join(shown.get().split())
    assert asked[0].url.path == "/ledger/imports/i"


def test_bad_lines_that_hold_the_close_are_told_and_leave_another_code():
    intake, _ = an_intake(httpx.Response(200, json=standing(state="held", bad_open=2)))

    with console.capture() as shown, pytest.raises(typer.Exit) as left:
        follow(intake, ACCEPTED, until=0)
    assert left.value.exit_code == 5
    assert "2 linjer må rettes eller strykes" in " ".join(shown.get().split())


def standing(**more) -> dict:
    lines = {"booked": 3, "state": "booked", "fresh": 3, "already_booked": 0, "bad_open": 0}
    return lines | {"unplaced": 0, "absent": None} | more


def test_who_will_not_wait_any_longer_is_told_that_it_goes_on_by_itself():
    intake, _ = an_intake(httpx.Response(200, json=standing(booked=1, state="booking")))

    with console.capture() as shown, pytest.raises(typer.Exit) as left:
        follow(intake, ACCEPTED, until=0)
    assert left.value.exit_code == 4
    assert "fortsetter av seg selv" in shown.get()


def test_without_token_and_without_credentials_nothing_is_sent():
    with pytest.raises(typer.BadParameter):
        fetched_token("", "", "")
