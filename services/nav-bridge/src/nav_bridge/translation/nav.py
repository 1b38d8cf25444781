"""NAV's words. The API is our proposal (NAV has published none), worded as the domain report §3.2 is.

A word that stands in no table is never guessed: what goes out is withheld, what comes in goes to a person.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from nav_bridge.domain import Matter
from nav_bridge.translation.doors import Notice, Person, Referral

# Where each is handed in, and asked about under its key.
PATHS: Mapping[Matter, str] = MappingProxyType({"referral": "/referrals", "nav_notice": "/notices"})

SCHEMES = MappingProxyType({"startlan": "STARTLÅN", "tilskudd": "TILSKUDD"})
PURPOSES = MappingProxyType(
    {
        word: word
        for word in (
            "KJØP_STARTLÅN",
            "REFINANSIERING_BEHOLDE",
            "TILSKUDD_ETABLERING",
            "TILSKUDD_TILPASNING",
            "BOSTØTTE",
            "ØKONOMISK_RÅD",
        )
    }
)
GROUNDS = MappingProxyType(
    {
        word: word
        for word in (
            "LANGVARIG_FINANSIERINGSPROBLEM",
            "BARN_I_HUSSTAND",
            "LEIER_KOMMUNAL_BOLIG",
            "REFINANSIERING",
            "SÆRLIG_SOSIAL_HELSE",
        )
    }
)
ROLES = MappingProxyType(
    {
        "boligansvarlig": "BOLIGANSVARLIG",
        "startlan_saksbehandler": "STARTLÅN_SAKSBEHANDLER",
    }
)
NOTICE_BASIS = "HUSLEIELOVEN_9_11"
LEGAL_BASES = MappingProxyType({"consent": "SAMTYKKE", "law": "LOV"})
ARREARS = MappingProxyType({"NONE": "INGEN", "SMALL": "LITEN", "PLAN": "PLAN"})

PRIORITIES = MappingProxyType({"normal": "NORMAL", "high": "HØY"})

REFUSALS = MappingProxyType(
    {
        "UGYLDIG_MELDING": "invalid_message",
        "UKJENT_PERSON": "person_unknown_to_nav",
        "FEIL_ENHET": "unknown_recipient",
        "MANGLER_RETTSGRUNNLAG": "missing_legal_basis",
        "SAMTYKKE_TRUKKET": "consent_withdrawn",
        "NØKKEL_BRUKT": "key_conflict",
    }
)
NOT_FOUND = "IKKE_FUNNET"
# Of a recall: NAV has decided already, or has nothing to let be.
RECALL_REFUSALS = MappingProxyType({"AVGJORT": "decided", NOT_FOUND: "lost_by_nav"})

KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BEYOND = 2**53  # no number in JSON is as large and exact
OPEN = frozenset({"OPPRETTET", "SENDT", "MOTTATT"})
OUTCOMES = MappingProxyType(
    {
        "KONTAKTET": "contacted",
        "SØKNAD_SENDT": "application_sent",
        "INNVILGET": "granted",
        "AVSLÅTT": "refused",
        "TRUKKET": "withdrawn",
        "UTLØPT": "expired",
    }
)


class Untranslatable(Exception):
    """A code of ours that NAV has no word for; names the field, never what was in it."""


def henvisning(referral: Referral, person: Person, kommunenummer: str) -> dict[str, Any]:
    """The referral in NAV's words: the fields of the domain report §3.2 and no other, what isn't known left out.

    The purpose says which scheme it is of; the scheme stands in its place where the purpose isn't known. The same facts
    make the same bytes.
    """
    basis, tenancy, household = referral.legal_basis, referral.tenancy, referral.household
    return _known(
        {
            "henvisningId": referral.referral_id,
            "versjon": referral.revision,
            "opprettet": referral.requested_on.isoformat(),
            "kommunenummer": kommunenummer,
            "fraRolle": _word(ROLES, referral.from_role, "from_role"),
            "tilRolle": _word(ROLES, referral.to_role, "to_role"),
            "tilEnhet": referral.to_unit,
            "personRef": person_ref(referral.applicant),
            "identitet": _identity(person),
            "formål": referral.purpose and _word(PURPOSES, referral.purpose, "purpose"),
            "ordning": None if referral.purpose else _word(SCHEMES, referral.application_type, "application_type"),
            "grunnlag": [_word(GROUNDS, ground, "grounds") for ground in referral.grounds],
            "rettsgrunnlag": _known(
                {
                    "type": _word(LEGAL_BASES, basis.kind, "legal_basis"),
                    "samtykkeId": basis.consent_id,
                    "samtykkeTidspunkt": basis.consented_at and basis.consented_at.isoformat(),
                    "kanTrekkes": basis.kind == "consent",
                }
            ),
            "husstand": household and {"voksne": household.adults, "barn": household.children},
            "leieforhold": tenancy
            and _known(
                {
                    "boligId": tenancy.dwelling_id,
                    "kontraktSlutt": tenancy.lease_ends_on and tenancy.lease_ends_on.isoformat(),
                    "månedsleieØre": tenancy.rent_ore,
                }
            ),
            "restanse": referral.arrears_band and _word(ARREARS, referral.arrears_band, "arrears_band"),
            "behovForUtvidetHjelperrolle": referral.needs_extended_help,
            "språk": referral.language,
            "tolk": referral.interpreter,
            "frist": referral.due_on and referral.due_on.isoformat(),
            "prioritet": referral.priority and _word(PRIORITIES, referral.priority, "priority"),
        }
    )


def varsel(notice: Notice, tenants: Sequence[Person], kommunenummer: str, office: str) -> dict[str, Any]:
    """The notice of husleieloven § 9-11 in NAV's words: who, how much is unpaid of what, and the deadline that runs."""
    running = notice.eviction_notice
    return _known(
        {
            "varselId": notice.notice_id,
            "versjon": notice.revision,
            "opprettet": notice.requested_on.isoformat(),
            "kommunenummer": kommunenummer,
            "fraRolle": _word(ROLES, notice.from_role, "from_role"),
            "tilEnhet": office,
            "rettsgrunnlag": NOTICE_BASIS,
            "leietakere": [
                {"personRef": person_ref(id), "identitet": _identity(person)}
                for id, person in zip(notice.tenants, tenants, strict=True)
            ],
            "restanse": {
                "perDato": notice.as_of.isoformat(),
                "beløpØre": notice.debt_ore,
                "forfall": [
                    {"forfallsdato": each.due_on.isoformat(), "ubetaltØre": each.open_ore} for each in notice.unpaid
                ],
            },
            "fravikelsesvarsel": running
            and {"sendt": running.sent_on.isoformat(), "frist": running.deadline_on.isoformat()},
        }
    )


