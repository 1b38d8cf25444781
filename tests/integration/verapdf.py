"""veraPDF, the reference validator of PDF/A: one jar by its Maven coordinates and hash, on the platform's Java."""

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from jgo.maven import MavenContext

from demo.local.java import FLAGS, Java

VERSION = "1.28.2"
SHA256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def jar() -> Path:
    """It holds all that it needs."""
    found: Path = MavenContext().project("org.verapdf.apps", "greenfield-apps").at_version(VERSION).artifact().resolve()
    if (digest := hashlib.sha256(found.read_bytes()).hexdigest()) != SHA256:
        raise ValueError(f"{found.name} is not the one that was locked: {digest}")
    return found


def verdicts(papers: Sequence[Path], flavour: str = "2u") -> dict[str, str]:
    """PASS or FAIL, by the file's name."""
    argv = [str(Java.find().launcher), *FLAGS, "-cp", str(jar()), MAIN, "--flavour", flavour, "--format", "text"]
    said = subprocess.run([*argv, *map(str, papers)], capture_output=True, text=True, check=False, timeout=120).stdout
    return {Path(line.split()[1]).name: line.split()[0] for line in said.splitlines() if line}
