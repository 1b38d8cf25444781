"""What intake needs to be told besides what every service does."""

from pydantic import Field, FilePath

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`identity_key_file`: the secret that identity is sealed with. Lost, no one can be looked up again.

    `eligibility_url`, `nav_bridge_url`, `notifications_url`: whose event logs are reconciled.
    """

    identity_key_file: FilePath
    eligibility_url: str = Field(pattern="^https?://")
    nav_bridge_url: str = Field(pattern="^https?://")
    notifications_url: str = Field(pattern="^https?://")
