"""What eligibility is told by its environment, beside what every service is."""

from pydantic import AnyHttpUrl, TypeAdapter, field_validator

from chassis.settings import ServiceSettings

_URL = TypeAdapter(AnyHttpUrl)


class Settings(ServiceSettings):
    """`intake_url`: where the facts of an application are asked for. `nav_bridge_url`: whose event log is compared."""

    intake_url: str
    nav_bridge_url: str

    @field_validator("intake_url", "nav_bridge_url")
    @classmethod
    def _is_a_url(cls, given: str) -> str:
        _URL.validate_python(given)
        return given.rstrip("/")
