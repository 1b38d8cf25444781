"""`.env.example` names every setting, no other, and each service can be told by it."""

import re
import subprocess

import pytest

from chassis.settings import load
from tests.contract.compose_checks import SETTINGS
from tests.contract.tree import ROOT

FILE = ROOT / ".env.example"
FILES = ("session", "identity", "kafka-ca.pem")


def test_every_setting_is_in_the_example_and_no_other():
    named = re.findall(r"^#?([A-Z][A-Z_]+)=", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    settings = {name.upper() for each in SETTINGS.values() for name in each.model_fields}
    assert sorted(named) == sorted({*settings, "SECRETS_DIR"})


@pytest.mark.parametrize("settings", SETTINGS.values())
def test_a_service_can_be_told_by_it_as_a_shell_reads_it(settings, tmp_path, monkeypatch):
    (tmp_path / "secrets").mkdir()
    for name in FILES:
        (tmp_path / "secrets" / name).write_text("x" * 48, encoding="ascii")
    shown = subprocess.run(
        ["/bin/sh", "-c", f"set -a; . {FILE}; env -0"], capture_output=True, text=True, check=True, env={}
    ).stdout
    monkeypatch.chdir(tmp_path)
    for line in shown.rstrip("\0").split("\0"):
        monkeypatch.setenv(*line.split("=", 1))
    assert load(settings).kafka_password.get_secret_value() == "change-me"
