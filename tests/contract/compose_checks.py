"""What docker-compose.yml says, against the settings classes, the secrets that are made, and what containment asks."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer.main
import yaml

from chassis.settings import ServiceSettings, SettingsError, load
from chassis.topics.__main__ import app as topics
from demo.composed.secrets import main as make_secrets
from demo.composed.settings import PlayerSettings
from demo.local.kafka import PROPERTIES
from eligibility.settings import Settings as Eligibility
from intake.settings import Settings as Intake
from nav_bridge.settings import Settings as NavBridge
from notifications.settings import Settings as Notifications
from tests.contract.tree import ROOT

Document = dict[str, Any]

SETTINGS: Mapping[str, type[ServiceSettings]] = {
    "intake": Intake,
    "eligibility": Eligibility,
    "nav-bridge": NavBridge,
    "notifications": Notifications,
}
ONCE = ("databases", "topics", "player")
INNERMOST = re.compile(r"\$\{(\w+):-((?:[^${}]|\{[^${}]*\})*)\}")
# Of the official images, as their documentation names them; Kafka's are properties of the broker under other names.
OF_IMAGES = {
    "postgres": {"PGHOST", "POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS"},
    "grafana": {
        *("GF_SECURITY_ADMIN_PASSWORD__FILE", "GF_ANALYTICS_REPORTING_ENABLED", "GF_ANALYTICS_CHECK_FOR_UPDATES"),
    },
    "issuer": {"SERVER_PORT"},
}
OF_KAFKA = {*re.findall(r"^([\w.-]+)=", PROPERTIES, re.MULTILINE), "heap.opts", "controller.quorum.voters"}


def read(path: Path = ROOT / "docker-compose.yml") -> Document:
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def told(service: Document) -> dict[str, str]:
    """Its environment where nobody has set anything."""
    return {name: with_defaults(str(value)) for name, value in service.get("environment", {}).items()}


def with_defaults(text: str) -> str:
    while (simpler := INNERMOST.sub(lambda found: found[2], text)) != text:
        text = simpler
    return text


def faults(document: Document, folder: Path) -> list[str]:
    """A sentence for each thing that is wrong. `folder`: where secrets may be made."""
    make_secrets(folder)
    services = document["services"]
    return [
        sentence
        for name, service in services.items()
        for sentence in (*unknown(name, service), *missing(name, service, folder), *uncontained(name, service))
    ]


def unknown(name: str, service: Document) -> Iterator[str]:
    known = knows(name)
    for variable in service.get("environment", {}):
        if variable not in known:
            yield f"{name} knows no {variable}"


def knows(name: str) -> set[str]:
    if name == "kafka":
        return {"KAFKA_" + variable(each) for each in {*OF_KAFKA, *map(of_listener, ("clients", "outside"))}}
    if name == "topics":
        (command,) = typer.main.get_command(topics).commands.values()  # type: ignore[attr-defined]
        return {str(parameter.envvar) for parameter in command.params}
    fields = SETTINGS[name].model_fields if name in SETTINGS else PlayerSettings.model_fields
    return OF_IMAGES.get(name) or {*map(str.upper, fields), "SECRETS_DIR"}


def of_listener(name: str) -> str:
    return f"listener.name.{name}.scram-sha-512.sasl.jaas.config"


def variable(property: str) -> str:
    return property.replace("_", "__").replace("-", "___").replace(".", "_").upper()


def missing(name: str, service: Document, folder: Path) -> Iterator[str]:
    """What the service itself would say at its start, with its secrets and what its image tells."""
    if name not in SETTINGS:
        return
    given = {key: value.replace("/run/secrets", str(folder / name)) for key, value in told(service).items()}
    with environment({"ASSETS_DIR": "assets", **given}):
        try:
            settings = load(SETTINGS[name])
        except SettingsError as error:
            yield f"{name}: {error}"
            return
    if settings.service_name() != name:
        yield f"{name} calls itself {settings.service_name()}"


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[None]:
    """For a while that of this process, and nothing else in it."""
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(given)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def uncontained(name: str, service: Document) -> Iterator[str]:
    wanted = {
        "a read-only file system": service.get("read_only") is True,
        "no capabilities": service.get("cap_drop") == ["ALL"],
        "no new privileges": "no-new-privileges:true" in service.get("security_opt", []),
        "a restart policy": "restart" in service,
        "limits": {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys(),
        "a health check": name in ONCE or "healthcheck" in service,
        "an image that can be set": service["image"].startswith("${"),
        "secrets in files alone": not list(open_secrets(service)),
        "ports on the machine's own address": all(
            p.startswith("${BIND:-127.0.0.1}:") for p in service.get("ports", [])
        ),
    }
    yield from (f"{name} lacks {what}" for what, is_so in wanted.items() if not is_so)


def open_secrets(service: Document) -> Iterator[str]:
    for key, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|KEY|TOKEN", key) and not str(value).startswith("/run/secrets"):
            yield key
