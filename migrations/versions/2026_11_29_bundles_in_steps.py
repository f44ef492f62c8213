"""Bundles taken in by steps: a list's entries are found, and it is known which one was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0024_bundles_in_steps"
down_revision = "0023_purge_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_listed_hashes_list_id_entry", "listed_hashes", ["list_id", "entry"])
    with op.batch_alter_table("partner_feeds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("begun_seq", sa.BigInteger(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("partner_feeds", schema=None) as batch_op:
        batch_op.alter_column("begun_seq", server_default=None)
    feeds = sa.table("partner_feeds", sa.column("last_seq"), sa.column("begun_seq"))
    op.execute(feeds.update().values(begun_seq=feeds.c.last_seq))


def downgrade() -> None:
    with op.batch_alter_table("partner_feeds", schema=None) as batch_op:
        batch_op.drop_column("begun_seq")
    op.drop_index("ix_listed_hashes_list_id_entry", table_name="listed_hashes")
