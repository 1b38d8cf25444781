"""`python3 -m demo.composed.secrets [FOLDER]`: the secrets of docker-compose.yml, a file each; those that stand stay.

Standard library alone, as nothing is installed when it runs. Nobody else on this machine may enter the folder; the
files in it can be read by whichever account a container runs as.
"""

import json
import re
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("eligibility", "intake", "nav-bridge", "notifications")
MUNICIPALITIES = ("3427", "5027")
ADMIN = "admin"
OF_A_SERVICE = (
    *("database_url", "pages_database_url", "kafka_password"),
    *("client_secret", "session_secret", "identity_key"),
)


def main(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for service in SERVICES:
        for name in OF_A_SERVICE:
            keep(folder / service / name, value(service, name))
    bridge, shipped = folder / "nav-bridge", ROOT / "services/nav-bridge/src/nav_bridge/nav_letters.toml"
    keep(bridge / "svarut_senders.toml", "".join(map(sender, MUNICIPALITIES)))
    keep(bridge / "nav_letters.toml", shipped.read_text("utf-8"))
    for name in ("postgres/password", "grafana/password"):
        keep(folder / name, word())
    passwords = folder / "kafka" / "passwords.json"
    standing = json.loads(passwords.read_text("utf-8")) if passwords.exists() else {}
    users = {name: word() for name in (ADMIN, *subscribers())} | standing
    users |= {service: (folder / service / "kafka_password").read_text("ascii") for service in SERVICES}
    write(passwords, json.dumps(users, indent=2))


def value(service: str, name: str) -> str:
    database = service.replace("-", "_")
    role = {"database_url": database, "pages_database_url": f"{database}_pages"}.get(name)
    return f"postgresql://{role}:{word()}@postgres:5432/{database}" if role else word()


def sender(kommunenummer: str) -> str:
    """A municipality's at SvarUt: the simulator takes the same file."""
    return f'[{kommunenummer}]\nuser = "boligflyt-{kommunenummer}"\npassword = "{word()}"\n'


def word() -> str:
    """256 random bits."""
    return secrets.token_hex(32)


def subscribers(topics: Path = ROOT / "schemas" / "topics.yaml") -> list[str]:
    """Systems outside of boligflyt that the file names, by the one word that only they have."""
    return re.findall(r"^ *-? *principal: *(\S+)", topics.read_text("utf-8"), re.MULTILINE)


def keep(path: Path, text: str) -> None:
    if not path.exists():
        write(path, text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o755)
    path.write_text(text, "utf-8")
    path.chmod(0o644)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "secrets")
