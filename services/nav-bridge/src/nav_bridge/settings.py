"""What nav-bridge is told by its environment, beside what every service is."""

import tomllib
from collections.abc import Mapping
from typing import Self

from pydantic import AnyHttpUrl, Field, FilePath, PositiveFloat, TypeAdapter, field_validator, model_validator

from chassis.settings import ServiceSettings
from nav_bridge.gateway import Grant, Signer
from nav_bridge.translation.offices import letters

_URL = TypeAdapter(AnyHttpUrl)
NEEDED = ("URL", "AUDIENCE", "CLIENT_ID", "SCOPES", "KEY_FILE")


class Settings(ServiceSettings):
    """Addresses of NAV and of the doors; times in seconds. The first wait for an outcome doubles up to the longest.

    `nav_calls_per_second`: how much NAV is asked at most, for each thing that it is asked.
    `nav_letters_file`: who is reached by letter, in the place of the nav_letters.toml that ships with the service.
    `svarut_senders_file`: TOML, per kommunenummer `user` and `password` of its sender at SvarUt; a secret.
    `nav_jwks`: file or address of NAV's public keys; without it no callback is taken, and NAV is only asked.
    `nav_issuer`: NAV's own name in what it signs. `maskinporten_...`: all that a token for NAV takes, or nothing, and
    then NAV is called without one; `resource` and `consumer` may be left out.
    """

    nav_url: str
    eligibility_url: str
    intake_url: str
    notifications_url: str
    nav_timeout_seconds: PositiveFloat = 10.0
    nav_calls_per_second: PositiveFloat = 50.0
    outcome_poll_seconds: PositiveFloat = 3600.0
    outcome_poll_longest_seconds: PositiveFloat = Field(default=86400.0)
    svarut_url: str = "https://svarut.ks.no"
    svarut_timeout_seconds: PositiveFloat = 15.0
    svarut_senders_file: FilePath | None = None
    nav_letters_file: FilePath | None = None
    nav_jwks: str = ""
    nav_issuer: str = Field(default="nav", min_length=1)
    maskinporten_url: str = Field(default="", pattern="^(https?://.+)?$")
    maskinporten_audience: str = ""
    maskinporten_client_id: str = ""
    maskinporten_scopes: str = ""
    maskinporten_key_file: FilePath | None = None
    maskinporten_key_id: str = ""
    maskinporten_certificate_file: FilePath | None = None
    maskinporten_resource: str = ""
    maskinporten_consumer: str = ""

    @property
    def grant(self) -> Grant | None:
        """What Maskinporten is asked for; None where NAV is called without a token."""
        asked = self.maskinporten_audience, self.maskinporten_client_id, self.maskinporten_scopes
        known_by = self.maskinporten_key_id, self.maskinporten_certificate_file
        needed = self.maskinporten_url, *asked
        if not any((*needed, *known_by, self.maskinporten_key_file)):
            return None
        if self.maskinporten_key_file is None or not all(needed) or all(known_by) or not any(known_by):
            raise ValueError(f"MASKINPORTEN_ krever {', '.join(NEEDED)}, og enten KEY_ID eller CERTIFICATE_FILE")
        signer = Signer.read(self.maskinporten_key_file, *known_by)
        return Grant(self.maskinporten_url, *asked, signer, self.maskinporten_resource, self.maskinporten_consumer)

    @field_validator("nav_url", "eligibility_url", "intake_url", "notifications_url", "svarut_url")
    @classmethod
    def _is_a_url(cls, given: str) -> str:
        _URL.validate_python(given)
        return given.rstrip("/")

    @model_validator(mode="after")
    def _safe_with_nav(self) -> Self:
        if self.mode == "production" and any(
            each.startswith("http:") for each in (self.nav_jwks, self.maskinporten_url)
        ):
            raise ValueError("MODE production krever NAV_JWKS og MASKINPORTEN_URL med https")
        _ = self.grant
        return self

    @model_validator(mode="after")
    def _every_letter_has_its_sender(self) -> Self:
        for kommunenummer, sender in ((each, self.senders.get(each, {})) for each in letters(self.nav_letters_file)):
            if not all(isinstance(sender.get(name), str) and sender[name] for name in ("user", "password")):
                raise ValueError(f"SVARUT_SENDERS_FILE må ha user og password for {kommunenummer}")
        return self

    @property
    def senders(self) -> Mapping[str, Mapping[str, str]]:
        """At SvarUt, by kommunenummer."""
        file = self.svarut_senders_file
        return tomllib.loads(file.read_text(encoding="utf-8")) if file else {}
