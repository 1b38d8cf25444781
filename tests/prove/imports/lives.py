"""Lives of one file, each in a process of its own, on databases that are made for it."""

import secrets
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from chassis.database import migrate
from demo.local.databases import Databases, Urls
from tests.prove.imports.files import write
from tests.prove.imports.life import SECRET, Life, live
from tests.prove.lines.dying import Line

MIGRATIONS = Path(__file__).parents[3] / "services" / "intake" / "src" / "intake" / "migrations"


class Lives:
    """`at_once`: lines of a part."""

    def __init__(self, databases: Databases, folder: Path, lines: int, *, bad_every: int, at_once: int) -> None:
        self._databases, self._at_once = databases, at_once
        self._fork = get_context("forkserver")
        self._fork.set_forkserver_preload(["tests.prove.imports.life"])
        self._file, self._key_file = folder / "file.csv", folder / "key"
        write(self._file, lines, bad_every=bad_every)
        self._key_file.write_bytes(SECRET)

    def database(self) -> Urls:
        name = f"import_{secrets.token_hex(4)}"
        urls = self._databases.create([name])[name]
        migrate(urls.runners, urls.pages, [MIGRATIONS])
        return urls

    def begin(self, urls: Urls, target: Line | None = None, nth: int = 1) -> BaseProcess:
        life = Life(urls, self._file, self._key_file, self._at_once, target, nth)
        process = self._fork.Process(target=live, args=[life])
        process.start()
        return process
