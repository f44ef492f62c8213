"""The schema's history is the schema: on both engines, all or nothing, and no row is lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app import db
from app.core.media import MediaKind
from app.db import Database, Table
from app.db.known import KnownChange, KnownLogEntry
from app.jobs import migrate_jobs
from app.schemas.enums import Shelf, VerificationStatus
from app.schemas.hash_enums import Opinion
from migrations import run
from migrations.newest import needed_revision, newest_revision
from tests.databases import PostgresCluster
from tests.records import add_item, make_known, put_at
from tests.uploads import store_fingerprint

FOLLOWING = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{after}"


def upgrade():
    {steps}
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh_database(template="template1") as url:
        yield url


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the history, to which a test may add."""
    copy = tmp_path / "with space and 100%"
    shutil.copytree(run.HERE, copy)
    return copy


def follow(scripts: Path, revision: str, *steps: str) -> None:
    """Add a migration after the newest one."""
    after = newest_revision(scripts)
    text = FOLLOWING.format(revision=revision, after=after, steps="\n    ".join(steps))
    (scripts / "versions" / f"{revision}.py").write_text(text)


def revision_of(url: str) -> str | None:
    database = Database(url)
    with database.read() as session:
        found = db.schema.revision(session)
    database.close()
    return found


def tables(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(sa.inspect(database.engine).get_table_names())
    finally:
        database.close()


def count(url: str, table: str) -> int:
    database = Database(url)
    with database.read() as session:
        number: int = session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
    database.close()
    return number


def test_the_newest_revision_is_the_one_that_alembic_goes_to(scripts: Path) -> None:
    assert needed_revision() == newest_revision(scripts)
    follow(scripts, "one_more", "pass")
    configuration = Config()
    configuration.set_main_option("script_location", str(scripts).replace("%", "%%"))
    alembics = ScriptDirectory.from_config(configuration).get_current_head()
    assert newest_revision(scripts) == alembics == "one_more"


def test_an_empty_database_ends_with_the_tables_of_the_models(empty_url: str) -> None:
    assert revision_of(empty_url) is None

    run.upgrade(empty_url)

    assert revision_of(empty_url) == newest_revision(run.HERE)
    assert tables(empty_url) == {*Table.metadata.tables, "alembic_version"}


def test_the_models_ask_for_nothing_that_the_migrations_lack(empty_url: str) -> None:
    run.upgrade(empty_url)
    database = Database(empty_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _by_family})
        differences = compare_metadata(context, Table.metadata)
    database.close()
    assert differences == [], "write a migration: make migration m='what changed'"


def _by_family(
    _context: object, _inspected: object, _column: object, stored: object, declared: object
) -> bool | None:
    if isinstance(declared, sa.Enum) and isinstance(stored, sa.String):
        return stored.length != declared.length
    return None


def test_migrating_again_changes_nothing_and_the_job_engine_shares_the_database(
    empty_url: str,
) -> None:
    run.upgrade(empty_url)
    migrate_jobs(empty_url)
    before = tables(empty_url)
    run.upgrade(empty_url)
    assert tables(empty_url) == before


def test_every_migration_can_be_undone(empty_url: str) -> None:
    run.upgrade(empty_url)
    run.downgrade(empty_url, "base")
    assert tables(empty_url) == {"alembic_version"}
    run.upgrade(empty_url)
    assert revision_of(empty_url) == newest_revision(run.HERE)


def store_one_item_with_two_tags(url: str) -> None:
    item = db.media.Media(
        id="m",
        sha256="0" * 64,
        kind=MediaKind.STILL,
        size_bytes=1,
        filename="still.png",
        content_type="image/png",
    )
    database = Database(url)
    with database.write() as session:
        session.add(item)
        session.flush()
        session.add_all(db.media.MediaTag(media_id="m", tag=tag) for tag in ("a", "b"))
    database.close()


def test_rebuilding_a_parent_table_keeps_the_rows_of_its_children(
    empty_url: str, scripts: Path
) -> None:
    run.upgrade(empty_url)
    store_one_item_with_two_tags(empty_url)
    follow(
        scripts,
        "rebuild",
        'with op.batch_alter_table("media", recreate="auto") as media:',
        '    media.alter_column("filename", type_=sa.String(500), existing_nullable=False)',
    )
    run.upgrade(empty_url, scripts=scripts)
    assert revision_of(empty_url) == "rebuild"
    assert count(empty_url, "media_tags") == 2


