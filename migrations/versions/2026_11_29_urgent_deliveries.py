"""Which deliveries go before whatever else is due."""

import sqlalchemy as sa
from alembic import op

revision = "0022_urgent_deliveries"
down_revision = "0021_manifest_ids"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.alter_column("urgent", server_default=None)
    op.create_index(
        "ix_deliveries_urgent",
        "deliveries",
        ["endpoint_id", "state", "next_attempt_at"],
        sqlite_where=sa.text("urgent"),
        postgresql_where=sa.text("urgent"),
    )
    deliveries = sa.table("deliveries", sa.column("event_seq"), sa.column("urgent", sa.Boolean()))
    events = sa.table("events", sa.column("seq"), sa.column("type", sa.String()))
    types = ("verification.withdrawn", "integrity.failed")
    urgent = sa.select(events.c.seq).where(events.c.type.in_(types))
    mine = deliveries.c.event_seq.in_(urgent)
    op.execute(deliveries.update().where(mine).values(urgent=sa.true()))


def downgrade() -> None:
    op.drop_index("ix_deliveries_urgent", table_name="deliveries")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_column("urgent")
