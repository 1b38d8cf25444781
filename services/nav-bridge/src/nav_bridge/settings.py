"""What nav-bridge is told by its environment, beside what every service is."""

from pydantic import AnyHttpUrl, Field, PositiveFloat, TypeAdapter, field_validator

from chassis.settings import ServiceSettings

_URL = TypeAdapter(AnyHttpUrl)


class Settings(ServiceSettings):
    """Addresses of NAV and of the doors; times in seconds. The first wait for an outcome doubles up to the longest."""

    nav_url: str
    eligibility_url: str
    intake_url: str
    notifications_url: str
    nav_timeout_seconds: PositiveFloat = 10.0
    outcome_poll_seconds: PositiveFloat = 3600.0
    outcome_poll_longest_seconds: PositiveFloat = Field(default=86400.0)

    @field_validator("nav_url", "eligibility_url", "intake_url", "notifications_url")
    @classmethod
    def _is_a_url(cls, given: str) -> str:
        _URL.validate_python(given)
        return given.rstrip("/")
