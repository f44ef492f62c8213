"""Others' hashes, what items are compared with them by, and the signals that were found."""

import sqlalchemy as sa
from alembic import op

revision = "0014_listed_hashes"
down_revision = "0013_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hash_lists",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=True),
        sa.Column("opinion", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("hashes", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("told_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hash_lists")),
        sa.UniqueConstraint("slug", name=op.f("uq_hash_lists_slug")),
    )
    op.create_table(
        "item_hashes",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("fingerprint_number", sa.BigInteger(), nullable=False),
        sa.Column("md5", sa.LargeBinary(), nullable=True),
        sa.Column("sha1", sa.LargeBinary(), nullable=True),
        sa.Column("times_ms", sa.LargeBinary(), nullable=False),
        sa.Column("pdq", sa.LargeBinary(), nullable=False),
        sa.Column("phash", sa.LargeBinary(), nullable=False),
        sa.Column("checked_until", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
            name=op.f("fk_item_hashes_media_id_media"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_hashes")),
        sa.UniqueConstraint("media_id", name=op.f("uq_item_hashes_media_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("item_hashes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_hashes_md5"), ["md5"], unique=False)

    op.create_table(
        "listed_hashes",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["hash_lists.id"], name=op.f("fk_listed_hashes_list_id_hash_lists")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_listed_hashes")),
        sa.UniqueConstraint(
            "list_id",
            "kind",
            "entry",
            "bits",
            name=op.f("uq_listed_hashes_list_id_kind_entry_bits"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.create_index("ix_listed_hashes_bits", ["bits"], unique=False)

    op.create_table(
        "signals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("distance", sa.Integer(), nullable=True),
        sa.Column("query_share", sa.Double(), nullable=True),
        sa.Column("listed_share", sa.Double(), nullable=True),
        sa.Column("query_ms", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["hash_lists.id"], name=op.f("fk_signals_list_id_hash_lists")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_signals_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint(
            "media_id",
            "list_id",
            "kind",
            "entry",
            name=op.f("uq_signals_media_id_list_id_kind_entry"),
        ),
    )
    with op.batch_alter_table("signals", schema=None) as batch_op:
        batch_op.create_index("ix_signals_list_id_entry", ["list_id", "entry"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("signals", schema=None) as batch_op:
        batch_op.drop_index("ix_signals_list_id_entry")

    op.drop_table("signals")
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.drop_index("ix_listed_hashes_bits")

    op.drop_table("listed_hashes")
    with op.batch_alter_table("item_hashes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_hashes_md5"))

    op.drop_table("item_hashes")
    op.drop_table("hash_lists")
