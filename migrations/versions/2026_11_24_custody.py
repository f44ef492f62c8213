"""Time stamps that are waited for, files read again, and faults that were told of."""

import sqlalchemy as sa
from alembic import op

revision = "0006_custody"
down_revision = "0005_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timestamp_requests",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_timestamp_requests")),
    )
    op.create_table(
        "fixity_checks",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
            name=op.f("fk_fixity_checks_media_id_media"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_fixity_checks")),
    )
    op.create_index(op.f("ix_fixity_checks_outcome"), "fixity_checks", ["outcome"])
    op.create_table(
        "integrity_faults",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "object", name=op.f("pk_integrity_faults")),
    )


def downgrade() -> None:
    op.drop_table("integrity_faults")
    op.drop_table("fixity_checks")
    op.drop_table("timestamp_requests")
