"""Databases for tests: copies of one migrated SQLite file, or of one PostgreSQL template."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg

from app.jobs import migrate_jobs
from migrations import run

UNPRIVILEGED = ("postgres", "nobody")


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
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._user = self._unprivileged_user()
        self._folder.chmod(0o700)
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self.port = self._free_port()
        self._run(
            "initdb", "-D", str(self._folder / "data"), "-U", "test", "-A", "trust", "--no-sync"
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300"
            f" -c unix_socket_directories={self._folder}"
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
        self._execute("CREATE DATABASE template_migrated")
        migrate(self.url("template_migrated"))

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://test@127.0.0.1:{self.port}/{database}"

    def fresh_database(self) -> str:
        """The URL of a new copy of the migrated template."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template_migrated")
        return self.url(name)

    def empty_database(self) -> str:
        """The URL of a new database without tables."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name}")
        return self.url(name)

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

    @staticmethod
    def _free_port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port
