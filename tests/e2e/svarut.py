"""SvarUt's simulator, up, for a municipality that reaches its NAV office by letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.local.children import Child
from demo.local.platform import Platform
from tests.unit.nav_bridge.test_app import LETTERS

MUNICIPALITY = "3427"
SENDERS = f'[{MUNICIPALITY}]\nuser = "tynset"\npassword = "hemmelig-1"\n'


@dataclass(frozen=True, slots=True)
class Running:
    """`record`: SvarUt's own. `environment`: what nav-bridge is told of it."""

    child: Child
    url: str
    record: Path
    environment: Mapping[str, str]


def a_svarut(platform: Platform, folder: Path, *options: str) -> Running:
    """`options` of the simulator's. Its files are in `folder`."""
    port = platform.spare_port()
    url = f"http://127.0.0.1:{port}"
    letters, senders, record = folder / "letters.toml", folder / "senders.toml", folder / "svarut.jsonl"
    letters.write_text(LETTERS, encoding="utf-8")
    senders.write_text(SENDERS, encoding="utf-8")
    given = ["--port", str(port), "--record", str(record), "--senders", str(senders), *options]
    child = platform.spawn("svarut-simulator", ["-m", "demo.svarut_simulator", *given])
    told = {"SVARUT_URL": url, "SVARUT_SENDERS_FILE": str(senders), "NAV_LETTERS_FILE": str(letters)}
    return Running(child, url, record, told)
