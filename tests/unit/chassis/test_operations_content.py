"""A record as a person reads and mends it, and back to bytes."""

import pytest

from chassis.errors import Reject
from chassis.operations.content import Content, as_lines, checked, mended, of_lines, overlaid, text

CAME = Content(b"key", b'{"a": "2\xff"}\r\n', [("ce_id", b"1"), ("ce_time", None), ("ce_subject", b"k: \xfe")])


def form(content: Content) -> dict[str, str]:
    return {"key": text(content.key), "headers": as_lines(content.headers), "value": text(content.value)}


def test_bytes_that_are_no_text_are_shown_as_what_they_are():
    assert form(CAME) == {
        "key": "key",
        "headers": "ce_id: 1\nce_time\nce_subject: k: \\xfe",
        "value": '{"a": "2\\xff"}\r\n',
    }


def test_a_form_sent_back_as_it_was_changes_not_a_byte():
    assert mended(CAME, **form(CAME)) == CAME
    browsers = {name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in form(CAME).items()}
    assert mended(CAME, **browsers) == CAME


def test_only_the_part_that_was_mended_is_replaced():
    assert mended(CAME, **(form(CAME) | {"value": '{"a": "2"}'})) == Content(CAME.key, b'{"a": "2"}', CAME.headers)
    assert mended(CAME, **(form(CAME) | {"key": "other"})) == Content(b"other", CAME.value, CAME.headers)
    headers = mended(CAME, **(form(CAME) | {"headers": "ce_id: 2\r\n\r\nce_time"})).headers
    assert headers == [("ce_id", b"2"), ("ce_time", None)]


def test_a_value_with_a_line_break_stays_one_header():
    assert of_lines(as_lines([("a", b"one\ntwo"), ("b", b"")])) == [("a", b"one\\ntwo"), ("b", b"")]


def test_a_command_replaces_what_it_names_and_leaves_the_rest():
    after = overlaid(CAME, headers={"ce_time": "now"}, without=["ce_subject"])
    assert after == Content(b"key", CAME.value, [("ce_id", b"1"), ("ce_time", b"now")])
    assert overlaid(CAME, value=b"", key="æ") == Content("æ".encode(), b"", list(CAME.headers))


@pytest.mark.parametrize(
    ("before", "after", "origin", "code"),
    [
        (CAME, CAME, "kafka", "nothing_corrected"),
        (Content(None, b"1", []), Content(b"k", b"1", []), "timer", "only_the_body"),
        (Content(None, b"1", []), Content(None, b"1", [("ce_id", b"1")]), "answer", "only_the_body"),
    ],
)
def test_a_correction_that_is_none_is_refused(before, after, origin, code):
    with pytest.raises(Reject) as refusal:
        checked(before, after, origin)
    assert refusal.value.code == code
