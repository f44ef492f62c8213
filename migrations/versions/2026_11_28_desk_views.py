"""People save views of the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0019_desk_views"
down_revision = "0018_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_views",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_views"),
        sa.UniqueConstraint("person_id", "name", name="uq_desk_views_person_id_name"),
    )


def downgrade() -> None:
    op.drop_table("desk_views")
