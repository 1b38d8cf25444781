"""What each service is told by its environment when it runs on the local platform."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from chassis.broker import Kafka
from demo.local.databases import Urls
from demo.local.places import ASSETS
from demo.local.ports import Ports

# Bytes, as in the Dockerfile: freed memory goes back to the system, so that a process's own doesn't creep up.
GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
MAIL_FROM = "boligflyt@boligflyt.example"
MAIL_TO = {"3427": "bolig@tynset.example", "5027": "bolig@midtre-gauldal.example"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Ports, planned before anything starts, so that everyone can be told of everyone."""

    services: dict[str, int]
    nav: int
    smtp: int
    mails: int

    @classmethod
    def plan(cls, services: Sequence[str], ports: Ports) -> Self:
        return cls({service: ports.take() for service in services}, ports.take(), ports.take(), ports.take())

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.services[service]}"

    @property
    def nav_url(self) -> str:
        """Where the NAV simulator is to listen."""
        return f"http://127.0.0.1:{self.nav}"

    @property
    def mails_url(self) -> str:
        """Where the mail catcher is to show what it caught; `smtp` is where it is to catch."""
        return f"http://127.0.0.1:{self.mails}"


def pages(notifications: str, eligibility: str, nav_bridge: str, nav: str, mails: str) -> dict[str, str]:
    return {
        "Varsler (notifications)": notifications,
        "Saker (eligibility)": f"{eligibility}/saker",
        "Leveringer til NAV (nav-bridge)": f"{nav_bridge}/leveringer",
        "NAV-simulator": nav,
        "E-post som ble sendt": f"{mails}/mails",
    }


def environment(service: str, addresses: Addresses, folder: Path, database: Urls, kafka: Kafka) -> dict[str, str]:
    """All but what the issuer is asked with; secrets that a service reads from files are made in `folder`."""
    return {
        **GIVEN_BACK,
        "MODE": "test",
        "DATABASE_URL": database.runners,
        "PAGES_DATABASE_URL": database.pages,
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_SECURITY_PROTOCOL": kafka.protocol,
        "KAFKA_SASL_MECHANISM": kafka.mechanism,
        "KAFKA_USERNAME": kafka.username,
        "KAFKA_PASSWORD": kafka.password,
        **({"KAFKA_CA_FILE": str(kafka.ca_file)} if kafka.ca_file else {}),
        "AUDIENCE": service,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(addresses.services[service]),
        "PUBLIC_URL": addresses.url(service),
        "ASSETS_DIR": str(ASSETS),
        "SESSION_SECRET_FILE": str(_secret(folder, f"{service}.session")),
        "IDENTITY_KEY_FILE": str(_secret(folder, f"{service}.identity")),
        **{f"{name.upper().replace('-', '_')}_URL": addresses.url(name) for name in addresses.services},
        "NAV_URL": addresses.nav_url,
        "NAV_JWKS": str(nav_keys(folder) / "jwks.json"),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(addresses.smtp),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": MAIL_FROM,
        "MAIL_TO": json.dumps(MAIL_TO),
    }


def nav_keys(folder: Path) -> Path:
    """Where the NAV simulator makes the key that it signs its callbacks with."""
    return folder / "secrets" / "nav"


def _secret(folder: Path, name: str) -> Path:
    """A file with 256 random bits in hexadecimal, made once per platform."""
    path = folder / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        path.write_text(secrets.token_hex(32), encoding="ascii")
        path.chmod(0o600)
    return path
