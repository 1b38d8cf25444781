"""One letter of each kind, as full as it can be."""

from collections.abc import Mapping

from nav_bridge.gateway.paper import Envelope
from nav_bridge.translation.doors import Notice
from nav_bridge.translation.letter import Letter, letter, recall_letter
from nav_bridge.translation.nav import varsel
from tests.unit.nav_bridge.test_gateway import REFERRAL_TOLD
from tests.unit.nav_bridge.test_minimal_content import PERSON, referral

REFERENCE = "0d3c6a1e-8f0b-5d4a-9c11-5b0c2f7d1a02"
ENVELOPE = Envelope("Tynset kommune", "NAV Tynset", ("Oppdiktet torg 1", "2500 Tynset"))
NOTICE = Notice.model_validate(
    {
        "notice_id": "6f1a3c9e-5b0c-5d0e-9a51-2f0c5b7d1a01",
        "revision": 1,
        "requested_on": "2019-02-25",
        "tenants": [REFERRAL_TOLD["applicant"], "0a54cbb6-8c3f-5f0f-9d0b-3a2f3b0c9d11"],
        "from_role": "boligansvarlig",
        "as_of": "2019-02-24",
        "debt_ore": 800_050,
        "unpaid": [{"due_on": "2019-01-15", "open_ore": 400_000}, {"due_on": "2019-02-15", "open_ore": 400_050}],
        "eviction_notice": {"sent_on": "2019-02-20", "deadline_on": "2019-03-06"},
    }
)
NOTICE_MESSAGE = varsel(NOTICE, [PERSON, PERSON], "3427", "NAV Tynset")

LETTERS: Mapping[str, Letter] = {
    "referral": letter("referral", referral(), REFERENCE),
    "nav_notice": letter("nav_notice", NOTICE_MESSAGE, REFERENCE),
    "recalled referral": recall_letter("referral", str(REFERRAL_TOLD["referral_id"]), 2, REFERENCE, "trukket-1"),
    "recalled notice": recall_letter("nav_notice", NOTICE.notice_id, 1, REFERENCE, "trukket-2"),
}
