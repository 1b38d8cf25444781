"""What intake needs to be told besides what every service does."""

from pydantic import Field, FilePath

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`identity_key_file`: the secret that identity is sealed with. Lost, no one can be looked up again.

    `eligibility_url`: whose event log is reconciled.
    """

    identity_key_file: FilePath
    eligibility_url: str = Field(pattern="^https?://")
