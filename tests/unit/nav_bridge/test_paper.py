"""The letter on paper, read back by a library that had no part in making it."""

import re
from dataclasses import replace
from datetime import datetime

import pypdfium2
import pytest

from nav_bridge.gateway.paper import Envelope, Unprintable, printed
from nav_bridge.translation.letter import Section
from tests.unit.nav_bridge.letters import ENVELOPE, LETTERS


class Tomorrow(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime(2031, 4, 5, tzinfo=tz)


def text(paper: bytes) -> str:
    """What a person reads, without how it is broken into lines and pages."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(paper)]
    return squeezed(" ".join(pages))


def squeezed(words: str) -> str:
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("kind", LETTERS)
def test_all_that_the_letter_tells_stands_on_paper(kind) -> None:
    letter, shown = LETTERS[kind], text(printed(LETTERS[kind], ENVELOPE))
    told = [letter.title, letter.opening, f"Referanse: {letter.reference}", "Tynset kommune", "NAV Tynset"]
    told += ["Oppdiktet torg 1", "2500 Tynset", *(section.heading for section in letter.sections)]
    told += [f"{label} {value}" for section in letter.sections for label, value in section.rows]

    assert [each for each in told if squeezed(each) not in shown] == []


@pytest.mark.parametrize("kind", LETTERS)
def test_the_same_letter_is_the_same_bytes_whenever_it_is_made(kind, monkeypatch) -> None:
    first = printed(LETTERS[kind], ENVELOPE)
    for module in ("fpdf.fpdf", "fpdf.output"):
        monkeypatch.setattr(f"{module}.datetime", Tomorrow)

    assert printed(LETTERS[kind], ENVELOPE) == first
    assert b"/CreationDate" not in first
    assert not re.search(rb"xmp:(Create|Modify|Metadata)Date", first)


def test_another_letter_is_other_bytes() -> None:
    letter = LETTERS["referral"]

    assert printed(replace(letter, reference="annen"), ENVELOPE) != printed(letter, ENVELOPE)


@pytest.mark.parametrize("name", ["Čáŋgá Đuođđá", "Łukasz Żółć", "Nguyễn Thị", "Ægir Ødegård-Åsen", "Олена Κώστας"])
def test_names_of_all_of_norways_people_can_be_printed(name) -> None:
    letter = replace(LETTERS["referral"], sections=(Section("Hvem", (("Navn", name),)),))

    assert f"Navn {name}" in text(printed(letter, ENVELOPE))


def test_a_character_that_the_font_lacks_is_never_left_out() -> None:
    letter = replace(LETTERS["referral"], sections=(Section("Hvem", (("Navn", "王小明"),)),))

    with pytest.raises(Unprintable) as refused:
        printed(letter, ENVELOPE)
    assert str(refused.value) == ""


def test_the_recipient_too_must_be_printable() -> None:
    with pytest.raises(Unprintable):
        printed(LETTERS["referral"], Envelope("Tynset kommune", "王", ()))


def test_a_long_notice_goes_on_over_pages_that_are_numbered() -> None:
    rows = tuple((f"Forfall {number}", "1\u00a0000\u00a0kr ubetalt") for number in range(1, 61))
    paper = printed(replace(LETTERS["nav_notice"], sections=(Section("Ubetalt husleie", rows),)), ENVELOPE)

    assert len(pypdfium2.PdfDocument(paper)) == 2
    assert "Side 2 av 2" in text(paper)
    assert all(f"Forfall {number} " in text(paper) for number in range(1, 61))
