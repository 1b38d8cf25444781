"""The messages that NAV would take: the minimal content of a referral (domain report §3.2), or of a landlord's notice
(husleieloven § 9-11), and nothing besides.
"""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Strict(BaseModel):
    """Unknown fields are refused: nobody may send more than NAV has asked for."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Identity(Strict):
    name: Annotated[str | None, Field(alias="navn", min_length=1)] = None
    national_id: Annotated[str | None, Field(alias="fødselsnummer", pattern=r"^\d{11}$")] = None
    telefon: str | None = None
    epost: str | None = None
    adresse: str | None = None

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if not (self.name or self.national_id):
            raise ValueError("navn eller fødselsnummer må være med")
        return self


class LegalBasis(Strict):
    type: Literal["SAMTYKKE", "LOV"]
    samtykke_id: str | None = None
    samtykke_tidspunkt: datetime | date | None = None
    kan_trekkes: bool | None = None


class Household(Strict):
    voksne: Annotated[int, Field(ge=0)]
    barn: Annotated[int, Field(ge=0)]


class Tenancy(Strict):
    bolig_id: str | None = None
    kontrakt_slutt: date | None = None
    rent_ore: Annotated[int | None, Field(alias="månedsleieØre", ge=0)] = None


class ReferralMessage(Strict):
    henvisning_id: UUID
    versjon: Revision
    opprettet: date
    kommunenummer: Annotated[str, Field(pattern=r"^\d{4}$")]
    fra_rolle: str
    til_rolle: str
    til_enhet: str | None = None
    person_ref: UUID
    identitet: Identity
    ordning: Literal["STARTLÅN", "TILSKUDD"] | None = None
    purpose: Annotated[
        Literal[
            "KJØP_STARTLÅN",
            "REFINANSIERING_BEHOLDE",
            "TILSKUDD_ETABLERING",
            "TILSKUDD_TILPASNING",
            "BOSTØTTE",
            "ØKONOMISK_RÅD",
        ]
        | None,
        Field(alias="formål"),
    ] = None
    grunnlag: list[
        Literal[
            "LANGVARIG_FINANSIERINGSPROBLEM",
            "BARN_I_HUSSTAND",
            "LEIER_KOMMUNAL_BOLIG",
            "REFINANSIERING",
            "SÆRLIG_SOSIAL_HELSE",
        ]
    ]
    rettsgrunnlag: LegalBasis
    husstand: Household | None = None
    leieforhold: Tenancy | None = None
    restanse: Literal["INGEN", "LITEN", "PLAN"] | None = None
    behov_for_utvidet_hjelperrolle: bool | None = None
    language: Annotated[str | None, Field(alias="språk")] = None
    tolk: bool | None = None
    frist: date | None = None
    prioritet: Literal["NORMAL", "HØY"] | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        """The purpose says which scheme it is of; one of them must stand, and no more than one."""
        if (self.purpose is None) == (self.ordning is None):
            raise ValueError("enten formål eller ordning må være med")
        return self


class Tenant(Strict):
    person_ref: UUID
    identitet: Identity


class Unpaid(Strict):
    forfallsdato: date
    unpaid_ore: Annotated[int, Field(alias="ubetaltØre", gt=0)]


class Arrears(Strict):
    per_dato: date
    ore: Annotated[int, Field(alias="beløpØre", gt=0)]
    forfall: Annotated[list[Unpaid], Field(min_length=1)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(each.unpaid_ore for each in self.forfall) != self.ore:
            raise ValueError("forfallene må summere til beløpet")
        return self


class EvictionNotice(Strict):
    sendt: date
    frist: date


class NoticeMessage(Strict):
    varsel_id: UUID
    versjon: Revision
    opprettet: date
    kommunenummer: Annotated[str, Field(pattern=r"^\d{4}$")]
    fra_rolle: str
    til_enhet: str
    rettsgrunnlag: Literal["HUSLEIELOVEN_9_11"]
    leietakere: Annotated[list[Tenant], Field(min_length=1)]
    restanse: Arrears
    fravikelsesvarsel: EvictionNotice | None = None
