"""What was read of each item's provenance, and the trust lists that it was read under."""

import sqlalchemy as sa
from alembic import op

revision = "0009_provenance"
down_revision = "0008_record_due"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_lists",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("authorities", sa.JSON(), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trust_lists")),
    )
    with op.batch_alter_table("trust_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trust_lists_name"), ["name"], unique=False)

    op.create_table(
        "provenance_readings",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("lists_revision", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("lists", sa.JSON(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("ai_disclosed", sa.Boolean(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=True),
        sa.Column("shape_sha256", sa.String(length=64), nullable=True),
        sa.Column("metadata_values", sa.JSON(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("evidenced", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
            name=op.f("fk_provenance_readings_media_id_media"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_provenance_readings")),
    )
    with op.batch_alter_table("provenance_readings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_provenance_readings_shape_sha256"), ["shape_sha256"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_provenance_readings_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("provenance_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provenance_readings_state"))
        batch_op.drop_index(batch_op.f("ix_provenance_readings_shape_sha256"))

    op.drop_table("provenance_readings")
    with op.batch_alter_table("trust_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trust_lists_name"))

    op.drop_table("trust_lists")
