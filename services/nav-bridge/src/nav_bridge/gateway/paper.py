"""A letter on paper: PDF/A-2u with its fonts inside, the same bytes for the same letter whenever it is made.

Nothing of the moment goes in: no time of creation, so that the library makes the file's id of its content alone.
"""

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from nav_bridge.translation.letter import Letter

FONTS = Path(__file__).parent.parent / "fonts"
REGULAR, BOLD = FONTS / "DejaVuSansCondensed.ttf", FONTS / "DejaVuSansCondensed-Bold.ttf"
CONFORMANCE = "PDF/A-2U"
# Millimetres and points. The address stands where the window of an envelope is (NS 4128).
MARGIN, TOP, ADDRESS_TOP, ADDRESS_HEIGHT, LABEL, LINE = 25.0, 20.0, 45.0, 30.0, 55.0, 5.5
BODY, SMALL, HEADING, TITLE = 10.0, 8.0, 11.5, 16.0

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
    page = _Page(letter, envelope)
    if not _characters(letter, envelope) <= page.characters:
        raise Unprintable
    page.compose()
    return bytes(page.output() or b"")


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
        self.creation_date = None  # type: ignore[assignment] # the library leaves the entry out

    @property
    def characters(self) -> set[str]:
        """Those that both faces have."""
        faces = [set(font.cmap) for font in self.fonts.values() if isinstance(font, TTFFont)]
        return {chr(each) for each in set.intersection(*faces)} | {"\n"}

    def footer(self) -> None:
        self.set_y(-TOP + 5)
        self.set_font("Letter", "", SMALL)
        self.cell(0, LINE, f"Referanse {self._letter.reference}. Side {self.page_no()} av {{nb}}", align="C")

    def compose(self) -> None:
        self.add_page()
        self._head()
        self.set_font("Letter", "B", TITLE)
        self._block(0, 8, self._letter.title)
        self.ln(1)
        self.set_font("Letter", "", BODY)
        self._block(0, LINE, self._letter.opening)
        for section in self._letter.sections:
            self._section(section.heading, section.rows)

    def _head(self) -> None:
        self.set_font("Letter", "B", BODY)
        self._line(self._envelope.sender)
        self.set_font("Letter", "", BODY)
        self.set_xy(MARGIN, ADDRESS_TOP)
        for line in (self._envelope.recipient, *self._envelope.address):
            self._line(line)
        self.set_xy(MARGIN, ADDRESS_TOP + ADDRESS_HEIGHT)
        self._line(f"Referanse: {self._letter.reference}")
        if self._letter.dated:
            self._line(f"Dato: {self._letter.dated}")
        self.ln(6)

    def _line(self, text: str) -> None:
        self.cell(0, LINE, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _block(self, width: float, height: float, text: str) -> None:
        self.multi_cell(width, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _section(self, heading: str, rows: tuple[tuple[str, str], ...]) -> None:
        """Its heading never stands alone at a page's foot."""
        if self.will_page_break(3 * LINE + 6):
            self.add_page()
        self.ln(4)
        self.set_font("Letter", "B", HEADING)
        self._block(0, LINE + 1, heading)
        for label, value in rows:
            self._row(label, value)

    def _row(self, label: str, value: str) -> None:
        self.set_font("Letter", "", BODY)
        width = self.epw - LABEL
        height = self.multi_cell(width, LINE, value, align="L", dry_run=True, output=MethodReturnValue.HEIGHT)
        if self.will_page_break(float(str(height))):
            self.add_page()
        top = self.get_y()
        self.multi_cell(LABEL, LINE, label, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
        self.set_xy(MARGIN + LABEL, top)
        self._block(width, LINE, value)


def _characters(letter: Letter, envelope: Envelope) -> set[str]:
    texts = [letter.title, letter.opening, letter.reference, envelope.sender, envelope.recipient, *envelope.address]
    rows = [text for section in letter.sections for row in section.rows for text in row]
    return {each for text in (*texts, *rows) for each in text}
