"""Words that tie the repository to one machine or one package registry."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

FOLDERS = ("work", "root", "Users")
# In pieces, so that this file doesn't name what it looks for.
REGISTRIES = ("pypi org", "pythonhosted org", "npmjs org", "npmjs com", "maven org", "maven apache org", "ghcr io")
HOSTS = tuple(registry.replace(" ", ".") for registry in REGISTRIES)
PATH = re.compile(r"(?<![\w.~})-])/(?:" + "|".join(FOLDERS) + ")/")


def files(root: Path) -> list[Path]:
    """What is tracked, or would be: everything that .gitignore doesn't name."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    return [path for name in listed.stdout.decode().split("\0") if name and (path := root / name).is_file()]


def own_registries() -> set[str]:
    """Hosts that this machine's settings send package clients to, mirrors included."""
    named = [
        value for key, value in os.environ.items() if re.search(r"INDEX_URL|REGISTRY|MIRROR|PROXY", key, re.IGNORECASE)
    ]
    return {host for value in named if (host := urlsplit(value).hostname) and host not in {"localhost", "127.0.0.1"}}


def tied(text: str, hosts: set[str]) -> Iterator[str]:
    """What ties a text to a place."""
    yield from {found.group() for found in PATH.finditer(text)}
    yield from {host for host in {*HOSTS, *hosts} if host in text}
