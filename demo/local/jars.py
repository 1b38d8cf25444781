"""`python -m demo.local.jars FOLDER`: the issuer's jars, for an image."""

import shutil
import sys
from pathlib import Path

from demo.local.errors import PlatformError
from demo.local.issuer import ISSUER


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for jar in ISSUER.jars():
        shutil.copy(jar, folder)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except PlatformError as error:
        sys.exit(str(error))