def _identity(person: Person) -> dict[str, Any]:
    return _known(
        {
            "navn": person.name,
            "fødselsnummer": person.national_id,
            "telefon": person.phone,
            "epost": person.email,
            "adresse": person.address,
        }
    )


def person_ref(applicant: str) -> str:
    """Another pseudonym for NAV than our own, so that what both keep can't be joined by it."""
    return str(uuid5(UUID(applicant), "nav"))


def receipt(body: Mapping[str, Any]) -> str | None:
    """When NAV received it, ISO with zone; None where NAV gives no usable receipt."""
    given = body.get("kvittering")
    at = given.get("mottatt") if isinstance(given, dict) else None
    try:
        return at if isinstance(at, str) and datetime.fromisoformat(at).tzinfo else None
    except ValueError:
        return None


def standing(body: Mapping[str, Any]) -> dict[str, Any]:
    """How far a referral has come, in our words. `code`: why a person must look."""
    status = str(body.get("status"))
    known: dict[str, Any] = {"found": True, "received_at": receipt(body), "outcome": OUTCOMES.get(status)}
    number = body.get("løpenummer")
    if type(number) is int and 0 < number < BEYOND:
        known |= {"number": number}
    return known if status in OPEN or status in OUTCOMES else known | {"code": "outcome_unknown"}


def told(claims: Mapping[str, Any]) -> tuple[UUID, dict[str, Any]] | None:
    """Of which delivery NAV tells unasked, by its key, and how that stands; None where it doesn't say."""
    key, known = claims.get("nøkkel"), standing(claims)
    if not (
        isinstance(key, str) and KEY.fullmatch(key) and isinstance(claims.get("status"), str) and "number" in known
    ):
        return None
    received = known.pop("received_at")
    return UUID(key), known | {"received_at": received and datetime.fromisoformat(received)}


def _word(table: Mapping[str, str], code: str, field: str) -> str:
    try:
        return table[code]
    except KeyError:
        raise Untranslatable(field) from None


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
