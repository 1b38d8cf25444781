"""Files broken in the ways that files are: a report by line, or refused whole; never anything else; nothing told."""

import random

import pytest

from tests.broken_files import KID, SAMPLES, WAYS, Answer, Doors, Sample, a_sample, findings, said

EACH = 6  # files of every form broken in every way: 6 * 7 * 8 = 336


@pytest.fixture
def doors(tmp_path) -> Doors:
    return Doors(tmp_path)


@pytest.mark.parametrize("break_it", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("form", SAMPLES)
async def test_a_broken_file_is_reported_by_line_or_refused_whole(form, break_it, doors):
    dice = random.Random(f"{form} {break_it.__name__}")
    for _ in range(EACH):
        sample = a_sample(form, dice)
        raw = break_it(sample.raw, dice)

        assert findings(sample, raw, await doors.answer(sample.kommunenummer, raw)) == []


@pytest.mark.parametrize("form", SAMPLES)
async def test_the_same_files_unbroken_are_booked_line_by_line(form, doors):
    sample = a_sample(form, random.Random(form))
    answer = await doors.answer(sample.kommunenummer, sample.raw)

    assert (answer.status, answer.body["bad"]) == (202, 0)
    assert [said(line) for line in answer.booked] == sample.facts
    assert findings(sample, sample.raw, answer) == []


SAMPLE = Sample("own", "3427", b"", [(1, "")])
WHOLE = {"errors": [], "bad": 0, "lines": 1}


@pytest.mark.parametrize(
    ("answer", "raw"),
    [
        (Answer(500, {"detail": "x"}, [], ""), b""),
        (Answer(422, {}, [], ""), b""),
        (Answer(202, WHOLE, [], f"KID {KID}"), b""),
        (Answer(202, WHOLE | {"bad": 1}, [], ""), b""),
        (Answer(202, WHOLE | {"lines": 2}, [], ""), b""),
        (Answer(202, WHOLE, [], ""), b"x" * 1_000_001),
        (Answer(413, {"detail": "x"}, [], ""), b""),
    ],
)
def test_an_answer_that_must_not_be_is_found(answer, raw):
    assert len(findings(SAMPLE, raw, answer)) == 1
