"""Exactly what goes to NAV: the fields of the domain report §3.2 and of husleieloven § 9-11, listed."""

from collections.abc import Iterator
from typing import Any

from demo.nav_simulator.message import NoticeMessage, ReferralMessage
from nav_bridge.translation.doors import Notice, Person, Referral
from nav_bridge.translation.nav import henvisning, varsel
from tests.unit.nav_bridge.test_gateway import REFERRAL_TOLD

PERSON = Person(
    status="found",
    name="Testperson Oppdiktet",
    national_id="01817012345",
    phone="99999999",
    email="prove@example.org",
    address="Oppdiktet vei 1",
)
ALL = REFERRAL_TOLD | {
    "legal_basis": {"kind": "consent", "consent_id": "samtykke-1", "consented_at": "2019-05-01T12:00:00+02:00"},
    "tenancy": {"dwelling_id": "kobo-1", "lease_ends_on": "2020-05-01", "rent_ore": 745_000},
    "arrears_band": "SMALL",
    "needs_extended_help": True,
    "language": "so",
    "interpreter": True,
    "due_on": "2019-06-02",
    "priority": "high",
}
IDENTITY = {
    "identitet.navn",
    "identitet.fødselsnummer",
    "identitet.telefon",
    "identitet.epost",
    "identitet.adresse",
}
# The table's rows in its order. `status` is how far NAV has come: it comes back, and is never sent.
REFERRAL_FIELDS = {
    *("henvisningId", "versjon", "opprettet", "kommunenummer"),
    *("fraRolle", "tilRolle", "tilEnhet"),
    "personRef",
    *IDENTITY,
    "formål",
    "grunnlag",
    *(f"rettsgrunnlag.{each}" for each in ("type", "samtykkeId", "samtykkeTidspunkt", "kanTrekkes")),
    *(f"leieforhold.{each}" for each in ("boligId", "kontraktSlutt", "månedsleieØre")),
    *("husstand.voksne", "husstand.barn"),
    "restanse",
    "behovForUtvidetHjelperrolle",
    *("språk", "tolk"),
    *("frist", "prioritet"),
}
NOTICE_FIELDS = {
    *("varselId", "versjon", "opprettet", "kommunenummer", "fraRolle", "tilEnhet", "rettsgrunnlag"),
    "leietakere.personRef",
    *(f"leietakere.{each}" for each in IDENTITY),
    *("restanse.perDato", "restanse.beløpØre", "restanse.forfall.forfallsdato", "restanse.forfall.ubetaltØre"),
    *("fravikelsesvarsel.sendt", "fravikelsesvarsel.frist"),
}


def named(value: Any, path: str = "") -> Iterator[str]:
    """Where each value stands, by its field's name."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from named(inner, f"{path}.{name}" if path else name)
        case [dict(), *_]:
            yield from (each for inner in value for each in named(inner, path))
        case _:
            yield path


def referral(**told: Any) -> dict[str, Any]:
    return henvisning(Referral.model_validate(ALL | told), PERSON, "3427")


def test_a_referral_has_the_fields_of_the_minimal_content_and_no_other() -> None:
    assert set(named(referral())) == REFERRAL_FIELDS


def test_what_is_not_known_is_left_out() -> None:
    bare = {name: REFERRAL_TOLD[name] for name in REFERRAL_TOLD if name not in {"purpose", "household", "grounds"}}
    content = henvisning(Referral.model_validate(bare), Person(status="found", name="Testperson Oppdiktet"), "3427")

    assert set(named(content)) == {
        *("henvisningId", "versjon", "opprettet", "kommunenummer", "fraRolle", "tilRolle", "tilEnhet", "personRef"),
        *("identitet.navn", "ordning", "grunnlag"),
        *("rettsgrunnlag.type", "rettsgrunnlag.samtykkeTidspunkt", "rettsgrunnlag.kanTrekkes"),
    }


def test_the_scheme_stands_where_the_purpose_is_not_known_and_only_there() -> None:
    assert "ordning" not in referral()
    assert referral(purpose=None)["ordning"] == "STARTLÅN"


def test_deadline_and_priority_are_in_navs_words() -> None:
    assert (referral()["frist"], referral()["prioritet"]) == ("2019-06-02", "HØY")
    assert referral(priority="normal")["prioritet"] == "NORMAL"


def test_a_notice_has_what_the_law_lets_the_landlord_tell_and_no_other() -> None:
    notice = Notice.model_validate(
        {
            "notice_id": "6f1a3c9e-5b0c-5d0e-9a51-2f0c5b7d1a01",
            "revision": 1,
            "requested_on": "2019-02-25",
            "tenants": [REFERRAL_TOLD["applicant"]],
            "from_role": "boligansvarlig",
            "as_of": "2019-02-24",
            "debt_ore": 800_000,
            "unpaid": [{"due_on": "2019-01-15", "open_ore": 800_000}],
            "eviction_notice": {"sent_on": "2019-02-20", "deadline_on": "2019-03-06"},
        }
    )
    content = varsel(notice, [PERSON], "3427", "NAV Tynset")

    assert set(named(content)) == NOTICE_FIELDS
    NoticeMessage.model_validate(content)


def test_the_other_side_takes_each_of_these_fields_and_knows_no_other() -> None:
    known = {field.alias or name for name, field in ReferralMessage.model_fields.items()}

    ReferralMessage.model_validate(referral())
    assert known == {name.split(".")[0] for name in REFERRAL_FIELDS} | {"ordning"}
