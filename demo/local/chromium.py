"""`python -m demo.local.chromium`: see to a Chromium for the tests, and say which one it is.

That of the system; else Debian's, where we are root; else `@sparticuz/chromium` from npm. Playwright is given its
path: `playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)`.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from demo.local.errors import PlatformError
from demo.local.node import Node
from demo.local.places import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# As root, and in containers without user namespaces, Chromium's own sandbox can't be had.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")
UNPACKED = ROOT / ".cache" / "chromium"
UNPACK = "import('@sparticuz/chromium').then(async (m) => console.log(await m.default.executablePath()))"


def find() -> str:
    """The path of a Chromium that starts, or an error that says what was tried."""
    for name in NAMES:
        if (path := shutil.which(name)) and _version(path):
            return path
    if (UNPACKED / "chromium").exists() and _version(str(UNPACKED / "chromium")):
        return str(UNPACKED / "chromium")
    raise PlatformError("Fant ingen Chromium: kjør `python -m demo.local.chromium`")


def install() -> str:
    """`find`, after fetching one if there is none."""
    with contextlib.suppress(PlatformError):
        return find()
    tried = []
    for fetch in (_from_debian, _from_npm):
        try:
            fetch()
            return find()
        except (PlatformError, OSError, subprocess.SubprocessError) as error:
            tried.append(str(error))
    raise PlatformError("Testene trenger en Chromium, og ingen lot seg hente:\n" + "\n".join(tried))


def _version(path: str) -> str:
    done = subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""


def _from_debian() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise PlatformError("Debians pakke krever root og apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-dejavu-core"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-q", *command], env=quiet, stdout=subprocess.DEVNULL, check=True, timeout=600)


def _from_npm() -> None:
    node, folder = Node.find((22, 17)), Path(__file__).with_name("browser")
    node.install(folder)
    UNPACKED.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [node.node, "-e", UNPACK],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(UNPACKED)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 0:
        raise PlatformError(f"@sparticuz/chromium lot seg ikke pakke ut:\n{done.stderr}")


if __name__ == "__main__":
    try:
        chosen = install()
    except PlatformError as error:
        sys.exit(str(error))
    print(f"Chromium: {chosen} ({_version(chosen)})")
