"""What is due is looked for often."""

from alembic import op

revision = "0008_record_due"
down_revision = "0007_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_verifications_due_at", "verifications", ["due_at"])


def downgrade() -> None:
    op.drop_index("ix_verifications_due_at", table_name="verifications")
