"""`python -m demo.local.running SERVICE... -- ARGUMENT...`: a service's own command line, against the running demo.

Where DATABASE_URL is set the environment is taken to be that of the service meant, and is used as it is.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from demo.local.places import ROOT

FILE = "environments.json"


def remember(folder: Path, environments: Mapping[str, Mapping[str, str]]) -> None:
    """For commands beside the demo; gone with the folder, and for nobody else's eyes."""
    file = folder / FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps(environments), encoding="utf-8")


def environments() -> dict[str, dict[str, str]]:
    """Per service, those of the platform started last; empty where none is running."""
    found = [f for f in Path(tempfile.gettempdir()).glob(f"boligflyt-*/{FILE}") if os.access(f, os.R_OK)]
    if not found:
        return {}
    latest: dict[str, dict[str, str]] = json.loads(max(found, key=lambda f: f.stat().st_mtime).read_text("utf-8"))
    return latest


def python_path() -> str:
    """For children: this checkout, whatever folder they work in."""
    sources = [ROOT, ROOT / "chassis" / "src", *sorted((ROOT / "services").glob("*/src"))]
    return os.pathsep.join(map(str, sources))


def main(arguments: list[str]) -> int:
    split = arguments.index("--")
    services, command = arguments[:split], arguments[split + 1 :]
    running = {service: dict(os.environ) for service in services} if "DATABASE_URL" in os.environ else environments()
    if not running:
        print("Ingen demo kjører: start `make demo`, eller sett DATABASE_URL og de andre innstillingene.")
        return 1
    worst = 0
    for service in services or running:
        print(f"{service}:", flush=True)
        argv = [sys.executable, "-m", service.replace("-", "_"), *command]
        env = {**os.environ, **running[service], "PYTHONPATH": python_path()}
        worst = max(worst, subprocess.run(argv, env=env, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
