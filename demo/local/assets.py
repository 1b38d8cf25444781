"""`python -m demo.local.assets`: style sheets and script of the pages, from npm to `.cache/assets`."""

import shutil
import sys

from demo.local.errors import PlatformError
from demo.local.node import Node
from demo.local.places import ASSETS, ROOT

COPIES = {
    "@digdir/designsystemet-css/dist/src/index.css": "designsystemet/index.css",
    "@digdir/designsystemet-css/dist/theme/designsystemet.css": "designsystemet/theme.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
}


def copy_assets() -> None:
    """Nothing is done where they were made from this very lock file."""
    lock = (ROOT / "package-lock.json").read_bytes()
    made_from = ASSETS / "made-from.json"
    if made_from.exists() and made_from.read_bytes() == lock:
        return
    Node.find().install(ROOT)
    for source, name in COPIES.items():
        target = ASSETS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, target)
    made_from.write_bytes(lock)


if __name__ == "__main__":
    try:
        copy_assets()
    except PlatformError as error:
        sys.exit(str(error))
