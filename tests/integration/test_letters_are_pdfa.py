"""What NAV gets by letter can be archived: it is PDF/A by a validator that isn't ours."""

import pytest

from nav_bridge.gateway.paper import printed
from tests.integration import verapdf
from tests.unit.nav_bridge.letters import ENVELOPE, LETTERS

pytestmark = pytest.mark.integration


def test_a_letter_of_each_kind_is_pdfa_and_one_that_was_tampered_with_is_not(tmp_path):
    for kind, letter in LETTERS.items():
        (tmp_path / f"{kind.replace(' ', '-')}.pdf").write_bytes(printed(letter, ENVELOPE))
    paper = printed(LETTERS["referral"], ENVELOPE)
    (tmp_path / "tampered.pdf").write_bytes(paper.replace(b"<pdfaid:part>2<", b"<pdfaid:part>9<"))

    assert verapdf.verdicts(sorted(tmp_path.glob("*.pdf"))) == {
        "nav_notice.pdf": "PASS",
        "recalled-notice.pdf": "PASS",
        "recalled-referral.pdf": "PASS",
        "referral.pdf": "PASS",
        "tampered.pdf": "FAIL",
    }
