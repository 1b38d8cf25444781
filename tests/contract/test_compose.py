"""docker-compose.yml, the settings classes and the secrets hold together, and each way of not doing so is seen."""

import json
import re
import stat

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from chassis import telemetry
from chassis.topics import Topics
from demo.composed import secrets
from demo.local.settings import GIVEN_BACK
from tests.contract.compose_checks import faults, read
from tests.contract.tree import ROOT

WATCH = ROOT / "demo" / "composed" / "watch"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "secrets"


def test_every_container_is_told_what_it_asks_for_and_nothing_else_and_is_contained(folder):
    assert faults(read(), folder) == []


SPOILED = {
    "a setting that no class has": ("notifications", "environment", "SMTP_PORTS", "25", "knows no SMTP_PORTS"),
    "a variable that Kafka doesn't have": ("kafka", "environment", "KAFKA_LISTENER", "x", "knows no KAFKA_LISTENER"),
    "a value that is refused": ("intake", "environment", "MODE", "prod", "MODE er ugyldig"),
    "a moved clock in production": ("intake", "environment", "MODE", "production", "MODE production krever"),
    "a required setting left out": ("nav-bridge", "environment", "ELIGIBILITY_URL", None, "ELIGIBILITY_URL mangler"),
    "no issuer": ("eligibility", "environment", "ISSUER_URL", None, "ISSUER_URL mangler"),
    "no folder of secrets": ("intake", "environment", "SECRETS_DIR", None, "DATABASE_URL mangler"),
    "a password in the open": ("postgres", "environment", "POSTGRES_PASSWORD_FILE", "hei", "lacks secrets in files"),
    "a file system that is written to": ("kafka", "", "read_only", False, "lacks a read-only file system"),
    "capabilities": ("postgres", "", "cap_drop", None, "lacks no capabilities"),
    "privileges": ("issuer", "", "security_opt", None, "lacks no new privileges"),
    "no restart": ("intake", "", "restart", None, "lacks a restart policy"),
    "no health check": ("mail-catcher", "", "healthcheck", None, "lacks a health check"),
    "no limit of memory": ("kafka", "deploy", "resources", {"limits": {"cpus": "1"}}, "lacks limits"),
    "an image that is fixed": ("kafka", "", "image", "apache/kafka:latest", "lacks an image that can be set"),
    "a port for everybody": ("postgres", "", "ports", ["5432:5432"], "lacks ports on the machine's own address"),
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_it_is_seen_when_compose_says(spoiled, folder, tmp_path):
    service, part, name, value, seen = SPOILED[spoiled]
    document = read()
    spoilt = document["services"][service]
    place = spoilt.setdefault(part, {}) if part else spoilt
    place.pop(name, None)
    if value is not None:
        place[name] = value
    copy = tmp_path / "docker-compose.yml"
    copy.write_text(yaml.safe_dump(document), encoding="utf-8")

    assert [sentence for sentence in faults(read(copy), folder) if sentence.startswith(service) and seen in sentence]


def test_every_principal_gets_a_password_and_a_second_making_changes_none(folder):
    secrets.main(folder)
    made = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    passwords = json.loads((folder / "kafka" / "passwords.json").read_text())
    topics = Topics.read(ROOT / "schemas" / "topics.yaml")
    secrets.main(folder)

    assert set(passwords) == {secrets.ADMIN, *topics.principals}
    assert set(secrets.SERVICES) == set(topics.services)
    assert {path: path.read_text() for path in made} == made
    assert len(set(made.values())) == len(made)


def test_nobody_else_may_enter_the_folder_of_secrets(folder):
    secrets.main(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_watched_is_what_the_services_measure():
    rules = (WATCH / "alerts.yml").read_text(encoding="utf-8")
    panels = (WATCH / "grafana" / "dashboards" / "boligflyt.json").read_text(encoding="utf-8")
    watched = set(re.findall(r"boligflyt_\w+", rules + panels))
    measured = {
        sample.name
        for metric in vars(telemetry).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.collect()
        for sample in (family, *family.samples)
    }
    measured |= {f"{name}_total" for name in measured}

    assert watched
    assert watched <= measured
    assert yaml.safe_load(rules)["groups"]
    assert json.loads(panels)["panels"]


def test_prometheus_asks_every_service():
    (job,) = yaml.safe_load((WATCH / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]

    assert {target.partition(":")[0] for target in job["static_configs"][0]["targets"]} == set(secrets.SERVICES)


def test_memory_is_given_back_in_a_container_as_on_the_local_platform():
    given = re.search(r"^ENV (MALLOC_.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert given
    assert dict(each.split("=") for each in given[1].split()) == GIVEN_BACK
