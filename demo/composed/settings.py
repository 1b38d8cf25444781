"""What the player and the one-shot jobs are told by docker-compose.yml."""

from pathlib import Path
from typing import ClassVar

from pydantic_settings import BaseSettings, SettingsConfigDict

from demo.composed.secrets import SERVICES


class PlayerSettings(BaseSettings):
    """`secrets_dir`: a folder per service, as secrets.py makes it. `records`: what the partners note."""

    model_config = SettingsConfigDict(frozen=True)
    services: ClassVar[tuple[str, ...]] = SERVICES

    secrets_dir: Path = Path("/run/secrets")
    records: Path = Path("/var/lib/demo")
    kafka_bootstrap_servers: str = "kafka:9092"
    issuer_url: str = ""
    notifications_page: str = "http://localhost:8083"
    eligibility_page: str = "http://localhost:8081"
    nav_bridge_page: str = "http://localhost:8082"
    nav_page: str = "http://localhost:8091"
    mails_page: str = "http://localhost:8092"

    def secret(self, service: str, name: str) -> str:
        return (self.secrets_dir / service / name).read_text(encoding="utf-8").strip()
