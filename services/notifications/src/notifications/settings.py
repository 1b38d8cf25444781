"""What notifications is told by its environment, beside what every service is."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, StringConstraints

from chassis.settings import ServiceSettings

Address = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
Municipality = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class Settings(ServiceSettings):
    """`mail_to`: each municipality's one address, as JSON: {"3427": "bolig@kommune.example"}. Times in seconds.

    `operator_mail_to`: who is told that a bank file is missing, in the same form; left out, it is `mail_to`'s.
    """

    intake_url: str = Field(pattern="^https?://")
    nav_bridge_url: str = Field(pattern="^https?://")
    mail_to: dict[Municipality, Address]
    operator_mail_to: dict[Municipality, Address] = Field(default_factory=dict)
    mail_from: Address
    smtp_host: str
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_timeout_seconds: PositiveFloat = 10.0
