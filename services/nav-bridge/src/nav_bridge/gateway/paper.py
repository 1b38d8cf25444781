"""A letter on paper: PDF/A-2u with its fonts inside, the same bytes for the same letter whenever it is made.

Nothing of the moment goes in: no time of creation, and an id made from the letter itself.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from nav_bridge.translation.letter import Letter

FONTS = Path(__file__).parent.parent / "fonts"
REGULAR, BOLD = FONTS / "DejaVuSansCondensed.ttf", FONTS / "DejaVuSansCondensed-Bold.ttf"
CONFORMANCE = "PDF/A-2U"
# Millimetres and points. The address stands where the window of an envelope is (NS 4128).
MARGIN, TOP, ADDRESS_TOP, ADDRESS_HEIGHT, LABEL, LINE = 25.0, 20.0, 45.0, 30.0, 55.0, 5.5
BODY, SMALL, HEADING, TITLE = 10.0, 8.0, 11.5, 16.0
NEXT = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>nb-NO</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


class Unprintable(Exception):
    """A character that the letter's font hasn't got; doesn't say which, as it is of a person."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sender` and `recipient`: names; `address`: the lines below the recipient's."""

    sender: str
    recipient: str
    address: tuple[str, ...]


def printed(letter: Letter, envelope: Envelope) -> bytes:
    """The exact bytes of the letter."""
    _check(letter, envelope)
    page = _Page(letter, envelope)
    page.write()
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, letter: Letter, envelope: Envelope) -> None:
        super().__init__(enforce_compliance=CONFORMANCE)
        self._letter, self._envelope = letter, envelope
        self.add_font("Letter", "", REGULAR)
        self.add_font("Letter", "B", BOLD)
        self.set_margins(MARGIN, TOP, MARGIN)
        self.set_auto_page_break(auto=True, margin=TOP)
        self.set_title(letter.title)
        self.set_author(envelope.sender)
        self.set_lang("nb-NO")
        self.set_xmp_metadata(XMP.format(title=escape(letter.title), author=escape(envelope.sender)))
        self.creation_date = None  # type: ignore[assignment] - the library leaves the entry out

    def file_id(self) -> str:
        digest = hashlib.sha256(repr((self._letter.reference, self._letter.title)).encode()).hexdigest()[:32].upper()
        return f"<{digest}><{digest}>"

    def footer(self) -> None:
        self.set_y(-TOP + 5)
        self.set_font("Letter", "", SMALL)
        self.cell(0, LINE, f"Referanse {self._letter.reference}. Side {self.page_no()} av {{nb}}", align="C")

    def write(self) -> None:  # type: ignore[override] - not the library's own of that name
        self.add_page()
        self._head()
        self.set_font("Letter", "B", TITLE)
        self.multi_cell(0, 8, self._letter.title, align="L", **NEXT)
        self.ln(1)
        self.set_font("Letter", "", BODY)
        self.multi_cell(0, LINE, self._letter.opening, align="L", **NEXT)
        for section in self._letter.sections:
            self._section(section.heading, section.rows)

    def _head(self) -> None:
        self.set_font("Letter", "B", BODY)
        self.cell(0, LINE, self._envelope.sender, **NEXT)
        self.set_font("Letter", "", BODY)
        self.set_xy(MARGIN, ADDRESS_TOP)
        for line in (self._envelope.recipient, *self._envelope.address):
            self.cell(0, LINE, line, **NEXT)
        self.set_xy(MARGIN, ADDRESS_TOP + ADDRESS_HEIGHT)
        self.cell(0, LINE, f"Referanse: {self._letter.reference}", **NEXT)
        if self._letter.dated:
            self.cell(0, LINE, f"Dato: {self._letter.dated}", **NEXT)
        self.ln(6)

    def _section(self, heading: str, rows: tuple[tuple[str, str], ...]) -> None:
        """Its heading never stands alone at a page's foot."""
        if self.will_page_break(3 * LINE + 6):
            self.add_page()
        self.ln(4)
        self.set_font("Letter", "B", HEADING)
        self.multi_cell(0, LINE + 1, heading, align="L", **NEXT)
        for label, value in rows:
            self._row(label, value)

    def _row(self, label: str, value: str) -> None:
        self.set_font("Letter", "", BODY)
        width = self.epw - LABEL
        lines = self.multi_cell(width, LINE, value, align="L", dry_run=True, output="LINES")
        if self.will_page_break(len(lines) * LINE):
            self.add_page()
        top = self.get_y()
        self.multi_cell(LABEL, LINE, label, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
        self.set_xy(MARGIN + LABEL, top)
        self.multi_cell(width, LINE, value, align="L", **NEXT)


def _check(letter: Letter, envelope: Envelope) -> None:
    texts = [letter.title, letter.opening, letter.reference, envelope.sender, envelope.recipient, *envelope.address]
    texts += [text for section in letter.sections for row in section.rows for text in row]
    if not {ord(each) for text in texts for each in text} - {ord("\n")} <= _characters():
        raise Unprintable


@cache
def _characters() -> frozenset[int]:
    return frozenset(TTFont(REGULAR, lazy=True).getBestCmap())