def test_a_migration_that_fails_leaves_nothing_half_done(empty_url: str, scripts: Path) -> None:
    run.upgrade(empty_url)
    before, revision = tables(empty_url), revision_of(empty_url)
    follow(
        scripts,
        "broken",
        'op.create_table("half_done", sa.Column("id", sa.Integer, primary_key=True))',
        'raise RuntimeError("in the middle")',
    )
    with pytest.raises(RuntimeError, match="in the middle"):
        run.upgrade(empty_url, scripts=scripts)
    assert tables(empty_url) == before
    assert revision_of(empty_url) == revision


def test_a_migration_that_would_orphan_rows_is_refused(tmp_path: Path, scripts: Path) -> None:
    url = f"sqlite:///{tmp_path / 'orphans.db'}"
    run.upgrade(url)
    store_one_item_with_two_tags(url)
    follow(scripts, "orphaning", 'op.execute("DELETE FROM media")')
    with pytest.raises(RuntimeError, match="without their parents"):
        run.upgrade(url, scripts=scripts)
    assert count(url, "media") == 1


def test_uploads_that_there_are_get_onto_their_shelf_and_leave_it(empty_url: str) -> None:
    run.upgrade(empty_url)
    database = Database(empty_url)
    with database.write() as session:
        upload, known, void = (add_item(session) for _ in range(3))
        make_known(session, known)
        put_at(session, void, VerificationStatus.VOID)
        numbers = [store_fingerprint(session, upload), store_fingerprint(session, upload, 0, "new")]
        others = [store_fingerprint(session, each) for each in (known, void)]
        session.add(KnownLogEntry(fingerprint_number=others[0], change=KnownChange.ADDED))
    run.downgrade(empty_url, "0015_retroactive")
    run.upgrade(empty_url)
    with database.read() as session:
        last = db.known.last_seq(session)
        assert db.known.numbers_on(session, Shelf.UPLOAD, last) == {numbers[1]}
        assert db.known.numbers_on(session, Shelf.KNOWN, last) == {others[0]}
    run.downgrade(empty_url, "0015_retroactive")
    with database.read() as session:
        last = db.known.last_seq(session)
        assert db.known.numbers_on(session, Shelf.UPLOAD, last) == set()
        assert db.known.numbers_on(session, Shelf.KNOWN, last) == {others[0]}
    database.close()


def test_known_material_that_met_what_was_known_before_it_is_settled(empty_url: str) -> None:
    run.upgrade(empty_url)
    database = Database(empty_url)
    with database.write() as session:
        upload, met, behind = (add_item(session) for _ in range(3))
        for known in (met, behind):
            make_known(session, known)
        for each, as_of in ((upload, 9), (met, 1), (behind, 1)):
            number = store_fingerprint(session, each)
            change = KnownChange.SHELVED if each == upload else KnownChange.ADDED
            session.add(KnownLogEntry(fingerprint_number=number, change=change))
            session.flush()
            seq = db.known.last_seq(session) if each == met else as_of
            search = {"media_id": each, "known_items": 1, "as_of_seq": seq}
            session.add(db.searches.MatchSearch(**search, settled=False))
    run.downgrade(empty_url, "0024_bundles_in_steps")
    run.upgrade(empty_url)
    with database.read() as session:
        found = {each: db.searches.of_media(session, each) for each in (upload, met, behind)}
    database.close()
    assert {each for each, search in found.items() if search and search.settled} == {met}


def test_the_last_bundle_of_a_feed_is_the_newest_that_was_begun(empty_url: str) -> None:
    run.upgrade(empty_url)
    database = Database(empty_url)
    with database.write() as session:
        key = {"name": "They", "public_key": "k", "signing_key_id": "k", "scopes": []}
        session.add(db.partners.Partner(id="p", **key, created_by="x"))
        listed = {"slug": "s", "title": "s", "opinion": Opinion.SEEN, "created_by": "x"}
        session.add(db.hash_lists.HashList(id="l", **listed))
        session.flush()
        told = {"partner_id": "p", "feed": "exchange", "list_id": "l"}
        session.add(db.partners.PartnerFeed(**told, last_seq=7, begun_seq=9))
    run.downgrade(empty_url, "0023_purge_proposals")
    run.upgrade(empty_url)
    with database.read() as session:
        kept = db.partners.feed(session, "p", "exchange")
        assert kept is not None
        assert (kept.last_seq, kept.begun_seq) == (7, 7)
    database.close()
