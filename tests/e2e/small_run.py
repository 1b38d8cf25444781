"""`python -m tests.e2e.small_run INPUT`: play a small input in this copy of the tree, and print what leaked."""

import asyncio
import json
import sys
from pathlib import Path

from rich.progress import Progress

from demo.player.given import Given
from demo.player.play import play
from demo.player.services import await_ready, start_partners, start_services
from tests.e2e.leak_scan import Scan, gathered, leaks
from tests.e2e.system import until
from tests.platforms import a_platform


def main(folder: Path) -> None:
    given = Given.read(folder)
    with a_platform() as platform:
        start_partners(platform)
        start_services(platform)
        await_ready(platform)
        with Progress(disable=True) as progress:
            asyncio.run(play(platform, given, progress))
        mails = platform.folder / "mails.jsonl"
        until(lambda: mails.exists() and mails.stat().st_size, "a mail is sent")
        print(json.dumps(sorted(leaks(gathered(platform), Scan.of(given.persons)))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
