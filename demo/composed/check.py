"""`python3 -m demo.composed.check`: build, start, play the scenario, look from outside, take down; says how it went.

Standard library and Docker alone. Its project, secrets and ports are its own, so that a system that is up beside it
isn't touched; nothing of it is left, however it ends.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from demo.composed.secrets import ROOT
from demo.composed.secrets import main as make_secrets

PUBLISHED = {
    "INTAKE_PORT": "/readyz",
    "ELIGIBILITY_PORT": "/readyz",
    "NAV_BRIDGE_PORT": "/readyz",
    "NOTIFICATIONS_PORT": "/readyz",
    "NAV_PORT": "/",
    "MAILS_PORT": "/mails",
    "ISSUER_PORT": "/boligflyt/.well-known/openid-configuration",
}
OTHER_PORTS = ("KAFKA_PORT",)
PATIENCE = 300  # seconds until everything is healthy


class Failed(Exception):
    """A step didn't succeed; what was said about it is on the terminal."""


class Check:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="boligflyt-compose-"))
        ports = free_ports(len(PUBLISHED) + len(OTHER_PORTS))
        self.ports = dict(zip((*PUBLISHED, *OTHER_PORTS), ports, strict=True))
        self.times: dict[str, float] = {}
        self._env = os.environ | {
            "COMPOSE_PROJECT_NAME": f"boligflyt-check-{secrets.token_hex(3)}",
            "SECRETS": str(self.folder / "secrets"),
            **{name: str(port) for name, port in self.ports.items()},
        }

    def run(self) -> None:
        self.step("secrets", lambda: make_secrets(self.folder / "secrets"))
        self.step("build", lambda: self.compose("build", "--quiet"))
        self.step("up", lambda: self.compose("up", "--wait", "--wait-timeout", str(PATIENCE), "--quiet-pull"))
        self.step("play", lambda: self.compose("run", "--rm", "--no-TTY", "player"))
        self.step("look from outside", self.look)
        self.step("restore", self.restore)

    def step(self, name: str, work: Callable[[], None]) -> None:
        print(f"── {name}", flush=True)
        began = time.monotonic()
        try:
            work()
        finally:
            self.times[name] = time.monotonic() - began

    def compose(self, *arguments: str) -> None:
        command = ["docker", "compose", "--progress", "plain", *arguments]
        if subprocess.run(command, cwd=ROOT, env=self._env, check=False).returncode != 0:
            raise Failed(f"docker compose {arguments[0]}")

    def look(self) -> None:
        """What is published answers on this machine; without a token the pages lead to the issuer, the doors refuse."""
        for name, path in PUBLISHED.items():
            if (status := answer(f"http://127.0.0.1:{self.ports[name]}{path}")) != 200:
                raise Failed(f"{name} svarte {status} på {path}")
        if (status := answer(f"http://127.0.0.1:{self.ports['INTAKE_PORT']}/persons", b"{}")) != 401:
            raise Failed(f"intake slapp inn en uten token: {status}")

    def restore(self) -> None:
        """By the runbook's own commands: what was written before the moment is there, what came after isn't."""
        self._env |= {"BACKUP": str(self.folder / "base.tar")}
        self.runbook("backup")
        self.sql("create table moments as select 'before' as moment")
        self._env |= {"TARGET": self.sql("select clock_timestamp()")}
        self.sql("insert into moments select 'after' from pg_sleep(0.1)")
        self.runbook("restore")
        if (found := self.sql("select moment from moments")) != "before":
            raise Failed(f"gjenopprettet til feil tidspunkt: {found}")
        if not (left := self.sql("select count(*) from alerts", "notifications")).isdigit() or int(left) == 0:
            raise Failed(f"varslene er borte etter gjenopprettingen: {left}")

    def runbook(self, name: str) -> None:
        text = (ROOT / "docs" / "runbook.md").read_text("utf-8")
        block = text.partition(f"```sh {name}\n")[2].partition("```")[0]
        if not block or subprocess.run(["sh", "-ec", block], cwd=ROOT, env=self._env, check=False).returncode != 0:
            raise Failed(f"runbook: {name}")

    def sql(self, statement: str, database: str = "postgres") -> str:
        command = ["docker", "compose", "exec", "-T", "postgres", "psql", "-qAt", "-d", database, "-c", statement]
        done = subprocess.run(command, cwd=ROOT, env=self._env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"psql: {done.stderr}")
        return done.stdout.strip()

    def logs(self) -> None:
        self.compose("logs", "--tail", "60")

    def close(self) -> None:
        self.compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5")
        shutil.rmtree(self.folder)


def answer(url: str, body: bytes | None = None) -> int:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - http, our own
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - as above
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def free_ports(count: int) -> list[int]:
    """Free at this moment, which is as much as can be known of ports that Docker is to take."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    check, failed = Check(), "avbrutt"
    try:
        check.run()
        failed = ""
    except Failed as error:
        failed = str(error)
        check.logs()
    finally:
        check.step("down", check.close)
        took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in check.times.items())
        print(f"{took}; i alt {sum(check.times.values()):.0f} s")
        print(f"compose-check: FEILET: {failed}" if failed else "compose-check: alt er som det skal", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
