"""Purges that are proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0023_purge_proposals"
down_revision = "0022_urgent_deliveries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purge_proposals",
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("authority", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_purge_proposals_media_id_media")
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_purge_proposals")),
    )


def downgrade() -> None:
    op.drop_table("purge_proposals")
