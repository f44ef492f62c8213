"""How far an item was searched is looked for often; what of it failed is known."""

import sqlalchemy as sa
from alembic import op

revision = "0015_retroactive"
down_revision = "0014b_exchange"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("match_searches") as table:
        table.add_column(sa.Column("missed_after", sa.BigInteger(), nullable=True))
    op.create_index("ix_match_searches_as_of_seq", "match_searches", ["as_of_seq"])


def downgrade() -> None:
    op.drop_index("ix_match_searches_as_of_seq", table_name="match_searches")
    with op.batch_alter_table("match_searches") as table:
        table.drop_column("missed_after")
