"""The id of each reading's active manifest, to find it by."""

import sqlalchemy as sa
from alembic import op

revision = "0021_manifest_ids"
down_revision = "0020_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("provenance_readings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("manifest_id", sa.String(length=255), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_provenance_readings_manifest_id"), ["manifest_id"], unique=False
        )
    readings = sa.table(
        "provenance_readings", sa.column("report", sa.JSON()), sa.column("manifest_id", sa.String())
    )
    active = readings.c.report["active"].as_string()
    fits = sa.func.length(active).between(1, 255)
    op.execute(readings.update().where(fits).values(manifest_id=active))


def downgrade() -> None:
    with op.batch_alter_table("provenance_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provenance_readings_manifest_id"))
        batch_op.drop_column("manifest_id")
