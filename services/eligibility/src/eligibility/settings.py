"""What eligibility is told by its environment, beside what every service is."""

from pydantic import AnyHttpUrl, TypeAdapter, field_validator

from chassis.settings import ServiceSettings

_URL = TypeAdapter(AnyHttpUrl)


class Settings(ServiceSettings):
    """`intake_url`: where an application's facts are asked for; both: where a trail goes on, and whose events come."""

    intake_url: str
    nav_bridge_url: str

    @field_validator("intake_url", "nav_bridge_url")
    @classmethod
    def _is_a_url(cls, given: str) -> str:
        _URL.validate_python(given)
        return given.rstrip("/")
