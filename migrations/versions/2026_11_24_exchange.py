"""Lookups on their way, partners, and what was exchanged with them."""

import sqlalchemy as sa
from alembic import op

revision = "0014b_exchange"
down_revision = "0014_listed_hashes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_exports",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("revoked", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_exchange_exports")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "exported_items",
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "media_id", name=op.f("pk_exported_items")),
    )
    op.create_table(
        "lookups",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookups")),
    )
    with op.batch_alter_table("lookups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lookups_asked_at"), ["asked_at"], unique=False)

    op.create_table(
        "partners",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signing_key_id", sa.String(length=32), nullable=False),
        sa.Column("api_key_id", sa.String(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partners_api_key_id"), ["api_key_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partners_signing_key_id"), ["signing_key_id"], unique=False
        )

    op.create_table(
        "partner_feeds",
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["hash_lists.id"], name=op.f("fk_partner_feeds_list_id_hash_lists")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_feeds_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("partner_id", "feed", name=op.f("pk_partner_feeds")),
    )
    op.create_table(
        "partner_queries",
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_queries_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("partner_id", "minute", name=op.f("pk_partner_queries")),
    )


def downgrade() -> None:
    op.drop_table("partner_queries")
    op.drop_table("partner_feeds")
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partners_signing_key_id"))
        batch_op.drop_index(batch_op.f("ix_partners_api_key_id"))

    op.drop_table("partners")
    with op.batch_alter_table("lookups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lookups_asked_at"))

    op.drop_table("lookups")
    op.drop_table("exported_items")
    op.drop_table("exchange_exports")
