"""The record: findings, claims, corroborations, rights, attention, changes of status, intake."""

import sqlalchemy as sa
from alembic import op

revision = "0005_record"
down_revision = "0004_audit"
branch_labels = None
depends_on = None

# Rows that are there get what nobody has said yet; new ones are filled by the code.
_FILLED = (
    ("notes", "visibility"),
    ("notes", "mentions"),
    ("receipts", "received_via"),
    ("receipts", "file_origin"),
    ("verifications", "has_conflict"),
    ("verifications", "rights"),
    ("verifications", "publication"),
)


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("made_at", sa.String(), nullable=True),
        sa.Column("where_url", sa.String(), nullable=True),
        sa.Column("archive_url", sa.String(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_claims_media_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_media_id"), ["media_id"], unique=False)

    op.create_table(
        "corroborations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("source_kind", sa.String(40), nullable=False),
        sa.Column("source_protected", sa.Boolean(), nullable=False),
        sa.Column("stance", sa.String(40), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("repeats", sa.String(), nullable=True),
        sa.Column("independence", sa.String(40), nullable=False),
        sa.Column("independence_note", sa.Text(), nullable=True),
        sa.Column("said_at", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("archive_url", sa.String(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quoted_via", sa.String(), nullable=True),
        sa.Column("retracts_id", sa.String(), nullable=True),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_corroborations_media_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["retracts_id"],
            ["corroborations.id"],
            name=op.f("fk_corroborations_retracts_id_corroborations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corroborations")),
        sa.UniqueConstraint("retracts_id", name=op.f("uq_corroborations_retracts_id")),
    )
    with op.batch_alter_table("corroborations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corroborations_media_id"), ["media_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_corroborations_target_id"), ["target_id"], unique=False
        )

    op.create_table(
        "findings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("pillar", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("said_by_source", sa.Text(), nullable=True),
        sa.Column("method", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_findings_media_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["findings.id"], name=op.f("fk_findings_supersedes_id_findings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_findings_supersedes_id")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index("ix_findings_of_pillar", ["media_id", "pillar"], unique=False)

    op.create_table(
        "rights_entries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_rights_entries_media_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_entries")),
    )
    with op.batch_alter_table("rights_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_entries_media_id"), ["media_id"], unique=False)

    op.create_table(
        "attention",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_by_name", sa.String(), nullable=True),
        sa.Column("note_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_attention_media_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_attention_note_id_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention")),
    )
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.create_index("ix_attention_open", ["media_id", "closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_attention_reason"), ["reason"], unique=False)

    op.create_table(
        "status_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("to", sa.String(40), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("note_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(), nullable=True),
        sa.Column("decided_by_name", sa.String(), nullable=True),
        sa.Column("decided_by_role", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_status_changes_media_id_verifications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_status_changes_note_id_notes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_status_changes_media_id"), ["media_id"], unique=False)

    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("visibility", sa.String(40), nullable=False, server_default="desk")
        )
        batch_op.add_column(sa.Column("mentions", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("received_via", sa.String(40), nullable=False, server_default="upload")
        )
        batch_op.add_column(sa.Column("archive_url", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sender", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("consent_terms", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("file_origin", sa.String(40), nullable=False, server_default="unknown")
        )
        batch_op.add_column(sa.Column("desk_version", sa.String(), nullable=True))

    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("authenticity_codes", sa.JSON(none_as_null=True), nullable=True)
        )
        batch_op.add_column(sa.Column("original_context", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("evidence", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("conflict_note", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("approved_by", sa.String(40), nullable=True))
        batch_op.add_column(
            sa.Column("has_conflict", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("rights", sa.String(40), nullable=False, server_default="unknown")
        )
        batch_op.add_column(
            sa.Column("publication", sa.String(40), nullable=False, server_default="private")
        )
    for table, name in _FILLED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.drop_column("publication")
        batch_op.drop_column("rights")
        batch_op.drop_column("has_conflict")
        batch_op.drop_column("approved_by")
        batch_op.drop_column("conflict_note")
        batch_op.drop_column("evidence")
        batch_op.drop_column("original_context")
        batch_op.drop_column("authenticity_codes")

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_column("desk_version")
        batch_op.drop_column("file_origin")
        batch_op.drop_column("consent_terms")
        batch_op.drop_column("sender")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("archive_url")
        batch_op.drop_column("received_via")

    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_column("mentions")
        batch_op.drop_column("visibility")

    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_status_changes_media_id"))

    op.drop_table("status_changes")
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attention_reason"))
        batch_op.drop_index("ix_attention_open")

    op.drop_table("attention")
    with op.batch_alter_table("rights_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_entries_media_id"))

    op.drop_table("rights_entries")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index("ix_findings_of_pillar")

    op.drop_table("findings")
    with op.batch_alter_table("corroborations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corroborations_target_id"))
        batch_op.drop_index(batch_op.f("ix_corroborations_media_id"))

    op.drop_table("corroborations")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_media_id"))

    op.drop_table("claims")
