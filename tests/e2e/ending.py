"""A small demo of its own, ended in one way or another, and what it has left."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from demo.local.places import ROOT
from tests.e2e.system import until
from tests.integration.traces import Traces

RUNS, IDLE = "Alt kjører", "Ctrl-C avslutter"
LIMIT = 180  # seconds for a start, and for an end
# A shell starts what runs in its background deaf to Ctrl-C, and so would all that comes of it be.
HEARS_CTRL_C = ("env", "--default-signal=INT")
# What each child's command line holds.
CHILDREN = {
    "intake": "intake run",
    "eligibility": "eligibility run",
    "nav-bridge": "nav_bridge run",
    "notifications": "notifications run",
    "PostgreSQL": "bin/postgres -D",
    "Kafka": "kafka.Kafka",
    "the issuer": "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt",
    "NAV's simulator": "demo.nav_simulator",
    "the mail catcher": "demo.mail_catcher",
    "the reaper": "reaper.py",
}
PERSON = {"kommunenummer": "3427", "national_id": "05838000128", "name": "Syntetisk Furu", "tenancies": ["K-1"]}
LEDGER = """\
account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends
3427-husleie;tenancy.started;K-1;2018-12-01;K-1;;500000;;;
3427-husleie;invoice.issued;F1;2018-12-01;K-1;;500000;2018-12-03;;
3427-husleie;ledger.closed;2;2019-02-12;;;1000000;;;
"""


@dataclass(frozen=True)
class Ended:
    code: int
    left: list[str]
    seen: int
    output: str


class Demo:
    """`python -m demo` on a tiny input, with a folder for temporary files that is its own."""

    def __init__(self, *arguments: str) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="demo-ends-"))
        self._home.chmod(0o711)
        (self._home / "input" / "ledger").mkdir(parents=True)
        (self._home / "input" / "persons.jsonl").write_text(json.dumps(PERSON), encoding="utf-8")
        (self._home / "input" / "ledger" / "1.csv").write_text(LEDGER, encoding="utf-8")
        self._log = self._home / "demo.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*HEARS_CTRL_C, sys.executable, "-m", "demo", "--input", str(self._home / "input"), *arguments],
                cwd=ROOT,
                env={**os.environ, "TMPDIR": str(self._home), "COLUMNS": "120"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def until_it_says(self, sentence: str) -> Traces:
        """What of it is there at that moment. One that doesn't say it in time is killed and burdens no other."""
        try:
            until(lambda: sentence in self.output or self._process.poll() is not None, sentence, LIMIT)
        except TimeoutError:
            self._process.kill()
            raise
        assert sentence in self.output, self.output[-3000:]
        (folder,) = self._home.glob("boligflyt-*")
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                return Traces.of({self._process.pid}, folder)
            except psutil.NoSuchProcess:  # one that ended while it was looked at
                assert time.monotonic() < deadline

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def sigkill_child(self, words: str) -> None:
        every = psutil.Process(self._process.pid).children(recursive=True)
        first, *_ = [process.pid for process in every if words in " ".join(process.cmdline())]
        os.kill(first, signal.SIGKILL)

    def ended(self, traces: Traces) -> Ended:
        try:
            code = self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        try:
            until(lambda: not traces.left(), "nothing is left", 30)
        except TimeoutError:
            return Ended(code, traces.left(), len(traces.pids), self.output)
        finally:
            shutil.rmtree(self._home, ignore_errors=True)
        return Ended(code, [], len(traces.pids), "")


def of_itself() -> Ended:
    demo = Demo("--once")
    return demo.ended(demo.until_it_says(RUNS))


def by_signal(number: int, when: str) -> Ended:
    demo = Demo()
    traces = demo.until_it_says(when)
    demo.signal(number)
    return demo.ended(traces)


def by_death_of(child: str) -> Ended:
    demo = Demo()
    traces = demo.until_it_says(RUNS)
    demo.sigkill_child(CHILDREN[child])
    return demo.ended(traces)
