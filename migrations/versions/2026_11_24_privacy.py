"""Flags, restricted terms, retention, holds, tombstones; an item's record outlives the item."""

import sqlalchemy as sa
from alembic import op

revision = "0007_privacy"
down_revision = "0006_custody"
branch_labels = None
depends_on = None

_OF_RECORDS = (
    "attention",
    "claims",
    "corroborations",
    "findings",
    "rights_entries",
    "status_changes",
)
_NUMBERED = {"sqlite_autoincrement": True}

# Keys hold the scopes that their role had when they were made; one that holds the scope on the left
# gets the one on the right.
_SCOPES = {"record:write": "media:sensitive", "keys:admin": "privacy:admin"}
_FAILURE = {
    "code": "not_media",
    "detail": "Purged.",
    "retryable": False,
}


def upgrade() -> None:
    op.create_table(
        "purge_salt",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_salt")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("placed_by_name", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("released_by_name", sa.String(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_holds_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_media_id"), ["media_id"], unique=False)

    op.create_table(
        "restricted_terms",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_restricted_terms_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", "term", name=op.f("pk_restricted_terms")),
    )
    op.create_table(
        "retention_classes",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("retention_class", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_retention_classes_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_retention_classes")),
    )
    op.create_table(
        "sensitive_views",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_sensitive_views_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", "actor_id", name=op.f("pk_sensitive_views")),
    )
    op.create_table(
        "sensitivity_flags",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("flag", sa.String(40), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("time_ranges", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_sensitivity_flags_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", "flag", name=op.f("pk_sensitivity_flags")),
    )
    op.create_table(
        "sensitivity_reviews",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_sensitivity_reviews_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_sensitivity_reviews")),
    )
    op.create_table(
        "tombstones",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("keep_fingerprint", sa.Boolean(), nullable=False),
        sa.Column("keep_reason", sa.Text(), nullable=True),
        sa.Column("step", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_tombstones_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_tombstones")),
    )
    with op.batch_alter_table("tombstones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tombstones_digest"), ["digest"], unique=False)

    op.create_table(
        "note_erasures",
        sa.Column("note_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("authority", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_note_erasures_note_id_notes")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_note_erasures")),
    )
    with op.batch_alter_table("history", table_kwargs=_NUMBERED) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_history_media_id_verifications"), type_="foreignkey"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_history_media_id_verifications"),
            "verifications",
            ["media_id"],
            ["media_id"],
        )

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invalidated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("fk_matches_known_media_id_media"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_matches_query_media_id_media"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_matches_known_media_id_media"), "media", ["known_media_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_matches_query_media_id_media"), "media", ["query_media_id"], ["id"]
        )

    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purged_before", sa.String(), nullable=True))

    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notes_media_id_verifications"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_notes_media_id_verifications"),
            "verifications",
            ["media_id"],
            ["media_id"],
        )

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_receipts_media_id_media"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_receipts_media_id_media"), "media", ["media_id"], ["id"]
        )

    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_verifications_media_id_media"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_verifications_media_id_media"), "media", ["media_id"], ["id"]
        )

    for table in _OF_RECORDS:
        _hang(table, None)
    _grant(op.get_bind())


def _hang(table: str, ondelete: str | None) -> None:
    name = op.f(f"fk_{table}_media_id_verifications")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="foreignkey")
        batch_op.create_foreign_key(
            name, "verifications", ["media_id"], ["media_id"], ondelete=ondelete
        )


def _grant(connection: sa.Connection) -> None:
    keys = sa.table("api_keys", sa.column("id"), sa.column("role"), sa.column("scopes", sa.JSON()))
    for key_id, role, scopes in connection.execute(sa.select(keys)).all():
        new = [scope for held, scope in _SCOPES.items() if held in scopes and role != "service"]
        if new:
            wider = sa.update(keys).where(keys.c.id == key_id)
            connection.execute(wider.values(scopes=sorted({*scopes, *new})))


def _shrink(connection: sa.Connection) -> None:
    keys = sa.table("api_keys", sa.column("id"), sa.column("scopes", sa.JSON()))
    for key_id, scopes in connection.execute(sa.select(keys)).all():
        left = [scope for scope in scopes if scope not in _SCOPES.values()]
        connection.execute(sa.update(keys).where(keys.c.id == key_id).values(scopes=left))


def downgrade() -> None:
    _shrink(op.get_bind())
    for table in _OF_RECORDS:
        _hang(table, "CASCADE")
    # What was purged stays so; an older version has no other word for it.
    media = sa.table("media", sa.column("state"), sa.column("failure", sa.JSON()))
    purged = sa.update(media).where(media.c.state == "purged")
    op.execute(purged.values(state="failed", failure=_FAILURE))
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_verifications_media_id_media"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_verifications_media_id_media"),
            "media",
            ["media_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_receipts_media_id_media"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_receipts_media_id_media"),
            "media",
            ["media_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notes_media_id_verifications"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_notes_media_id_verifications"),
            "verifications",
            ["media_id"],
            ["media_id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_column("purged_before")

    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_matches_query_media_id_media"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_matches_known_media_id_media"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_matches_query_media_id_media"),
            "media",
            ["query_media_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_matches_known_media_id_media"),
            "media",
            ["known_media_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_column("invalidated_at")

    with op.batch_alter_table("history", table_kwargs=_NUMBERED) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_history_media_id_verifications"), type_="foreignkey"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_history_media_id_verifications"),
            "verifications",
            ["media_id"],
            ["media_id"],
            ondelete="CASCADE",
        )

    op.drop_table("note_erasures")
    with op.batch_alter_table("tombstones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tombstones_digest"))

    op.drop_table("tombstones")
    op.drop_table("sensitivity_reviews")
    op.drop_table("sensitivity_flags")
    op.drop_table("sensitive_views")
    op.drop_table("retention_classes")
    op.drop_table("restricted_terms")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holds_media_id"))

    op.drop_table("holds")
    op.drop_table("purge_salt")
