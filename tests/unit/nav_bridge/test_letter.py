"""The words of a letter to NAV: each field of the message, in a table, and nothing besides."""

import pytest

from nav_bridge.translation import nav
from nav_bridge.translation.letter import NOTICE, REFERRAL, WORDS, letter
from nav_bridge.translation.nav import Untranslatable
from tests.unit.nav_bridge.letters import LETTERS, NOTICE_MESSAGE, REFERENCE
from tests.unit.nav_bridge.test_minimal_content import NOTICE_FIELDS, REFERRAL_FIELDS, referral


def told(kind: str) -> dict[str, list[tuple[str, str]]]:
    return {section.heading: list(section.rows) for section in LETTERS[kind].sections}


def test_a_letter_has_the_fields_of_the_minimal_content_and_no_other() -> None:
    assert {name for labels in REFERRAL.values() for name in labels} == REFERRAL_FIELDS | {"ordning"}
    listed = {name for name in NOTICE_FIELDS if name.startswith(("leietakere.", "restanse.forfall."))}
    assert {name for labels in NOTICE.values() for name in labels} == NOTICE_FIELDS - listed


def test_every_word_that_navs_api_takes_has_its_words_in_a_letter() -> None:
    tables = (nav.SCHEMES, nav.PURPOSES, nav.GROUNDS, nav.ROLES, nav.LEGAL_BASES, nav.ARREARS, nav.PRIORITIES)

    assert {word for table in tables for word in table.values()} | {nav.NOTICE_BASIS} == set(WORDS)


def test_a_referral_reads_as_a_person_would_write_it() -> None:
    assert told("referral") == {
        "Henvisningen": [
            ("Henvisning", "9e079f93-2a56-5924-a35b-80f17614c5e6"),
            ("Utgave", "1"),
            ("Dato", "2. mai 2019"),
            ("Kommunenummer", "3427"),
            ("Fra", "Boligansvarlig"),
            ("Til", "Saksbehandler for startlån"),
            ("Enhet", "NAV Tynset"),
            ("Frist", "2. juni 2019"),
            ("Prioritet", "Høy"),
        ],
        "Hvem det gjelder": [
            ("Kommunens referanse", nav.person_ref("b397b7b5-6303-568f-8ef7-1a2ca02e1fc1")),
            ("Navn", "Testperson Oppdiktet"),
            ("Fødselsnummer", "01817012345"),
            ("Telefon", "99999999"),
            ("E-post", "prove@example.org"),
            ("Adresse", "Oppdiktet vei 1"),
            ("Språk", "so"),
            ("Trenger tolk", "Ja"),
        ],
        "Hva det gjelder": [
            ("Formål", "Kjøp av bolig med startlån"),
            ("Grunnlag", "Barn i husstanden"),
            ("Behov for utvidet hjelperrolle", "Ja"),
            ("Restanse", "Liten"),
        ],
        "Rettsgrunnlag": [
            ("Rettsgrunnlag", "Samtykke"),
            ("Samtykke", "samtykke-1"),
            ("Samtykket gitt", "1. mai 2019 kl. 12.00"),
            ("Kan trekkes", "Ja"),
        ],
        "Husstand og leieforhold": [
            ("Voksne", "1"),
            ("Barn", "2"),
            ("Bolig", "kobo-1"),
            ("Kontrakten slutter", "1. mai 2020"),
            ("Månedsleie", "7\u00a0450\u00a0kr"),
        ],
    }


def test_a_notice_names_each_tenant_and_each_unpaid_invoice() -> None:
    sections = LETTERS["nav_notice"].sections

    assert [section.heading for section in sections] == [
        *("Meldingen", "Leietaker", "Leietaker", "Ubetalt husleie"),
        "Varsel etter tvangsfullbyrdelsesloven § 4-18",
    ]
    assert sections[3].rows == (
        ("Per", "24. februar 2019"),
        ("Til sammen", "8\u00a0000,50\u00a0kr"),
        ("Forfall 15. januar 2019", "4\u00a0000\u00a0kr ubetalt"),
        ("Forfall 15. februar 2019", "4\u00a0000,50\u00a0kr ubetalt"),
    )


def test_a_notice_without_an_eviction_notice_tells_of_none() -> None:
    message = {name: value for name, value in NOTICE_MESSAGE.items() if name != "fravikelsesvarsel"}

    assert [section.heading for section in letter("nav_notice", message, REFERENCE).sections][-1] == "Ubetalt husleie"


def test_a_recall_tells_which_letter_it_is_about_and_of_no_person() -> None:
    assert told("recalled referral") == {
        "Dette er trukket": [
            ("Henvisning", "9e079f93-2a56-5924-a35b-80f17614c5e6"),
            ("Utgave", "2"),
            ("Referanse i det første brevet", REFERENCE),
        ]
    }
    assert LETTERS["recalled referral"].title == "Henvisningen er trukket"
    assert LETTERS["recalled notice"].title == "Meldingen er trukket"


@pytest.mark.parametrize(
    ("matter", "message", "field"),
    [
        ("referral", referral() | {"diagnose": "F20"}, "diagnose"),
        ("referral", referral() | {"formål": "HYTTE"}, "formål"),
        ("referral", referral() | {"rettsgrunnlag": {"type": "RYKTE"}}, "rettsgrunnlag.type"),
        ("nav_notice", NOTICE_MESSAGE | {"merknad": "fritekst"}, "merknad"),
        (
            "nav_notice",
            NOTICE_MESSAGE | {"leietakere": [NOTICE_MESSAGE["leietakere"][0] | {"merknad": "fritekst"}]},
            "merknad",
        ),
        (
            "nav_notice",
            NOTICE_MESSAGE
            | {"restanse": NOTICE_MESSAGE["restanse"] | {"forfall": [{"forfallsdato": "2019-01-15", "kid": "1"}]}},
            "restanse.forfall.kid",
        ),
    ],
)
def test_what_stands_in_no_table_is_withheld_and_named_without_its_content(matter, message, field) -> None:
    with pytest.raises(Untranslatable) as withheld:
        letter(matter, message, REFERENCE)

    assert str(withheld.value) == field


def test_a_letter_shows_nothing_of_its_content_in_a_log_line() -> None:
    assert repr(LETTERS["referral"]) == "Letter(…)"
