"""A PostgreSQL per service, with archived WAL, that can be lost and brought back."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from demo.local.platform import Platform
from demo.local.postgres import LocalPostgres
from demo.local.running import remember

ARCHIVED = """
archive_mode = on
archive_command = 'test ! -f ../archive/%f && cp %p ../archive/%f'
restore_command = 'cp ../archive/%f %p'
archive_timeout = 60s
"""
PATIENCE = 60  # seconds


class Cluster(LocalPostgres):
    def start(self) -> None:
        super().start()
        archive = self.folder / "archive"
        archive.mkdir()
        shutil.chown(archive, self.folder.stat().st_uid, self.folder.stat().st_gid)

    def back_up(self) -> None:
        """A base backup with the WAL of its own making, so that it can be started alone."""
        shutil.rmtree(self.folder / "base", ignore_errors=True)
        self.program("pg_basebackup", "-D", "base", "--checkpoint=fast", "--wal-method=stream", "--no-sync")

    def lose(self) -> None:
        """SIGKILL, and the folder with all data is gone from its place."""
        self.child.kill()
        shutil.rmtree(self.folder / "lost", ignore_errors=True)
        (self.folder / "data").rename(self.folder / "lost")

    def restore_base(self) -> None:
        """The archive goes with the rest: what is written from here on has the numbers of what it holds."""
        for file in (self.folder / "archive").iterdir():
            file.unlink()
        self._put_back()
        self._until_writable()

    def restore_with_wal(self) -> None:
        """Base backup and all WAL: what was archived, and what the lost folder still held (PostgreSQL's manual,
        25.3.5).
        """
        for file in (self.folder / "lost" / "pg_wal").glob("????????????????????????"):
            if not (kept := self.folder / "archive" / file.name).exists():
                _copy(file, kept)
        self._put_back(recovering=True)
        self._until_writable()

    def _put_back(self, *, recovering: bool = False) -> None:
        data = self.folder / "data"
        shutil.copytree(self.folder / "base", data, copy_function=_copy, symlinks=True)
        if recovering:
            (data / "recovery.signal").touch()
        for path in (data, *data.rglob("*")):
            shutil.chown(path, self.folder.stat().st_uid, self.folder.stat().st_gid)
        data.chmod(0o700)
        self.child.start()

    def _until_writable(self) -> None:
        self.child.until(lambda: self.is_ready() and not self._in_recovery(), PATIENCE)

    def _in_recovery(self) -> bool:
        with psycopg.connect(self.databases._admin_url) as connection:
            return bool(connection.execute("select pg_is_in_recovery()").fetchone()[0])


def _copy(source: str | Path, to: str | Path) -> str:
    """With owner, where we may give things away."""
    shutil.copy2(source, to)
    shutil.chown(to, Path(source).stat().st_uid, Path(source).stat().st_gid)
    return str(to)


def own_clusters(platform: Platform) -> dict[str, Cluster]:
    """Each service's database on a cluster of its own from here on; none of them is started yet."""
    clusters = {
        service: Cluster(platform._children, platform._ports, f"postgres-{service}", ARCHIVED)
        for service in platform.services
    }
    with ThreadPoolExecutor(len(clusters)) as pool:
        list(pool.map(Cluster.start, clusters.values()))
    for service, cluster in clusters.items():
        name = service.replace("-", "_")
        platform.urls[service] = cluster.databases.create([name])[name]
    remember(platform.folder, {service: platform.service_environment(service) for service in platform.services})
    return clusters
