"""What intake needs to be told besides what every service does."""

from pydantic import Field, FilePath

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`identity_key_file`: the secret that identity is sealed with. Lost, no one can be looked up again.

    `import_largest_mb`: of a ledger file, in megabytes of 1,000,000 bytes; a larger one is answered 413.
    `eligibility_url`, `nav_bridge_url`, `notifications_url`: whose event logs are reconciled.
    """

    identity_key_file: FilePath
    import_largest_mb: int = Field(default=256, ge=1, le=1000)
    eligibility_url: str = Field(pattern="^https?://")
    nav_bridge_url: str = Field(pattern="^https?://")
    notifications_url: str = Field(pattern="^https?://")
