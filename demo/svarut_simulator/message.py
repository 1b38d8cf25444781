"""A forsendelse as the documentation has it (RESTV1), as far as a letter to an organisation needs it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Unknown fields are refused: what isn't documented here must not be leant on."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class PostalAddress(Strict):
    navn: Text
    adresse1: str | None = None
    post_nummer: Annotated[str, Field(pattern=r"^\d{4}$")]
    post_sted: Text
    land: str | None = None


class DigitalAddress(Strict):
    organisasjons_nummer: Annotated[str, Field(pattern=r"^\d{9}$")]


class Address(Strict):
    post_adresse: PostalAddress
    digital_adresse: DigitalAddress


class Print(Strict):
    utskrift_med_farger: bool
    tosidig: bool


class Document(Strict):
    filnavn: Annotated[str, Field(min_length=1, max_length=226, pattern=r'^[^"<>?*|:\\/]+$')]
    mime_type: Literal["application/pdf"]
    skal_signeres: bool = False
    ekskluderes_fra_utskrift: bool = False


class Forsendelse(Strict):
    mottaker: Address
    eksponert_for: list[DigitalAddress] = []
    avgivende_system: Text
    tittel: Text
    kun_digital_levering: bool = False
    kryptert: bool = False
    utskrifts_konfigurasjon: Print | None = None
    level_4: Annotated[bool, Field(alias="krevNiva4Innlogging")] = False
    taushetsbelagt_post: bool = False
    dokumenter: Annotated[list[Document], Field(min_length=1)]
    lenker: list[str] = []
    ekstern_referanse: Annotated[str | None, Field(max_length=100)] = None
    svar_pa_forsendelse_link: bool = False

    @model_validator(mode="after")
    def _documented(self) -> Self:
        """Level 4 must be encrypted; file names are told apart without regard to case."""
        if self.level_4 and not self.kryptert:
            raise ValueError("nivå 4 må være kryptert")
        names = [each.filnavn.lower() for each in self.dokumenter]
        if len(set(names)) != len(names):
            raise ValueError("filnavn må være unike")
        return self
