"""What a reader has to know of a match besides its evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0002_match_notes"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.alter_column("notes", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_column("notes")
