"""SvarUt's words: KS's forwarding of letters, by its ForsendelseRestServiceV1.

Found in KS's own documentation (ks-no.github.io, content/Tjenester/svarut/RESTV1.md) and its client (svarut-rest-
klient): the paths, the fields of a forsendelse, the statuses and what each means; that an id is reserved and then
sent under; that an eksternReferanse is looked up; that what isn't there is 404; that an accept is SvarUt's promise to
deliver; that it times out after 15 minutes itself; that nothing delivered can be called back; and HTTP Basic by a
sender of the municipality's own.

Assumed, as nothing says it: that a second forsendelse under an id that is used is refused or is the first one, and
never another letter; that a look-up finds a reference from when the forsendelse was taken, not from when its id was
reserved; and no errorCode of a refusal is listed anywhere, so each is for a person.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from nav_bridge.domain import LETTER_REFUSED
from nav_bridge.translation.offices import Office

ROOT = "/tjenester/api/forsendelse/v1"
RESERVE = f"{ROOT}/startNyForsendelse"
FILE_NAME, FILE_TYPE = "brev.pdf", "application/pdf"
SYSTEM = "boligflyt"

# On its way, or lying there unread: SvarUt goes on with it by itself. `MOTTAT` is how the client's schema spells it.
OPEN = frozenset(
    {"MOTTATT", "MOTTAT", "AKSEPTERT", "KLAR_FOR_MOTTAK", "VARSLET", "SENDT_PRINT"}
    | {"SENDT_DIGITALT", "SENDT_SDP", "LEVERT_SDP"}
)
# The recipient has fetched the whole letter: the one word that is the recipient's own doing, and so the receipt.
READ = "LEST"
# It was printed and posted: SvarUt will know no more, and nobody has said that NAV has it.
PRINTED = "PRINTET"
# It never got there, or nobody knows whether it did.
FAILED = MappingProxyType(
    {
        "AVVIST": LETTER_REFUSED,
        "IKKE_LEVERT": "letter_undelivered",
        "MANUELT_HANDTERT": "letter_handled_by_hand",
    }
)


def sending(id: str) -> str:
    return f"{ROOT}/{id}/sendForsendelse"


def status(id: str) -> str:
    return f"{ROOT}/{id}/status"


def by_reference(reference: UUID) -> str:
    return f"{ROOT}/eksternref/{reference}"


def forsendelse(office: Office, title: str, reference: UUID) -> dict[str, Any]:
    """A letter to the office as an organisation, to those of it who may see confidential post; on paper where nobody
    opens it, as only then SvarUt promises delivery.
    """
    return {
        "mottaker": {
            "postAdresse": {
                "navn": office.office,
                "adresse1": office.address,
                "postNummer": office.postcode,
                "postSted": office.place,
                "land": "Norge",
            },
            "digitalAdresse": {"organisasjonsNummer": office.organisation},
        },
        "eksponertFor": [],
        "avgivendeSystem": SYSTEM,
        "tittel": title,
        "kunDigitalLevering": False,
        "kryptert": False,
        "utskriftsKonfigurasjon": {"utskriftMedFarger": False, "tosidig": True},
        "krevNiva4Innlogging": False,
        "taushetsbelagtPost": True,
        "dokumenter": [
            {
                "filnavn": FILE_NAME,
                "mimeType": FILE_TYPE,
                "skalSigneres": False,
                "ekskluderesFraUtskrift": False,
            }
        ],
        "lenker": [],
        "eksternReferanse": str(reference),
        "svarPaForsendelseLink": False,
    }


def reserved(body: Mapping[str, Any]) -> str | None:
    """The id, or None where the answer holds none that can be used."""
    try:
        return str(UUID(str(body.get("id"))))
    except ValueError:
        return None


def references(body: Mapping[str, Any]) -> frozenset[str] | None:
    """Which ids SvarUt has under a reference; None where the answer isn't readable."""
    given = body.get("forsendelseIder")
    if not isinstance(given, list):
        return None
    found = {reserved(each) for each in given if isinstance(each, dict)}
    return None if None in found or len(found) != len(given) else frozenset(each for each in found if each)


def standing(body: Mapping[str, Any]) -> dict[str, Any]:
    """How far a letter has come, in our words. `settled`: SvarUt will tell no more. `code`: why a person must look."""
    word = str(body.get("status"))
    if word == READ and (at := _time(body.get("sisteStatusEndring"))):
        return {"found": True, "received_at": at, "settled": True}
    if word == PRINTED:
        return {"found": True, "settled": True}
    if word in OPEN:
        return {"found": True}
    return {"found": True, "code": FAILED.get(word, "outcome_unknown")}


def _time(given: object) -> str | None:
    """Milliseconds since 1970, as ISO with zone."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 1e14:
        return None
    return datetime.fromtimestamp(given / 1000, UTC).isoformat()
