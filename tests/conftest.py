"""Real parts for tests: a migrated database of each engine, a data folder, an HTTP client."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import services
from app.access import Role, at_the_machine
from app.bootstrap import Parts, bootstrap
from app.db import Database
from app.main import create_app
from app.settings import Settings
from scripts.own_desk import clean_environment
from tests.databases import PostgresCluster, SqliteTemplate, find_postgres
from tests.needed import missing

REAL_MEDIA = Path(os.environ.get("PROVENANCE_TEST_MEDIA", "../shared/media"))


# Tests speak HTTP with this machine alone; some clients would ask a proxy for its own address.
PROXIES = {"http_proxy", "all_proxy"}


def pytest_configure() -> None:
    """Let no test write where a desk of this machine does, and processes keep what one compiled."""
    for name in os.environ.keys() - clean_environment().keys():
        if not name.startswith("PROVENANCE_TEST_"):
            del os.environ[name]
    for name in [name for name in os.environ if name.lower() in PROXIES]:
        del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Tests run side by side: threads of each would only wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


SPEAK_SQL = ("tests/db", "tests/jobs")
"""Where every day's tests run on both engines."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all",
        action="store_true",
        help="also what takes long, and whatever has a database on PostgreSQL, too",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose what is for every day, and begin with what may take longest.

    Else one worker is left alone with it in the end.
    """
    if not config.getoption("--all"):
        left = [item for item in items if not _of_every_day(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _of_every_day(item)]
    patience_s: dict[Path, float] = {}
    for item in items:
        mark = item.get_closest_marker("timeout")
        allowed_s = float(mark.args[0]) if mark else 0.0
        patience_s[item.path] = max(allowed_s, patience_s.get(item.path, 0.0))
    items.sort(key=lambda item: -patience_s[item.path])


def _of_every_day(item: pytest.Item) -> bool:
    """SQLite stands for both engines where the same services only are called in another way."""
    on_postgres = item.get_closest_marker("postgresql") is not None
    elsewhere = on_postgres and not item.nodeid.startswith(SPEAK_SQL)
    return not elsewhere and item.get_closest_marker("long") is None


@pytest.fixture(scope="session")
def real_media() -> Path:
    """The folder of real clips, or a skip that says what is missing."""
    if not (REAL_MEDIA / "clips.csv").is_file():
        pytest.skip(f"no real media at {REAL_MEDIA}: set PROVENANCE_TEST_MEDIA")
    return REAL_MEDIA.resolve()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresCluster]:
    """A private PostgreSQL server; without its programs: a failure in CI, a skip elsewhere."""
    programs = find_postgres()
    if programs is None:
        missing("PostgreSQL's server programs are not installed (Debian: apt install postgresql)")
    cluster = PostgresCluster(programs)
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated database; tests that use it run once on each engine."""
    if request.param == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        with template.fresh_database() as url:
            yield url
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh_database() as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        upload_reserve_bytes=0,
        webhook_allow_private=True,
        heartbeat_timeout_s=3.0,
    )


@pytest.fixture
def parts(settings: Settings) -> Iterator[Parts]:
    made = bootstrap(settings)
    yield made
    made.jobs.close()
    made.database.close()


@pytest.fixture
def database(parts: Parts) -> Database:
    return parts.database


@pytest.fixture
def make_key(database: Database) -> Callable[[Role], str]:
    """Make an API key of a role; gives the token that requests carry."""

    def make(role: Role) -> str:
        with database.write() as session:
            return services.keys.create(
                session, name=f"test {role}", role=role, maker=at_the_machine("tests")
            ).token

    return make


@pytest.fixture(scope="session")
def serve() -> Callable[[Parts], FastAPI]:
    """Give one application, whose routes are worked out once, the parts of one test after the other."""
    made: list[FastAPI] = []

    def over(parts: Parts) -> FastAPI:
        if not made:
            made.append(create_app(parts))
        made[0].state.parts = parts
        return made[0]

    return over


@pytest.fixture
def application(parts: Parts, serve: Callable[[Parts], FastAPI]) -> FastAPI:
    """The application over this test's parts."""
    return serve(parts)


@pytest.fixture
def client_as(
    application: FastAPI, make_key: Callable[[Role], str]
) -> Callable[[Role], TestClient]:
    """An HTTP client that carries a key of the given role."""

    def connect(role: Role) -> TestClient:
        headers = {"Authorization": f"Bearer {make_key(role)}"}
        return TestClient(application, headers=headers, raise_server_exceptions=False)

    return connect


@pytest.fixture
def client(client_as: Callable[[Role], TestClient]) -> TestClient:
    """A client with every scope."""
    return client_as(Role.ADMIN)
