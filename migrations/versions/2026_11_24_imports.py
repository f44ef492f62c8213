"""Imports of known material, and fact checks that others published."""

import sqlalchemy as sa
from alembic import op

revision = "0013_imports"
down_revision = "0012_endpoints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact_checks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("author_url", sa.Text(), nullable=True),
        sa.Column("published_at", sa.String(), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_checks")),
        sa.UniqueConstraint("digest", name=op.f("uq_fact_checks_digest")),
    )
    with op.batch_alter_table("fact_checks", schema=None) as batch_op:
        batch_op.create_index("ix_fact_checks_newest", ["imported_at", "id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("collection", sa.String(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("ordered_by_name", sa.String(), nullable=False),
        sa.Column("ordered_by_role", sa.String(40), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_by", sa.String(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_newest", ["ordered_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_imports_state"), ["state"], unique=False)

    op.create_table(
        "fact_check_links",
        sa.Column("fact_check_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["fact_check_id"],
            ["fact_checks.id"],
            name=op.f("fk_fact_check_links_fact_check_id_fact_checks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fact_check_id", "key", name=op.f("pk_fact_check_links")),
    )
    with op.batch_alter_table("fact_check_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_check_links_key"), ["key"], unique=False)

    op.create_table(
        "fact_check_media",
        sa.Column("fact_check_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fact_check_id"],
            ["fact_checks.id"],
            name=op.f("fk_fact_check_media_fact_check_id_fact_checks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_fact_check_media_media_id_media")
        ),
        sa.PrimaryKeyConstraint("fact_check_id", "media_id", name=op.f("pk_fact_check_media")),
    )
    with op.batch_alter_table("fact_check_media", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fact_check_media_media_id"), ["media_id"], unique=False
        )

    op.create_table(
        "import_items",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("seen", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("media_id", sa.String(), nullable=True),
        sa.Column("fact_check_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fact_check_id"],
            ["fact_checks.id"],
            name=op.f("fk_import_items_fact_check_id_fact_checks"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_items_import_id_imports")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_import_items_media_id_media")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_import_items")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("import_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_items_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_items_seen"), ["seen"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_items_state"), ["state"], unique=False)
        batch_op.create_index(
            "ix_import_items_state_of", ["import_id", "state", "number"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("import_items", schema=None) as batch_op:
        batch_op.drop_index("ix_import_items_state_of")
        batch_op.drop_index(batch_op.f("ix_import_items_state"))
        batch_op.drop_index(batch_op.f("ix_import_items_seen"))
        batch_op.drop_index(batch_op.f("ix_import_items_media_id"))

    op.drop_table("import_items")
    with op.batch_alter_table("fact_check_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_check_media_media_id"))

    op.drop_table("fact_check_media")
    with op.batch_alter_table("fact_check_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_check_links_key"))

    op.drop_table("fact_check_links")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_state"))
        batch_op.drop_index("ix_imports_newest")

    op.drop_table("imports")
    with op.batch_alter_table("fact_checks", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_checks_newest")

    op.drop_table("fact_checks")
