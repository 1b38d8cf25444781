"""The letter that NAV gets where its office is reached by letter: what NAV's API would have got, in words for people.

It is made from the very message that the API takes, field by field. A field or word of the message that stands in no
table here is withheld, never left out: a letter that lacks something is wrong and nobody sees it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from chassis.outputs import OSLO
from nav_bridge.domain import Matter
from nav_bridge.translation.nav import Untranslatable

Row = tuple[str, str]

MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
TITLES: Mapping[Matter, str] = MappingProxyType(
    {"referral": "Henvisning til NAV", "nav_notice": "Melding etter husleieloven § 9-11"}
)
# A title stands in lists that more people see than the letter: it tells of no person.
RECALL_TITLES: Mapping[Matter, str] = MappingProxyType(
    {"referral": "Henvisningen er trukket", "nav_notice": "Meldingen er trukket"}
)
OPENINGS: Mapping[Matter, str] = MappingProxyType(
    {
        "referral": "Kommunen henviser personen nedenfor. Opplysningene er dem NAV trenger for å ta saken videre.",
        "nav_notice": (
            "Kommunen melder som utleier at husleie er ubetalt, slik husleieloven § 9-11 gir adgang til. "
            "Leietakeren har ikke reservert seg mot meldingen."
        ),
    }
)
ANSWER_BY_LETTER = "Svar kommunen med henvisning til referansen øverst."
RECALL: Mapping[Matter, str] = MappingProxyType(
    {
        "referral": "Henvisningen nedenfor er trukket. Se bort fra den, og gå ikke videre med den.",
        "nav_notice": "Meldingen nedenfor er trukket. Se bort fra den, og gå ikke videre med den.",
    }
)

# Heading by heading, field by field, in the order of the letter.
REFERRAL: Mapping[str, Mapping[str, str]] = {
    "Henvisningen": {
        "henvisningId": "Henvisning",
        "versjon": "Utgave",
        "opprettet": "Dato",
        "kommunenummer": "Kommunenummer",
        "fraRolle": "Fra",
        "tilRolle": "Til",
        "tilEnhet": "Enhet",
        "frist": "Frist",
        "prioritet": "Prioritet",
    },
    "Hvem det gjelder": {
        "personRef": "Kommunens referanse",
        "identitet.navn": "Navn",
        "identitet.fødselsnummer": "Fødselsnummer",
        "identitet.telefon": "Telefon",
        "identitet.epost": "E-post",
        "identitet.adresse": "Adresse",
        "språk": "Språk",
        "tolk": "Trenger tolk",
    },
    "Hva det gjelder": {
        "formål": "Formål",
        "ordning": "Ordning",
        "grunnlag": "Grunnlag",
        "behovForUtvidetHjelperrolle": "Behov for utvidet hjelperrolle",
        "restanse": "Restanse",
    },
    "Rettsgrunnlag": {
        "rettsgrunnlag.type": "Rettsgrunnlag",
        "rettsgrunnlag.samtykkeId": "Samtykke",
        "rettsgrunnlag.samtykkeTidspunkt": "Samtykket gitt",
        "rettsgrunnlag.kanTrekkes": "Kan trekkes",
    },
    "Husstand og leieforhold": {
        "husstand.voksne": "Voksne",
        "husstand.barn": "Barn",
        "leieforhold.boligId": "Bolig",
        "leieforhold.kontraktSlutt": "Kontrakten slutter",
        "leieforhold.månedsleieØre": "Månedsleie",
    },
}
NOTICE: Mapping[str, Mapping[str, str]] = {
    "Meldingen": {
        "varselId": "Melding",
        "versjon": "Utgave",
        "opprettet": "Dato",
        "kommunenummer": "Kommunenummer",
        "fraRolle": "Fra",
        "tilEnhet": "Enhet",
        "rettsgrunnlag": "Rettsgrunnlag",
    },
    "Ubetalt husleie": {"restanse.perDato": "Per", "restanse.beløpØre": "Til sammen"},
    "Varsel etter tvangsfullbyrdelsesloven § 4-18": {
        "fravikelsesvarsel.sendt": "Sendt",
        "fravikelsesvarsel.frist": "Frist",
    },
}
TENANT = {name: label for name, label in REFERRAL["Hvem det gjelder"].items() if name not in {"språk", "tolk"}}
# What stands in lists of a notice, and comes after the rest.
LISTS = frozenset({"leietakere", "restanse.forfall"})

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "KJØP_STARTLÅN": "Kjøp av bolig med startlån",
        "REFINANSIERING_BEHOLDE": "Refinansiering for å beholde boligen",
        "TILSKUDD_ETABLERING": "Tilskudd til etablering",
        "TILSKUDD_TILPASNING": "Tilskudd til tilpasning",
        "BOSTØTTE": "Bostøtte",
        "ØKONOMISK_RÅD": "Økonomisk rådgivning",
        "STARTLÅN": "Startlån",
        "TILSKUDD": "Tilskudd",
        "LANGVARIG_FINANSIERINGSPROBLEM": "Langvarig finansieringsproblem",
        "BARN_I_HUSSTAND": "Barn i husstanden",
        "LEIER_KOMMUNAL_BOLIG": "Leier kommunal bolig",
        "REFINANSIERING": "Refinansiering",
        "SÆRLIG_SOSIAL_HELSE": "Særlige sosiale eller helsemessige utfordringer",
        "BOLIGANSVARLIG": "Boligansvarlig",
        "STARTLÅN_SAKSBEHANDLER": "Saksbehandler for startlån",
        "SAMTYKKE": "Samtykke",
        "LOV": "Lov",
        "HUSLEIELOVEN_9_11": "Husleieloven § 9-11",
        "INGEN": "Ingen",
        "LITEN": "Liten",
        "PLAN": "Nedbetalingsavtale",
        "NORMAL": "Normal",
        "HØY": "Høy",
    }
)
CODED = frozenset(
    {"fraRolle", "tilRolle", "prioritet", "formål", "ordning", "grunnlag", "restanse", "rettsgrunnlag"}
) | {"rettsgrunnlag.type"}
DATED = frozenset(
    {"opprettet", "frist", "leieforhold.kontraktSlutt", "restanse.perDato", "restanse.forfall.forfallsdato"}
) | {"rettsgrunnlag.samtykkeTidspunkt", "fravikelsesvarsel.sendt", "fravikelsesvarsel.frist"}
ORE = frozenset({"leieforhold.månedsleieØre", "restanse.beløpØre", "restanse.forfall.ubetaltØre"})


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """`reference`: what the sender knows it by. `dated`: empty where the letter's carrier dates it."""

    title: str
    opening: str
    reference: str
    dated: str
    sections: tuple[Section, ...]

    def __repr__(self) -> str:
        """Shows nothing of its content."""
        return "Letter(…)"


