"""What endpoints ask for beside types, their second secret, and their outages."""

import sqlalchemy as sa
from alembic import op

revision = "0012_endpoints"
down_revision = "0010_publication"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filters", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("previous_secret", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("missed_after", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.alter_column("filters", server_default=None)
        batch_op.alter_column("failures", server_default=None)

    op.create_index("ix_deliveries_settled", "deliveries", ["state", "settled_at"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_settled", table_name="deliveries")
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        for name in (
            "missed_after",
            "told_at",
            "failures",
            "previous_until",
            "previous_secret",
            "filters",
        ):
            batch_op.drop_column(name)
