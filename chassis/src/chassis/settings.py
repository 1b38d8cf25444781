"""What a service is told by its environment. What safety rests on is required, or its default is the strict one."""

import os
from datetime import time
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import AwareDatetime, Field, FilePath, PositiveFloat, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.errors import BoligflytError


class SettingsError(BoligflytError):
    """The environment is not one to start in; the sentence names each setting and quotes no value."""


class ServiceSettings(BaseSettings):
    """Environment names are these names in capitals. Each service adds its own in its `settings.py`.

    `call_lease_seconds`: for how long what a dead process had begun to send is left alone; an attempt may take half.
    `reconcile_at`: the time of day in Norway; the last `reconcile_days` days are reconciled.
    `inbox_days`, `event_log_days`: how long it is known what was received, and what was sent.
    What the environment doesn't say may stand in a file of that name, in small letters, in the folder SECRETS_DIR.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    mode: Literal["test", "production"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    database_url: str = Field(repr=False, pattern="^postgres(ql)?://")
    pages_database_url: str = Field(repr=False, pattern="^postgres(ql)?://")
    kafka_bootstrap_servers: str
    kafka_security_protocol: Literal["SASL_SSL", "SASL_PLAINTEXT"] = "SASL_SSL"
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256"] = "SCRAM-SHA-512"
    kafka_username: str
    kafka_password: SecretStr
    kafka_ca_file: FilePath | None = None
    issuer_url: str = Field(pattern="^https?://")
    audience: str
    client_id: str
    client_secret: SecretStr
    session_secret_file: FilePath
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(pattern="^https?://")
    assets_dir: Path
    otel_exporter_otlp_endpoint: str = Field(default="", pattern="^(https?://.+)?$")
    clock_start: AwareDatetime | None = None
    clock_since: AwareDatetime | None = None
    clock_speed: PositiveFloat = 1.0
    call_lease_seconds: PositiveFloat = 40.0
    reconcile_at: time = time(3, 30)
    reconcile_days: int = Field(default=7, ge=1, le=60)
    inbox_days: int = Field(default=90, ge=60)
    event_log_days: int = Field(default=730, ge=90)

    @classmethod
    def service_name(cls) -> str:
        """The name in URLs, topics and tokens: that of the package, with hyphens."""
        return cls.__module__.partition(".")[0].replace("_", "-")

    @property
    def session_secret(self) -> str:
        return self.session_secret_file.read_text().strip()

    @model_validator(mode="before")
    @classmethod
    def _named_after_the_service(cls, given: dict[str, Any]) -> dict[str, Any]:
        return dict.fromkeys(("audience", "client_id", "kafka_username"), cls.service_name()) | given

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if len(self.session_secret) < 32:
            raise ValueError("SESSION_SECRET_FILE må holde minst 32 tegn")
        moved = self.clock_start or self.clock_since or self.clock_speed != 1
        tls = self.issuer_url.startswith("https:") and self.public_url.startswith("https:")
        if self.mode == "production" and (moved or not tls):
            raise ValueError("MODE production krever ISSUER_URL og PUBLIC_URL med https, og ingen CLOCK_-innstilling")
        return self


S = TypeVar("S", bound=ServiceSettings)


def load(settings: type[S], **given: Any) -> S:
    """The settings from the environment, or one sentence that names all that is missing or wrong."""
    try:
        return settings(_secrets_dir=os.environ.get("SECRETS_DIR"), **given)
    except ValidationError as error:
        raise SettingsError(f"Tjenesten kan ikke starte: {', '.join(map(fault, error.errors()))}.") from None


def fault(error: ErrorDetails) -> str:
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    return f"{str(error['loc'][0]).upper()} {'mangler' if error['type'] == 'missing' else 'er ugyldig'}"
