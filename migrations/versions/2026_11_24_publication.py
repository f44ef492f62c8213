"""What is published of records, revision by revision."""

import sqlalchemy as sa
from alembic import op

revision = "0010_publication"
down_revision = "0009_provenance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("tombstoned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["verifications.media_id"],
            name=op.f("fk_publications_media_id_verifications"),
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_publications")),
        sa.UniqueConstraint("slug", name=op.f("uq_publications_slug")),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index("ix_publications_newest", ["updated_at", "media_id"], unique=False)

    op.create_table(
        "publication_revisions",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("review", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["publications.media_id"],
            name=op.f("fk_publication_revisions_media_id_publications"),
        ),
        sa.PrimaryKeyConstraint("media_id", "version", name=op.f("pk_publication_revisions")),
    )


def downgrade() -> None:
    op.drop_table("publication_revisions")
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.drop_index("ix_publications_newest")

    op.drop_table("publications")