def letter(matter: Matter, message: Mapping[str, Any], reference: str) -> Letter:
    sections = _referral(message) if matter == "referral" else _notice(message)
    dated = _dated(message["opprettet"])
    return Letter(TITLES[matter], f"{OPENINGS[matter]} {ANSWER_BY_LETTER}", reference, dated, tuple(sections))


def recall_letter(matter: Matter, id: str, revision: int, recalled: str, reference: str) -> Letter:
    """Tells no more than which letter it is about. `recalled`: that letter's reference."""
    rows = (("Henvisning" if matter == "referral" else "Melding", id), ("Utgave", str(revision)))
    about = Section("Dette er trukket", (*rows, ("Referanse i det første brevet", recalled)))
    return Letter(RECALL_TITLES[matter], RECALL[matter], reference, "", (about,))


def _referral(message: Mapping[str, Any]) -> list[Section]:
    return _sections(REFERRAL, dict(_leaves(message)))


def _notice(message: Mapping[str, Any]) -> list[Section]:
    plain = {name: value for name, value in _leaves(message) if name not in LISTS}
    head, owed, *rest = _sections(NOTICE, plain)
    unpaid = [_unpaid(each) for each in message["restanse"]["forfall"]]
    tenants = [one for each in message["leietakere"] for one in _sections({"Leietaker": TENANT}, dict(_leaves(each)))]
    return [head, *tenants, Section(owed.heading, (*owed.rows, *unpaid)), *rest]


def _unpaid(one: Mapping[str, Any]) -> Row:
    fields = {f"restanse.forfall.{name}": value for name, value in one.items()}
    if extra := fields.keys() - (DATED | ORE):
        raise Untranslatable(min(extra))
    due, left = (_told(name, fields[name]) for name in ("restanse.forfall.forfallsdato", "restanse.forfall.ubetaltØre"))
    return f"Forfall {due}", f"{left} ubetalt"


def _sections(table: Mapping[str, Mapping[str, str]], fields: Mapping[str, Any]) -> list[Section]:
    """Those that have something to tell. Nothing of the message may be left over."""
    if left := fields.keys() - {name for labels in table.values() for name in labels}:
        raise Untranslatable(min(left))
    found = [
        Section(heading, tuple((label, _told(name, fields[name])) for name, label in labels.items() if name in fields))
        for heading, labels in table.items()
    ]
    return [section for section in found if section.rows]


def _leaves(message: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in message.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{name}.")
        elif value != []:
            yield f"{path}{name}", value


def _told(field: str, value: Any) -> str:
    """One field's value as a person reads it."""
    if isinstance(value, list):
        return "\n".join(_told(field, each) for each in value)
    if field in CODED:
        try:
            return WORDS[value]
        except KeyError:
            raise Untranslatable(field) from None
    if field in DATED:
        return _dated(value)
    if field in ORE:
        return _kroner(value)
    return {True: "Ja", False: "Nei"}[value] if isinstance(value, bool) else str(value)


def _dated(given: str) -> str:
    if "T" not in given:
        on = date.fromisoformat(given)
        return f"{on.day}. {MONTHS[on.month - 1]} {on.year}"
    at = datetime.fromisoformat(given)
    at = at.astimezone(OSLO) if at.tzinfo else at
    return f"{at.day}. {MONTHS[at.month - 1]} {at.year} kl. {at:%H.%M}"


def _kroner(ore: int) -> str:
    kroner, rest = divmod(ore, 100)
    return f"{kroner:,}".replace(",", "\u00a0") + (f",{rest:02}" if rest else "") + "\u00a0kr"
