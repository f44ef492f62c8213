"""Databases for tests: copies of one migrated SQLite file, or of one PostgreSQL template."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg

from app.jobs import migrate_jobs
from migrations import run
from tests.ports import free_port

UNPRIVILEGED = ("postgres", "nobody")
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3
# Nothing here outlives the server, and vacuuming hundreds of small databases would keep it busy.
UNSAFE_AND_FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
    " -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=128MB"
)


def migrate(url: str) -> None:
    """Bring the empty database at `url` to the current schema."""
    run.upgrade(url)
    migrate_jobs(url)


class SqliteTemplate:
    """One migrated file, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        migrate(f"sqlite:///{self._file}")

    def copy_to(self, target: Path) -> str:
        """The URL of a fresh copy; its log file comes along, with what is not checkpointed yet."""
        for suffix in ("", "-wal"):
            source = self._file.with_name(self._file.name + suffix)
            if source.exists():
                shutil.copy(source, target.with_name(target.name + suffix))
        return f"sqlite:///{target}"

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The URL of a copy that is gone in the end; where nothing waits for a disk, if there is room."""
        with tempfile.TemporaryDirectory(prefix="sqlite-", dir=_quickest_folder()) as folder:
            yield self.copy_to(Path(folder) / "provenance.db")


def find_postgres() -> Path | None:
    """The folder of `initdb` and `postgres`, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


class PostgresCluster:
    """A private server on a free port, run by an unprivileged user when the tests run as root."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_quickest_folder()))
        self._user = self._unprivileged_user()
        self._folder.chmod(0o700)
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self.port = free_port()
        self._run(
            "initdb", "-D", str(self._folder / "data"), "-U", "test", "-A", "trust", "--no-sync"
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c max_connections=300"
            f" -c unix_socket_directories={self._folder} {UNSAFE_AND_FAST}"
        )
        self._run(
            "pg_ctl",
            "-D",
            str(self._folder / "data"),
            "-w",
            "-l",
            str(self._folder / "log"),
            "-o",
            options,
            "start",
        )
        try:
            self._execute("CREATE DATABASE template_migrated")
            migrate(self.url("template_migrated"))
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://test@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def fresh_database(self, template: str = "template_migrated") -> Iterator[str]:
        """The URL of a new copy of the migrated template, or of another, dropped in the end."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server and remove its files."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _execute(self, statement: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user=test dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), *arguments],
            user=self._user,
            cwd="/",
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @staticmethod
    def _unprivileged_user() -> str | None:
        if os.geteuid() != 0:
            return None
        known = {account.pw_name for account in pwd.getpwall()}
        return next(name for name in UNPRIVILEGED if name in known)


def _quickest_folder() -> str:
    """Memory where there is room: what a database writes lives for one test."""
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    return str(IN_MEMORY) if roomy else "/tmp"
